# SPDX-License-Identifier: MIT
"""Floods of HTTP/2: frames that cost their sender little, and tables that another fills (RFC 9113 10.5, RFC 7541 7.3)."""
import struct

from shapes import shape
from wire import PREFACE, Talk, h2_frame

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, END_HEADERS = 1, 4
TABLE_SIZE = 1
GET = b'\x82\x86\x84\x41\x0aflood.test'  # GET http / flood.test
GET_AGAIN = b'\x82\x86\x84\xbe'
OK = b'\x88'
GATHERED = 30  # small frames in a segment


def literal(name, value, first=b'\x40'):
    """A field line that is not in the table (RFC 7541 6.2), names and values below 127 octets."""
    return first + b''.join(bytes([len(text)]) + text for text in (name, value))


def session(octets_of_client, octets_of_server=(), settings=b''):
    """A connection in clear: what each side says after its SETTINGS."""
    talk = Talk()
    yield from talk.open()
    yield from talk.say(0, PREFACE + h2_frame(SETTINGS, 0, 0, settings))
    yield from talk.say(1, h2_frame(SETTINGS, 0, 0, settings))
    for octets in octets_of_client:
        yield from talk.say(0, octets)
    for octets in octets_of_server:
        yield from talk.say(1, octets)


def gathered(frames):
    """Many frames in one segment."""
    held = []
    for one in frames:
        held.append(one)
        if len(held) == GATHERED:
            yield b''.join(held)
            held = []
    yield b''.join(held)


@shape(20_000)
def h2_continuation(n, random):
    """a field section that does not end"""
    return session([h2_frame(HEADERS, 0, 1, GET)] +
                   [h2_frame(CONTINUATION, 0, 1, literal(b'a', b'b' * 100) * 10) for _ in range(n)])


@shape(100_000)
def h2_empty_continuation(n, random):
    """the same, of empty frames"""
    return session(gathered([h2_frame(HEADERS, 0, 1, GET)] + [h2_frame(CONTINUATION, 0, 1)] * n))


@shape(200_000)
def h2_settings(n, random):
    """what each side has set: another table size in each frame"""
    return session(gathered(h2_frame(SETTINGS, 0, 0, struct.pack('!HI', TABLE_SIZE, at)) for at in range(n)))


@shape(200_000)
def h2_ping(n, random):
    """frames that want an answer"""
    return session(gathered([h2_frame(PING, 0, 0, b'12345678')] * n))


@shape(100_000)
def h2_rapid_reset(n, random):
    """streams that are reset as soon as they are opened"""
    return session(gathered(h2_frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, GET_AGAIN if at else GET) +
                            h2_frame(RST_STREAM, 0, 1 + 2 * at, b'\0\0\0\x08') for at in range(n)))


@shape(60_000)
def h2_open_streams(n, random):
    """streams that stay open: none is answered"""
    return session(gathered(h2_frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, GET_AGAIN if at else GET)
                            for at in range(n)))


@shape(60_000)
def h2_half_open(n, random):
    """streams whose request does not end"""
    return session(gathered(h2_frame(HEADERS, END_HEADERS, 1 + 2 * at, GET_AGAIN if at else GET) for at in range(n)))


@shape(20_000)
def h2_answered(n, random):
    """exchanges on streams, and responses that are stored"""
    asks = [h2_frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, b'\x82\x86\x41\x0aflood.test' +
                     literal(b':path', b'/%d' % at, b'\x10')) for at in range(n)]
    says = [h2_frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, OK + literal(b'etag', b'"%d"' % at, b'\x10'))
            for at in range(n)]
    talk = Talk()
    yield from talk.open()
    yield from talk.say(0, PREFACE + h2_frame(SETTINGS, 0, 0))
    yield from talk.say(1, h2_frame(SETTINGS, 0, 0))
    for asked, said in zip(asks, says):
        yield from talk.fetch(asked, said)


@shape(60_000)
def hpack_sizes(n, random):
    """changes of the table's size, in every field section"""
    return session(gathered(h2_frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, b'\x20\x3f\xe1\x1f' + GET)
                            for at in range(n)))


