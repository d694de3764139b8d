# SPDX-License-Identifier: MIT
"""HTTP/2 in clear: what exchanges.py says, said in HTTP/2, and what only HTTP/2 has."""
import struct
from email.utils import formatdate

from exchanges import A_DATE, A_TAG, HAVE_A, OLD, START_S, Web, answer_with_hole, body, guards, not_modified, one
from packets import Capture, write_all

PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
DATA, HEADERS, RST_STREAM, SETTINGS, PUSH_PROMISE, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 5, 7, 8, 9
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 1, 1, 4, 8, 32
CANCEL = 8
TABLE_SIZE, ENTRY = 4096, 32
# RFC 7541 appendix A, those that are used here.
STATIC = {(':method', 'GET'): 2, (':method', 'POST'): 3, (':scheme', 'http'): 6, (':status', '200'): 8, (':status', '204'): 9,
          (':status', '206'): 10, (':status', '304'): 11, (':status', '404'): 13}
STATIC_LEN = 61


def frame(kind, flags, stream, payload=b''):
    return struct.pack('!I', len(payload))[1:] + struct.pack('!BBI', kind, flags, stream) + payload


def integer(value, bits, first):
    """RFC 7541 5.1."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([first | value])
    out, value = [first | most], value - most
    while value >= 128:
        out.append(value % 128 + 128)
        value //= 128
    return bytes(out + [value])


class Encoder:
    """HPACK without Huffman's code: every field line that has no place in the tables gets one."""

    def __init__(self):
        self.table, self.size, self.limit = [], 0, TABLE_SIZE

    def resized(self, limit):
        """The octets that say so (RFC 7541 6.3)."""
        self.limit = limit
        self.evict()
        return integer(limit, 5, 0x20)

    def evict(self):
        while self.size > self.limit:
            name, value = self.table.pop()
            self.size -= len(name) + len(value) + ENTRY

    def line(self, name, value):
        known = STATIC.get((name, value))
        if (name, value) in self.table:
            known = STATIC_LEN + 1 + self.table.index((name, value))
        if known:
            return integer(known, 7, 0x80)
        self.table.insert(0, (name, value))
        self.size += len(name) + len(value) + ENTRY
        self.evict()
        return b'\x40' + b''.join(integer(len(text), 7, 0) + text.encode('ascii') for text in (name, value))

    def section(self, *lines):
        return b''.join(self.line(name, value) for name, value in lines)


def split(fields):
    """'Name: value' as HTTP/2 has them, without what belongs to HTTP/1 alone (RFC 9113 8.2.2)."""
    pairs = [field.split(': ', 1) for field in fields]
    return [(name.lower(), value) for name, value in pairs if name not in ('Connection', 'Transfer-Encoding')]


