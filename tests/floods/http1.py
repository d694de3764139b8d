# SPDX-License-Identifier: MIT
"""Floods of HTTP/1: what is kept of targets, clients, hosts, variants and validators; messages that do not end."""
import gzip

from shapes import shape
from wire import ACK, PSH, Talk, address, answer, request

PIECE = 1400


def fetches(pairs, talk=None):
    """Requests and answers of one connection."""
    talk = talk or Talk()
    yield from talk.open()
    for asked, said in pairs:
        yield from talk.fetch(asked, said)


def endless(said, asked=None):
    """One exchange whose answer is the octets of said, a piece at a time."""
    talk = Talk()
    yield from talk.open()
    yield from talk.say(0, asked or request())
    for octets in said:
        yield from talk.say(1, octets, PIECE)


# --- what is stored ---

@shape(20_000)
def targets(n, random):
    """stored responses: as many targets as requests, each with an entity tag"""
    return fetches((request(b'/t/%d' % at), answer(b'ETag: "%d"\r\n' % at)) for at in range(n))


@shape(10_000)
def clients(n, random):
    """stored responses by client: each address fetches the same"""
    for number in range(n):
        yield from fetches([(request(), answer(b'ETag: "a"\r\n'))], Talk(address(number)))


@shape(20_000)
def hosts(n, random):
    """what is counted by host: each request names another one"""
    return fetches((request(host=b'h%d.test' % at), answer(b'ETag: "a"\r\n')) for at in range(n))


@shape(20_000)
def variants(n, random):
    """stored variants of one target: another Accept-Language each time, on which the answer varies"""
    return fetches((request(fields=b'Accept-Language: l%d\r\n' % at),
                    answer(b'Vary: Accept-Language\r\nETag: "%d"\r\n' % at)) for at in range(n))


@shape(5_000)
def vary_names(n, random):
    """the fields that a stored response keeps: Vary names a hundred"""
    names = b', '.join(b'X-%d' % at for at in range(100))
    fields = b''.join(b'X-%d: %d\r\n' % (at, at) for at in range(100))
    return fetches((request(fields=fields), answer(b'Vary: %s\r\nETag: "%d"\r\n' % (names, at))) for at in range(n))


@shape(20_000)
def validators(n, random):
    """the validators of one target: another entity tag each time"""
    return fetches((request(fields=b'If-None-Match: "%d"\r\n' % (at - 1)), answer(b'ETag: "%d"\r\n' % at))
                   for at in range(n))


@shape(300)
def asked_tags(n, random):
    """comparisons of entity tags: each request lists three thousand, none of which was given"""
    for_each = answer(b'ETag: "z"\r\n')
    return fetches((request(fields=b'If-None-Match: %s\r\n' % b', '.join(b'"%d"' % (at * 3000 + tag)
                                                                        for tag in range(3000))), for_each)
                   for at in range(n))


@shape(10_000)
def ranges(n, random):
    """what is put together from parts: a range of one octet in each answer"""
    return fetches((request(fields=b'Range: bytes=%d-%d\r\nIf-Range: "a"\r\n' % (2 * at, 2 * at)),
                    answer(b'ETag: "a"\r\nContent-Range: bytes %d-%d/9999999\r\n' % (2 * at, 2 * at), b'x',
                           b'206 Partial Content')) for at in range(n))


@shape(20_000)
def byteranges(n, random):
    """parts of one multipart answer"""
    part = b'--b\r\nContent-Type: a/b\r\nContent-Range: bytes %d-%d/9999999\r\n\r\nx\r\n'
    body = b''.join(part % (at, at) for at in range(n)) + b'--b--\r\n'
    return fetches([(request(fields=b'Range: bytes=0-\r\n'),
                     answer(b'Content-Type: multipart/byteranges; boundary=b\r\n', body, b'206 Partial Content'))])