@shape(20_000)
def hpack_huge_table(n, random):
    """a table of 4 GiB that is allowed and filled"""
    wide = struct.pack('!HI', TABLE_SIZE, 0xffffffff)
    return session([h2_frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, (b'\x3f\xe0\xff\xff\xff\x0f' if not at else b'') +
                             GET + b''.join(literal(b'n%d-%d' % (at, more), b'v' * 90) for more in range(10)))
                    for at in range(n)], settings=wide)


@shape(60_000)
def hpack_small_entries(n, random):
    """a full table whose entries go one by one, each with its 32 octets"""
    return session(h2_frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, GET + b''.join([b'\x40\x01%c\0' % (97 + more % 26)
                                                                                          for more in range(200)]))
                   for at in range(n // 4))


@shape(20_000)
def hpack_never_indexed(n, random):
    """field lines that are never indexed"""
    return session(h2_frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, GET + literal(b'cookie', b'c' * 100, b'\x10') * 10)
                   for at in range(n))


@shape(4_000)
def hpack_bomb(n, random):
    """what an octet of a field section stands for: an entry of four thousand octets, twelve hundred times"""
    first = h2_frame(HEADERS, END_STREAM | END_HEADERS, 1, GET + b'\x40\x01a\x7f\xa1\x1e' + b'v' * 4000)
    return session([first] + [h2_frame(HEADERS, END_STREAM | END_HEADERS, 3 + 2 * at, b'\x82\x86\x84' + b'\xbe' * 1200)
                              for at in range(n)])


@shape(20_000)
def hpack_broken(n, random):
    """field sections of random octets"""
    return session(h2_frame(HEADERS, END_STREAM | END_HEADERS, 1 + 2 * at, random.randbytes(200)) for at in range(n))


@shape(200_000)
def h2_priority(n, random):
    """streams that are only named: a PRIORITY frame for each"""
    return session(gathered(h2_frame(PRIORITY, 0, 1 + 2 * at, struct.pack('!IB', at, 16)) for at in range(n)))


@shape(200_000)
def h2_window_update(n, random):
    """windows of one octet more, for every stream"""
    return session(gathered(h2_frame(WINDOW_UPDATE, 0, at, b'\0\0\0\1') for at in range(n)))


@shape(200_000)
def h2_empty_data(n, random):
    """contents of empty frames"""
    asked = h2_frame(HEADERS, END_STREAM | END_HEADERS, 1, GET)
    return session([asked], gathered([h2_frame(HEADERS, END_HEADERS, 1, OK)] + [h2_frame(DATA, 0, 1)] * n))


@shape(60_000)
def h2_pushes(n, random):
    """pushed streams: each is promised, none is answered"""
    asked = h2_frame(HEADERS, END_STREAM | END_HEADERS, 1, GET)
    return session([asked], gathered(h2_frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack('!I', 2 + 2 * at) +
                                              (GET_AGAIN if at else GET)) for at in range(n)))


@shape(200_000)
def h2_goaway(n, random):
    """farewells without end"""
    return session(gathered([h2_frame(GOAWAY, 0, 0, b'\0' * 8)] * n))


@shape(200_000)
def h2_unknown(n, random):
    """frames of types that nobody knows, on any stream"""
    return session(gathered(h2_frame(0xb0, 0xff, at, b'xyz') for at in range(n)))


@shape(60_000)
def h2_trailers(n, random):
    """field sections of one stream, without end"""
    asked = h2_frame(HEADERS, END_STREAM | END_HEADERS, 1, GET)
    return session([asked], gathered([h2_frame(HEADERS, END_HEADERS, 1, OK)] * n))


@shape(6_000)
def h2_sessions(n, random):
    """what a connection of HTTP/2 keeps: many of them, each with a table"""
    for number in range(n):
        talk = Talk(client=bytes((10, 1 + number // 65536, number // 256 % 256, number % 256)))
        yield from talk.open()
        section = GET + b''.join(literal(b'n%d' % more, b'v' * 90) for more in range(10))
        yield from talk.say(0, PREFACE + h2_frame(SETTINGS, 0, 0) + h2_frame(HEADERS, 5, 1, section))