class Web2(Web):
    """The same as Web, in HTTP/2: each request on the next stream, each response on the last one."""

    def __init__(self, capture, **how):
        super().__init__(capture, **how)
        self.encoders = Encoder(), Encoder()
        self.stream = -1

    def open(self):
        super().open()
        self.flow.client('PA', PREFACE + frame(SETTINGS, 0, 0) + frame(WINDOW_UPDATE, 0, 0, struct.pack('!I', 1 << 20)))
        self.flow.answer_after(1, 20)
        self.flow.server('PA', frame(SETTINGS, 0, 0, struct.pack('!HI', 3, 100)) + frame(SETTINGS, ACK, 0))
        self.flow.answer_after(0, 20)
        self.flow.client('PA', frame(SETTINGS, ACK, 0))
        self.flow.answer_after(1, 20)
        self.flow.server()
        self.capture.wait(1)
        return self

    def message(self, who, lines, content=b'', stream=None):
        stream = self.stream if stream is None else stream
        section = self.encoders[who].section(*lines)
        head = frame(HEADERS, END_HEADERS | (0 if content else END_STREAM), stream, section)
        return head + (frame(DATA, END_STREAM, stream, content) if content else b'')

    def asked(self, method, target, *fields):
        return [(':method', method), (':scheme', 'http'), (':path', target), (':authority', 'example.test'), *split(fields)]

    def request(self, method, target, *fields, content=b''):
        self.stream += 2
        length = ['Content-Length: %d' % len(content)] if content else []
        return self.message(0, self.asked(method, target, *fields, *length), content)

    def answered(self, status, *fields):
        date = ('date', formatdate(self.capture.now_us // 1_000_000, usegmt=True))
        return [(':status', str(status)), *([date] if status >= 200 else []), *split(fields)]

    def response(self, status, *fields, content=None, length=None):
        if length is None and content is not None:
            length = len(content)
        lines = self.answered(status, *fields, *(['Content-Length: %d' % length] if length is not None else []))
        if status < 200:
            return frame(HEADERS, END_HEADERS, self.stream, self.encoders[1].section(*lines))
        return self.message(1, lines, content or b'')

    def client(self, octets, rtt=20):
        self.flow.client('PA', octets)
        self.flow.answer_after(1, rtt)

    def server(self, octets, rtt=20):
        self.flow.server('PA', octets)
        self.flow.answer_after(0, rtt)


def padded(kind, flags, stream, payload, pad):
    return frame(kind, flags | PADDED, stream, bytes([pad]) + payload + bytes(pad))


def in_pieces(section, stream, flags, pad):
    """HEADERS with padding and priority, then two CONTINUATIONs (RFC 9113 6.10)."""
    first = padded(HEADERS, flags | PRIORITY, stream, struct.pack('!IB', 0, 15) + section[:9], pad)
    return first + frame(CONTINUATION, 0, stream, section[9:10]) + frame(CONTINUATION, END_HEADERS, stream, section[10:])


def streams(web):
    """Three requests in one segment; the answers come in another order, with a push, in turns, padded, with trailers."""
    ours, theirs = web.encoders
    first = web.message(0, web.asked('GET', '/1'), stream=1)
    second = web.message(0, web.asked('GET', '/2', HAVE_A), stream=3)
    third = in_pieces(ours.section(*web.asked('GET', '/3', 'If-None-Match: "a3"')), 5, END_STREAM, 7)
    web.client(first + second + third)
    unchanged = web.message(1, web.answered(304, A_TAG), stream=3)
    hint = frame(HEADERS, END_HEADERS, 1, theirs.section(*web.answered(103, 'Link: </style.css>; rel=preload')))
    promise = struct.pack('!I', 2) + theirs.section(*web.asked('GET', '/style.css'))
    web.server(unchanged + hint + frame(PUSH_PROMISE, END_HEADERS, 1, promise))
    heads = [frame(HEADERS, END_HEADERS, stream, theirs.section(*web.answered(200, 'ETag: "n%d"' % stream, 'Trailer: x-sum')))
             for stream in (5, 1)]
    whole = body(300, seed=5), body(300, seed=1)
    turns = [frame(DATA, 0, 5, whole[0][:100]), padded(DATA, 0, 1, whole[1][:200], 30), frame(DATA, 0, 5, whole[0][100:]),
             padded(DATA, END_STREAM, 1, whole[1][200:], 0), frame(HEADERS, END_HEADERS | END_STREAM, 5, theirs.section(('x-sum', '1')))]
    web.server(b''.join(heads + turns))
    web.server(web.message(1, web.answered(200, A_TAG), body(120, seed=7), stream=2))
    web.flow.client()
    web.capture.wait(20)
    web.client(web.message(0, web.asked('GET', '/long'), stream=7))
    web.server(frame(HEADERS, END_HEADERS, 7, theirs.section(*web.answered(200, A_TAG))) + frame(DATA, 0, 7, body(500)))
    web.client(frame(RST_STREAM, 0, 7, struct.pack('!I', CANCEL)))
    web.server(frame(DATA, END_STREAM, 7, body(40)))
    web.client(frame(HEADERS, END_HEADERS, 9, ours.section(*web.asked('POST', '/form', 'Content-Length: 6'))) + frame(DATA, 0, 9, b'abc'))
    web.server(web.message(1, web.answered(201, 'ETag: "f1"'), b'made', stream=9))
    web.client(frame(DATA, 0, 9, b'def') + frame(HEADERS, END_HEADERS | END_STREAM, 9, ours.section(('x-end', '1'))))
    smaller = ours.resized(64)
    head = smaller + ours.section(*web.asked('HEAD', '/1', 'If-None-Match: "n1"'))
    web.client(frame(HEADERS, END_HEADERS | END_STREAM, 11, head))
    web.server(web.message(1, web.answered(304, 'ETag: "n1"'), stream=11) + frame(GOAWAY, 0, 0, struct.pack('!II', 11, 0)))


def upgrade(web):
    """The first request in HTTP/1, its answer in HTTP/2 (RFC 7540 3.2), some of it with the 101."""
    plain = Web.request(web, 'GET', '/a', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk')
    web.client(plain)
    web.stream = 1
    switched = Web.response(web, 101, 'Connection: Upgrade', 'Upgrade: h2c')
    answer = web.response(200, A_TAG, A_DATE, content=body(2000))
    web.flow.transfer(1, switched + frame(SETTINGS, 0, 0) + answer)
    web.client(PREFACE + frame(SETTINGS, 0, 0) + frame(SETTINGS, ACK, 0))
    web.ask('GET', '/a', HAVE_A)
    web.answer(304, A_TAG)


def upgraded():
    capture = Capture(START_S)
    web = Web2(capture)
    Web.open(web)
    upgrade(web)
    web.close()
    return capture


def gaps():
    """A hole in the middle of DATA, one that takes a head along, and a capture of the server's side alone."""
    capture = Capture(START_S)
    for port, missing in ((50001, {2}), (50002, {0})):
        web = Web2(capture, port=port).open()
        answer_with_hole(web, missing)
        web.close()
    web = Web2(capture, port=50003)
    send = web.flow.send
    web.flow.send = lambda who, *words, **how: send(who, *words, **how, captured=who == 1)
    web.open()
    web.ask('GET', '/a')
    web.answer(200, A_TAG, content=body(300))
    web.close()
    return capture


def oddities(web):
    """A length that is not the content's, fields that HTTP/2 forbids, and a field section that cannot be read."""
    web.ask('GET', '/short')
    web.flow.transfer(1, web.message(1, web.answered(200, A_TAG, 'Content-Length: 100'), body(90)))
    web.ask('GET', '/odd', 'If-Modified-Since: ' + OLD)
    web.flow.transfer(1, web.message(1, [*web.answered(304, A_TAG), ('keep-alive', 'timeout=5')]))
    web.ask('GET', '/spoilt', HAVE_A)
    web.server(frame(HEADERS, END_HEADERS | END_STREAM, web.stream, b'\xff\xff\xff\xff\x0f'))
    web.ask('GET', '/after', HAVE_A)
    web.answer(304, A_TAG)


CAPTURES = {
    'h2-not-modified': one(not_modified, Web2), 'h2-guards': one(guards, Web2), 'h2-streams': one(streams, Web2),
    'h2-upgrade': upgraded, 'h2-gaps': gaps, 'h2-oddities': one(oddities, Web2),
}

if __name__ == '__main__':
    write_all({'http/' + name: make for name, make in CAPTURES.items()})