@shape(10_000)
def directives(n, random):
    """caching directives that nobody knows, a hundred in each answer"""
    line = b'Cache-Control: %s\r\n' % b', '.join(b'd%d=%d' % (at, at) for at in range(100))
    return fetches((request(b'/%d' % (at % 50)), answer(line)) for at in range(n // 4))


@shape(4_000)
def long_targets(n, random):
    """targets of six thousand octets"""
    return fetches((request(b'/%d/' % at + b'a' * 6000), answer(b'ETag: "a"\r\n')) for at in range(n))


@shape(4_000)
def long_tags(n, random):
    """entity tags of six thousand octets, and asked for"""
    return fetches((request(fields=b'If-None-Match: "%s"\r\n' % (b'a' * 6000)),
                    answer(b'ETag: "%s%d"\r\n' % (b'a' * 6000, at))) for at in range(n))


@shape(5_000)
def pages(n, random):
    """page loads: each client brings a document and what it names"""
    for number in range(n):
        refers = b'Referer: http://flood.test/page\r\n'
        yield from fetches([(request(b'/page', b'Accept: text/html\r\n'), answer(b'Content-Type: text/html\r\n')),
                            (request(b'/style.css', refers), answer(b'Content-Type: text/css\r\n')),
                            (request(b'/image.png', refers), answer(b'Content-Type: image/png\r\n'))],
                           Talk(address(number)))


@shape(10_000)
def redirects(n, random):
    """chains of redirects without end"""
    return fetches((request(b'/%d' % at), answer(b'Location: http://flood.test/%d\r\n' % (at + 1), b'', b'302 Found'))
                   for at in range(n))


@shape(10_000)
def documents(n, random):
    """one page load that does not end: documents in one client, each referred to by the next"""
    return fetches((request(b'/%d' % at, b'Accept: text/html\r\nReferer: http://flood.test/%d\r\n' % (at - 1)),
                    answer(b'Content-Type: text/html\r\n')) for at in range(n))


@shape(20_000)
def methods(n, random):
    """names that are kept: another method each time"""
    return fetches((request(method=b'M%d' % at), answer()) for at in range(n))


# --- messages that do not end ---

@shape(6_000)
def head(n, random):
    """a head that does not end: one field line of many octets"""
    return endless([b'HTTP/1.1 200 OK\r\nX: '] + [b'a' * PIECE] * n)


@shape(6_000)
def field_lines(n, random):
    """a head that does not end: field lines"""
    return endless([b'HTTP/1.1 200 OK\r\n'] + [b'X-Field: value of it\r\n' * 64] * n)


@shape(6_000)
def small_heads(n, random):
    """fields that are looked at: heads with a thousand of them"""
    lines = b''.join(b'ETag: "%d"\r\nVary: X-%d\r\n' % (at, at) for at in range(500))
    return fetches((request(b'/%d' % at), answer(lines)) for at in range(n // 20))


@shape(6_000)
def chunks(n, random):
    """chunks of one octet"""
    return endless([b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'] + [b'1\r\na\r\n' * 233] * n)


@shape(6_000)
def chunk_extension(n, random):
    """a chunk's extension that does not end"""
    return endless([b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a='] + [b'a' * PIECE] * n)


@shape(6_000)
def trailers(n, random):
    """trailer fields without end"""
    return endless([b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n'] +
                   [b'X-Trailer: %d\r\n' % at * 90 for at in range(n)])


@shape(6_000)
def interim(n, random):
    """interim answers without end"""
    return endless([b'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' * 33] * n)


@shape(100_000)
def pipeline(n, random):
    """requests that wait for their answers: none comes"""
    talk = Talk()
    yield from talk.open()
    for at in range(n // 20):
        yield from talk.say(0, b''.join(request(b'/%d' % (20 * at + more)) for more in range(20)))


@shape(20_000)
def waiting_requests(n, random):
    """what is kept of a request until it is answered: long ones from everywhere, of which none is"""
    fields = b''.join(b'If-None-Match: "%s"\r\nX-%d: y\r\n' % (b'a' * 190, at) for at in range(6))
    for number in range(n):
        talk = Talk(address(number))
        yield talk.send(0, ACK | PSH, request(fields=fields))


@shape(100_000)
def answers(n, random):
    """answers to which no request belongs"""
    talk = Talk()
    yield from talk.open()
    for at in range(n // 10):
        yield from talk.say(1, answer(b'ETag: "%d"\r\n' % at) * 10)


@shape(40_000)
def request_lines(n, random):
    """request lines that are none"""
    talk = Talk()
    yield from talk.open()
    yield from talk.fetch(request(), answer())
    for _ in range(n):
        yield from talk.say(0, b'GET ' + random.randbytes(40).replace(b'\n', b' ') + b'\r\n\r\n')


@shape(10_000)
def handovers(n, random):
    """what follows CONNECT: connections that were handed over, each with octets of something else"""
    for number in range(n):
        talk = Talk(address(number))
        yield from fetches([(request(b'a.test:443', method=b'CONNECT'), b'HTTP/1.1 200 OK\r\n\r\n')], talk)
        yield from talk.say(0, b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03')


@shape(40_000)
def line_by_line(n, random):
    """a request whose head comes an octet at a time"""
    talk = Talk()
    yield from talk.open()
    for octet in (b'GET / HTTP/1.1\r\n' + b'X: y\r\n' * (n // 6))[:n]:
        yield from talk.say(0, bytes([octet]))


# --- contents ---

BOMB = gzip.compress(bytes(4 << 20), mtime=0)


@shape(400)
def gzip_bombs(n, random):
    """the decoder of contents: four megabytes in four thousand octets, each time"""
    return fetches((request(b'/%d' % at), answer(b'Content-Encoding: gzip\r\n', BOMB)) for at in range(n))


@shape(2_000)
def codings(n, random):
    """content codings, a hundred upon another"""
    return fetches((request(b'/%d' % at), answer(b'Content-Encoding: %s\r\n' % b', '.join([b'gzip'] * 100), BOMB[:500]))
                   for at in range(n))
