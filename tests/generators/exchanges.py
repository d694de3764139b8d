# SPDX-License-Identifier: MIT
"""HTTP captures: each outcome of a conditional request, and what connections and captures do to messages."""
import zlib
from email.utils import formatdate

from deflate import deflate, gzip
from packets import Capture, Flow, Host, text_noise, write_all

START_S = 1767225600  # 2026-01-01 00:00:00 UTC
OLD, NEW = 'Mon, 01 Dec 2025 08:00:00 GMT', 'Wed, 31 Dec 2025 20:00:00 GMT'
PHRASES = {100: 'Continue', 101: 'Switching Protocols', 103: 'Early Hints', 200: 'OK', 201: 'Created',
           204: 'No Content', 206: 'Partial Content', 302: 'Found', 304: 'Not Modified', 404: 'Not Found',
           412: 'Precondition Failed', 416: 'Range Not Satisfiable', 428: 'Precondition Required',
           503: 'Service Unavailable'}


def host(number, version=4, twin=0):
    address = '192.0.2.%d' % number if version == 4 else '2001:db8::%x' % number
    return Host(address, '02:00:5e:00:00:%02x' % number, next_id=(number << 8) + 77 * twin)


def body(size, seed=1):
    return text_noise(size, seed).encode('ascii')


class Web:
    """A connection that speaks HTTP: ask() and answer(), each with its fields as text."""

    def __init__(self, capture, client=10, server=80, port=49152, version=4, twin=0, **how):
        self.capture = capture
        self.flow = Flow(capture, host(client, version, twin), host(server, version, twin), (port, 80),
                         isns=(1000 * port + 3333 * twin, 2000 * port + 7777 * twin), **how)

    def open(self):
        self.flow.handshake()
        return self

    def request(self, method, target, *fields, content=b''):
        lines = ['%s %s HTTP/1.1' % (method, target), 'Host: example.test', *fields]
        if content:
            lines.append('Content-Length: %d' % len(content))
        return ('\r\n'.join(lines) + '\r\n\r\n').encode('ascii') + content

    def response(self, status, *fields, content=None, length=None):
        lines = ['HTTP/1.1 %d %s' % (status, PHRASES[status])]
        if status >= 200:
            lines.append('Date: ' + formatdate(self.capture.now_us // 1_000_000, usegmt=True))
        lines += fields
        if length is None and content is not None:
            length = len(content)
        if length is not None and 'Transfer-Encoding: chunked' not in fields:
            lines.append('Content-Length: %d' % length)
        return ('\r\n'.join(lines) + '\r\n\r\n').encode('ascii') + (content or b'')

    def ask(self, method, target, *fields, content=b''):
        self.flow.client('PA', self.request(method, target, *fields, content=content))
        self.flow.answer_after(1, 20)
        self.capture.wait(5)

    def answer(self, status, *fields, content=None, length=None):
        self.flow.transfer(1, self.response(status, *fields, content=content, length=length))
        self.capture.wait(900)

    def close(self, first=1):
        self.flow.close(first)
        self.capture.wait(50)


def one(make, kind=Web):
    """A capture with one connection on which make(web) talks."""
    def capture_of():
        capture = Capture(START_S)
        web = kind(capture).open()
        make(web)
        web.close()
        return capture
    return capture_of


A_TAG, A_DATE = 'ETag: "a1"', 'Last-Modified: ' + OLD
B_TAG, B_DATE = 'ETag: "a2"', 'Last-Modified: ' + NEW
HAVE_A, SINCE_A = 'If-None-Match: "a1"', 'If-Modified-Since: ' + OLD


def not_modified(web):
    web.ask('GET', '/a')
    web.answer(200, A_TAG, A_DATE, content=body(3000))
    for condition in ([HAVE_A], [SINCE_A], [HAVE_A, SINCE_A], ['If-None-Match: *'], ['If-None-Match: "x", W/"a1"']):
        web.ask('GET', '/a', *condition)
        web.answer(304, A_TAG)
    web.ask('HEAD', '/a', HAVE_A)
    web.answer(304, A_TAG)


def unchanged_resent(web):
    web.ask('GET', '/a')
    web.answer(200, A_TAG, A_DATE, content=body(3000))
    web.ask('GET', '/a', HAVE_A)
    web.answer(200, A_TAG, A_DATE, content=body(3000))
    web.ask('GET', '/a', SINCE_A)
    web.answer(200, A_TAG, A_DATE, content=body(3000))


def modified(web):
    web.ask('GET', '/a')
    web.answer(200, A_TAG, A_DATE, content=body(300))
    web.ask('GET', '/a', HAVE_A, SINCE_A)
    web.answer(200, B_TAG, B_DATE, content=body(300, seed=2))
    web.ask('GET', '/d')
    web.answer(200, A_DATE, content=body(300))
    web.ask('GET', '/d', SINCE_A)
    web.answer(200, B_DATE, content=body(300, seed=2))
    web.ask('GET', '/a', 'If-None-Match: "a2"')
    web.answer(200, content=body(300, seed=3))


def wrong_answers(web):
    web.ask('GET', '/a')
    web.answer(200, A_TAG, A_DATE, content=body(300))
    web.ask('GET', '/a')
    web.answer(304, A_TAG)
    web.ask('GET', '/a', HAVE_A)
    web.answer(304, B_TAG)
    web.ask('GET', '/a', HAVE_A)
    web.answer(412, content=b'')
    web.ask('PUT', '/a', 'If-None-Match: *', content=b'new')
    web.answer(304)


def guards(web):
    web.ask('GET', '/a')
    web.answer(200, A_TAG, A_DATE, content=body(300))
    web.ask('PUT', '/a', 'If-Match: "a1"', content=body(300, seed=2))
    web.answer(204, B_TAG)
    web.ask('PUT', '/a', 'If-Match: "a1"', content=body(300, seed=3))
    web.answer(412, content=b'')
    web.ask('PUT', '/a', 'If-Unmodified-Since: ' + OLD, content=body(300, seed=3))
    web.answer(412, content=b'')
    web.ask('PUT', '/a', 'If-None-Match: *', content=body(300, seed=3))
    web.answer(412, content=b'')
    web.ask('PUT', '/a', content=body(300, seed=3))
    web.answer(428, content=b'')
    web.ask('PUT', '/a', content=body(300, seed=3))
    web.answer(204, 'ETag: "a3"')


def ranges(web):
    whole = body(1000)
    web.ask('GET', '/a', 'Range: bytes=0-499')
    web.answer(206, A_TAG, 'Content-Range: bytes 0-499/1000', content=whole[:500])
    web.ask('GET', '/a', 'Range: bytes=500-', 'If-Range: "a1"')
    web.answer(206, A_TAG, 'Content-Range: bytes 500-999/1000', content=whole[500:])
    web.ask('GET', '/a', 'Range: bytes=500-', 'If-Range: "a1"')
    web.answer(200, A_TAG, content=whole)
    web.ask('GET', '/a', 'Range: bytes=500-', 'If-Range: "a1"')
    web.answer(200, B_TAG, content=body(1000, seed=2))
    web.ask('GET', '/a', 'Range: bytes=0-99')
    web.answer(200, B_TAG, content=body(1000, seed=2))
    web.ask('GET', '/a', 'Range: bytes=5000-')
    web.answer(416, 'Content-Range: bytes */1000', content=b'')


def refetch(web):
    web.ask('GET', '/a')
    web.answer(200, A_TAG, 'Cache-Control: max-age=600', content=body(3000))
    web.ask('GET', '/a')
    web.answer(200, A_TAG, 'Cache-Control: max-age=600', content=body(3000))
    web.ask('GET', '/a', 'Cache-Control: no-cache')
    web.answer(200, A_TAG, 'Cache-Control: max-age=600', content=body(3000))
    web.ask('GET', '/plain')
    web.answer(200, content=body(2000))
    web.ask('GET', '/plain')
    web.answer(200, content=body(2000, seed=2))


def overrides(web):
    for status in (404, 302, 503):
        web.ask('GET', '/gone', HAVE_A)
        web.answer(status, content=b'')
    web.ask('OPTIONS', '/a', HAVE_A)
    web.answer(204)
    web.ask('POST', '/form', content=b'a=1')
    web.answer(201, 'ETag: "f1"', content=b'')


def framing(web):
    """RFC 9112 6.3: where each message ends."""
    web.ask('HEAD', '/a')
    web.answer(200, A_TAG, length=5000)
    web.ask('GET', '/chunked')
    web.answer(200, 'Transfer-Encoding: chunked', 'Trailer: ETag',
               content=b'5;name=value\r\nhello\r\n1a\r\n' + body(26) + b'\r\n0\r\nETag: "t1"\r\n\r\n')
    web.flow.client('PA', web.request('PUT', '/a', 'Expect: 100-continue', 'Content-Length: 12'))
    web.flow.answer_after(1, 20)
    web.flow.server('PA', web.response(100))
    web.flow.answer_after(0, 20)
    web.flow.client('PA', b'twelve octet')
    web.flow.answer_after(1, 20)
    web.answer(204, B_TAG)
    web.ask('GET', '/hints')
    web.answer(103, 'Link: </style.css>; rel=preload')
    web.answer(200, content=b'hinted')
    web.ask('GET', '/until-close')
    web.answer(200, 'Connection: close', content=None)
    web.flow.server('PA', body(700))
    web.capture.wait(0.1)


def pipelining(web):
    """Four requests in one segment; the answers come in order, two and two."""
    asked = [web.request('GET', '/%d' % number, *([HAVE_A] if number % 2 else [])) for number in range(1, 5)]
    web.flow.client('PA', b''.join(asked))
    web.flow.answer_after(1, 20)
    web.capture.wait(5)
    first = web.response(304, A_TAG) + web.response(200, 'ETag: "n2"', content=body(200))
    web.flow.server('PA', first)
    web.capture.wait(3)
    web.flow.server('PA', web.response(200, A_TAG, content=body(200)) + web.response(404, content=b''))
    web.flow.answer_after(0, 20)
    web.flow.client()
    web.capture.wait(500)


def answer_with_hole(web, missing):
    """The capture misses segments of the first of two answers; the client got them."""
    web.ask('GET', '/a', HAVE_A)
    octets = web.response(200, B_TAG, content=body(6000))
    for number in range(0, len(octets), 1460):
        web.flow.server('A', octets[number:number + 1460], captured=number // 1460 not in missing)
        web.capture.wait(0.2)
    web.flow.client()
    web.capture.wait(300)
    web.ask('GET', '/b', 'If-None-Match: "b1"')
    web.answer(304, 'ETag: "b1"')


def gap(missing):
    return one(lambda web: answer_with_hole(web, missing))


def variants(web):
    gzipped, plain = 'Accept-Encoding: gzip', 'Accept-Encoding: identity'
    vary = 'Vary: Accept-Encoding'
    web.ask('GET', '/a', gzipped)
    web.answer(200, 'ETag: "a1-gzip"', vary, 'Content-Encoding: gzip', content=body(900))
    web.ask('GET', '/a', plain)
    web.answer(200, 'ETag: "a1"', vary, content=body(2000))
    web.ask('GET', '/a', gzipped, 'If-None-Match: "a1-gzip"')
    web.answer(200, 'ETag: "a1-gzip"', vary, 'Content-Encoding: gzip', content=body(900))
    web.ask('GET', '/a', plain, 'If-None-Match: "a1-gzip"')
    web.answer(200, 'ETag: "a1"', vary, content=body(2000))


def tunnels():
    capture = Capture(START_S)
    proxy = Web(capture, port=50001).open()
    proxy.flow.client('PA', b'CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n')
    proxy.flow.answer_after(1, 20)
    proxy.answer(200)
    proxy.flow.client('PA', b'\x16\x03\x01' + body(100))
    proxy.flow.answer_after(1, 20)
    proxy.flow.server('PA', b'\x16\x03\x03' + body(200, seed=2))
    proxy.flow.answer_after(0, 20)
    proxy.close(first=0)
    socket = Web(capture, port=50002).open()
    socket.ask('GET', '/chat', 'Connection: Upgrade', 'Upgrade: websocket')
    socket.answer(101, 'Connection: Upgrade', 'Upgrade: websocket')
    socket.flow.server('PA', b'\x81\x05hello')
    socket.flow.answer_after(0, 20)
    socket.flow.client()
    socket.close(first=0)
    return capture


def unanswered():
    """Requests without an answer: reset, closed, at the end of the capture; and an answer without its request."""
    capture = Capture(START_S)
    reset = Web(capture, port=50011).open()
    reset.ask('GET', '/reset')
    reset.flow.server('RA')
    capture.wait(20)
    closed = Web(capture, port=50012).open()
    closed.ask('GET', '/closed')
    closed.close()
    orphan = Web(capture, port=50013)
    orphan.flow.sides[0].rcv_nxt, orphan.flow.sides[1].rcv_nxt = orphan.flow.at(1, 1), orphan.flow.at(0, 1)
    orphan.answer(200, A_TAG, content=body(50))
    short = Web(capture, port=50014).open()
    short.ask('GET', '/short')
    short.flow.server('PA', short.response(200, content=body(400), length=1000))
    short.flow.answer_after(0, 20)
    short.flow.client()
    short.flow.close(1)
    last = Web(capture, port=50015).open()
    last.ask('GET', '/last')
    return capture


def shared_cache():
    """Two clients of one cache: a hit for the second, then a revalidation between cache and origin."""
    capture = Capture(START_S)
    origin = Web(capture, client=20, server=80, port=50021).open()
    first = Web(capture, client=11, server=20, port=50022).open()
    first.ask('GET', '/a')
    origin.ask('GET', '/a')
    origin.answer(200, A_TAG, 'Cache-Control: max-age=5', content=body(800))
    first.answer(200, A_TAG, 'Cache-Control: max-age=5', 'Age: 0', content=body(800))
    second = Web(capture, client=12, server=20, port=50023).open()
    second.ask('GET', '/a')
    second.answer(200, A_TAG, 'Cache-Control: max-age=5', 'Age: 2', content=body(800))
    capture.wait(10_000)
    second.ask('GET', '/a', HAVE_A)
    origin.ask('GET', '/a', HAVE_A)
    origin.answer(304, A_TAG, 'Cache-Control: max-age=5')
    second.answer(304, A_TAG, 'Cache-Control: max-age=5', 'Age: 0')
    return capture


def vlan_twins():
    """The same addresses and ports in two VLANs at once: two connections."""
    capture = Capture(START_S)
    twins = [Web(capture, vlans=(100 + twin,), twin=twin) for twin in range(2)]
    for twin in twins:
        twin.open()
    for twin in twins:
        twin.ask('GET', '/a', HAVE_A)
    twins[0].answer(304, A_TAG)
    twins[1].answer(200, B_TAG, content=body(100))
    for twin in twins:
        twin.close()
    return capture


def midstream():
    """The capture joins between a request and its answer; the next exchange is whole."""
    capture = Capture(START_S)
    web = Web(capture).open()
    web.ask('GET', '/before')
    capture.records.clear()
    web.answer(200, A_TAG, content=body(3000))
    web.ask('GET', '/a', HAVE_A)
    web.answer(304, A_TAG)
    web.close()
    return capture


def pages():
    """A browser opens a page over two connections, follows a link, and loads that page again."""
    capture = Capture(START_S)
    first = Web(capture, port=50041).open()
    kept = 'Cache-Control: no-cache'

    def fetch(web, target, referer, kind, size, *fields):
        asked = ['Referer: http://example.test' + referer] if referer else []
        web.ask('GET', target, *asked, *fields)
        if fields:
            web.flow.transfer(1, web.response(304, 'ETag: "%s"' % target, kept))
        else:
            web.flow.transfer(1, web.response(200, 'Content-Type: ' + kind, 'ETag: "%s"' % target, kept,
                                              content=body(size, seed=size)))
        capture.wait(20)

    fetch(first, '/', None, 'text/html', 4000)
    second = Web(capture, port=50042).open()
    fetch(first, '/style.css', '/', 'text/css', 900)
    fetch(second, '/photo.jpg', '/', 'image/jpeg', 9000)
    fetch(first, '/face.woff2', '/style.css', 'font/woff2', 5000)
    fetch(second, '/favicon.ico', None, 'image/x-icon', 318)
    capture.wait(8000)
    fetch(first, '/next', '/', 'text/html', 3000)
    fetch(second, '/style.css', '/next', 'text/css', 900, 'If-None-Match: "/style.css"')
    capture.wait(5000)
    for web, target, referer in ((first, '/next', None), (first, '/style.css', '/next'), (first, '/photo.jpg', '/next'),
                                 (first, '/face.woff2', '/style.css')):
        fetch(web, target, referer, None, None, 'If-None-Match: "%s"' % target)
    first.close()
    second.close()
    return capture


TEXT = b'The quick brown fox jumps over the lazy dog. ' * 40


def wrapped(data):
    """The zlib format (RFC 1950)."""
    return b'\x78\x01' + deflate(data) + zlib.adler32(data).to_bytes(4, 'big')


def objects(web):
    """Contents in every coding, and names that no file should have."""
    for target, coding, content in (
            ('/page.html', 'gzip', gzip(TEXT)), ('/old.html', 'x-gzip', gzip(TEXT)), ('/zlib.txt', 'deflate', wrapped(TEXT)),
            ('/raw.txt', 'deflate', deflate(TEXT)), ('/twice.txt', 'deflate, gzip', gzip(wrapped(TEXT))),
            ('/members.txt', 'gzip', gzip(TEXT[:900]) + gzip(TEXT[900:])), ('/new.txt', 'zstd', b'\x28\xb5\x2f\xfd' + TEXT[:60]),
            ('/lie.txt', 'gzip', TEXT), ('/cut.txt', 'gzip', gzip(TEXT)[:-30])):
        web.ask('GET', target)
        web.answer(200, 'Content-Encoding: ' + coding, 'Content-Type: text/plain', content=content)
    web.ask('GET', '/chunks')
    web.answer(200, 'Transfer-Encoding: chunked', content=b'2d\r\n' + TEXT[:45] + b'\r\n0\r\n\r\n')
    web.ask('PUT', '/upload.bin', content=body(700))
    web.answer(204)
    for target in ('/../../etc/passwd', '/.profile', '/-rf', '/PAGE.HTML', '/con', '/nul.txt', '/~root', '/a/', '/a%2f..%2fb',
                   '/end.', '/pipe|name;x`y`', 'http://example.test/over/there.gif?x=../../y', '/index.ndjson',
                   '/' + 'long' * 60 + '.jpeg'):
        web.ask('GET', target)
        web.answer(200, 'Content-Type: text/plain', content=target.encode('ascii'))


def snapped():
    capture = Capture(START_S, snaplen=80)
    web = Web(capture).open()
    web.ask('GET', '/a')
    web.answer(200, A_TAG, content=body(3000))
    web.close()
    return capture


def over_ipv6():
    capture = Capture(START_S)
    web = Web(capture, version=6, mss=(1440, 1440), timestamps=True, scale=(7, 7)).open()
    not_modified(web)
    web.close()
    return capture


CAPTURES = {
    'not-modified': one(not_modified), 'unchanged-resent': one(unchanged_resent), 'modified': one(modified),
    'wrong-answers': one(wrong_answers), 'guards': one(guards), 'ranges': one(ranges), 'refetch': one(refetch),
    'overrides': one(overrides), 'framing': one(framing), 'pipelining': one(pipelining), 'variants': one(variants),
    'gap-in-body': gap({2}), 'gap-in-header': gap({0, 1}), 'tunnels': tunnels, 'unanswered': unanswered,
    'shared-cache': shared_cache, 'vlan-twins': vlan_twins, 'midstream': midstream, 'snaplen-80': snapped,
    'objects': one(objects), 'ipv6': over_ipv6, 'pages': pages,
}

if __name__ == '__main__':
    write_all({'http/' + name: make for name, make in CAPTURES.items()})
