# SPDX-License-Identifier: MIT
"""Floods of TCP: connections without end, and segments that no sender sends."""
import struct

from shapes import shape
from wire import ACK, CLIENT, FIN, PSH, RST, SERVER, SYN, URG, Talk, address, answer, request, tcp

MSS = b'\2\4\5\xb4'
PLENTY = b'x' * 1400


def spoofed(n, random, flags, **how):
    """One segment from each of n addresses."""
    for number in range(n):
        yield tcp(address(random.getrandbits(24)), SERVER, (random.randrange(1024, 65536), 80), random.getrandbits(32),
                  random.getrandbits(32), flags, **how)


# --- segments from everywhere ---

@shape(200_000)
def syn(n, random):
    """the table of connections: SYNs from everywhere, never answered"""
    return spoofed(n, random, SYN, options=MSS)


@shape(200_000)
def syn_ack(n, random):
    """the table of connections: answers to SYNs that nobody sent"""
    return spoofed(n, random, SYN | ACK, options=MSS)


@shape(200_000)
def ack(n, random):
    """the table of connections: ACKs of connections that nobody opened"""
    return spoofed(n, random, ACK)


@shape(200_000)
def rst(n, random):
    """closed connections that are kept for what comes late: resets from everywhere"""
    return spoofed(n, random, RST)


@shape(200_000)
def fin(n, random):
    """half-closed connections: FINs from everywhere"""
    return spoofed(n, random, FIN | ACK)


@shape(200_000)
def all_flags(n, random):
    """the state machine: every combination of flags, from everywhere"""
    for _ in range(n):
        yield from spoofed(1, random, random.randrange(64))


@shape(100_000)
def strays(n, random):
    """what a connection says, from its middle on: one request each, without a handshake, without an answer"""
    return spoofed(n, random, ACK | PSH, data=request())


@shape(30_000)
def short_connections(n, random):
    """closed connections: whole ones, one after the other"""
    for number in range(n):
        talk = Talk(address(number), ports=(1024 + number % 60000, 80))
        yield from talk.open()
        yield from talk.close()


@shape(100_000)
def same_ports(n, random):
    """the doubt whether a SYN begins another connection: SYNs on the same ports, each with another number"""
    for _ in range(n):
        yield tcp(CLIENT, SERVER, (40000, 80), random.getrandbits(32), 0, SYN, options=MSS)


@shape(30_000)
def reopened(n, random):
    """the same, with whole handshakes and something said"""
    for number in range(n):
        talk = Talk(isns=(number * 100_000, number * 77_777))
        yield from talk.open()
        yield talk.send(0, ACK | PSH, b'x')


@shape(100_000)
def many_paths(n, random):
    """connections that share their ports and not their path: each SYN in another VLAN"""
    for number in range(n):
        yield tcp(CLIENT, SERVER, (40000, 80), 1000 + number // 4096, 0, SYN, tags=(number % 4096,))


@shape(60_000)
def many_servers(n, random):
    """what is kept of each host: two segments of each of n servers"""
    for number in range(n):
        talk = Talk(server=address(number, 11))
        yield talk.send(0, SYN, options=MSS)
        yield talk.send(1, SYN | ACK, options=MSS)


@shape(200_000)
def one_syn_again(n, random):
    """how often a SYN was sent again"""
    talk = Talk()
    frame = talk.send(0, SYN, options=MSS)
    return (frame for _ in range(n))


# --- segments of one connection ---

def opened():
    talk = Talk()
    return talk, list(talk.open())


@shape(60_000)
def reversed_order(n, random):
    """what waits for its turn: the stream's segments, the last one first"""
    talk, frames = opened()
    yield from frames
    for number in reversed(range(n)):
        yield talk.send(0, ACK, b'12345678', seq=talk.next[0] + 8 * number)


@shape(100_000)
def overlapping(n, random):
    """what is held twice: segments that overlap one another with other octets, at random places"""
    talk, frames = opened()
    yield from frames
    for _ in range(n):
        yield talk.send(0, ACK, random.randbytes(random.randrange(1, 200)), seq=talk.next[0] + random.randrange(60_000))


@shape(100_000)
def every_second(n, random):
    """the ranges that came: every second octet is missing"""
    talk, frames = opened()
    yield from frames
    for number in range(n):
        yield talk.send(0, ACK, b'x', seq=talk.next[0] + 2 * number)


@shape(100_000)
def random_sacks(n, random):
    """the scoreboard: SACK blocks of any octets, on a window of data"""
    talk, frames = opened()
    yield from frames
    for number in range(n):
        base = talk.next[1]
        if number % 2:
            yield talk.send(1, ACK, b'x' * 100)
            continue
        marks = sorted(base - random.randrange(100_000) for _ in range(8))
        blocks = struct.pack('!8I', *(mark % (1 << 32) for mark in marks))
        yield talk.send(0, ACK, ack=5001, options=b'\5\x22' + blocks)


@shape(200_000)
def never_acknowledged(n, random):
    """the record of what was sent: one octet a segment, none of them acknowledged"""
    talk, frames = opened()
    yield from frames
    for _ in range(n):
        yield talk.send(0, ACK, b'x', ack=5001)


@shape(100_000)
def jumps(n, random):
    """stream offsets: each segment a gigabyte further on"""
    talk, frames = opened()
    yield from frames
    for number in range(n):
        yield talk.send(0, ACK, b'x', seq=number << 30)
        yield talk.send(1, ACK, ack=(number << 30) + 1)


@shape(100_000)
def outside_window(n, random):
    """segments that are in no window"""
    talk, frames = opened()
    yield from frames
    for _ in range(n):
        yield talk.send(random.randrange(2), ACK, b'x' * 10, seq=random.getrandbits(32), ack=random.getrandbits(32))


@shape(200_000)
def sent_again(n, random):
    """why a segment was sent again: one of them, without end"""
    talk, frames = opened()
    yield from frames
    for _ in range(n):
        yield talk.send(0, ACK, b'x' * 100, seq=1001)


@shape(200_000)
def duplicate_acks(n, random):
    """how many duplicate ACKs there were, below data in flight"""
    talk, frames = opened()
    yield from frames
    for _ in range(40):
        yield talk.send(1, ACK, PLENTY)
    for _ in range(n):
        yield talk.send(0, ACK, ack=5001)


@shape(100_000)
def zero_window(n, random):
    """probes of a window that stays shut"""
    talk, frames = opened()
    yield from frames
    for _ in range(n):
        yield talk.send(0, ACK, window=0)
        yield talk.send(1, ACK, b'x', seq=talk.next[1])


@shape(100_000)
def windows(n, random):
    """the record of windows: another one in each ACK, far from the sender"""
    talk, frames = opened()
    yield from frames
    for _ in range(n):
        yield talk.send(1, ACK, b'x')
        yield talk.send(0, ACK, window=random.randrange(65536))


@shape(200_000)
def keep_alive(n, random):
    """keep-alive probes and their answers"""
    talk, frames = opened()
    yield from frames
    for number in range(n):
        yield talk.send(number % 2, ACK, seq=talk.next[number % 2] - (number % 2 == 0))


@shape(100_000)
def dsack(n, random):
    """reports of what came twice, each of another range"""
    talk, frames = opened()
    yield from frames
    for _ in range(n):
        yield talk.send(1, ACK, b'x' * 20)
        start = talk.next[1] - random.randrange(1000)
        yield talk.send(0, ACK, options=b'\5\x0a' + struct.pack('!II', start % (1 << 32), (start + 20) % (1 << 32)))


@shape(100_000)
def options(n, random):
    """the reader of options: random octets where options are"""
    talk, frames = opened()
    yield from frames
    for _ in range(n):
        yield talk.send(0, ACK, b'x', options=random.randbytes(random.randrange(40)))


@shape(100_000)
def timestamps(n, random):
    """clocks that are guessed from timestamps, which are random"""
    talk, frames = opened()
    yield from frames
    for number in range(n):
        stamps = b'\x08\x0a' + random.randbytes(8)
        yield talk.send(number % 2, ACK, b'x' * (number % 3), options=stamps)


@shape(100_000)
def urgent_and_syn(n, random):
    """challenge ACKs: SYNs and urgent data inside a connection"""
    talk, frames = opened()
    yield from frames
    for number in range(n):
        yield talk.send(0, SYN if number % 2 else ACK | URG, seq=random.getrandbits(32))
        yield talk.send(1, ACK)


@shape(100_000)
def one_octet(n, random):
    """what is done for each segment of a content: one octet each"""
    talk, frames = opened()
    yield from frames
    yield from talk.say(0, request())
    yield from talk.say(1, answer(body=b'x' * n)[:-n])
    for _ in range(n):
        yield talk.send(1, ACK, b'x')
        yield talk.send(0, ACK)
