# SPDX-License-Identifier: MIT
"""Floods below TCP: fragments, tunnels, tags and ICMP errors; and TLS, whose records lie below HTTP."""
import struct

from shapes import shape
from wire import (ACK, CLIENT, GRE, ICMP, IP4, IPIP, SERVER, SYN, TCP, UDP, VLAN, Talk, address, checksum, ethernet, ip,
                  segment, tcp, udp)

MORE = 0x2000


def a_segment(number=0, data=b'x' * 200):
    return segment(CLIENT, SERVER, (40000, 80), 1000 + number, 1, ACK, data)


# --- fragments ---

@shape(200_000)
def fragments_unfinished(n, random):
    """datagrams that wait for their fragments: first ones alone"""
    for number in range(n):
        yield ethernet(ip(address(number), SERVER, TCP, a_segment()[:64], number % 65536, MORE))


@shape(100_000)
def fragments_of_one(n, random):
    """the fragments of one datagram: every second piece of eight octets, again and again"""
    for number in range(n):
        at = 2 * number % 8000
        yield ethernet(ip(CLIENT, SERVER, TCP, b'12345678', 7, MORE | at))


@shape(100_000)
def fragments_overlapping(n, random):
    """fragments that overlap with other octets"""
    for number in range(n):
        payload = random.randbytes(8 * random.randrange(1, 30))
        yield ethernet(ip(CLIENT, SERVER, TCP, payload, number // 50, MORE | random.randrange(200)))


@shape(100_000)
def fragments_tiny(n, random):
    """a TCP header in pieces of eight octets, the last one first"""
    for number in range(n // 5):
        octets = a_segment(number, b'x' * 18)
        for at in range(32, -1, -8):
            yield ethernet(ip(CLIENT, SERVER, TCP, octets[at:at + 8], number % 65536, (at < 32) * MORE | at // 8))


@shape(4_000)
def fragments_largest(n, random):
    """what waits: whole 64 KiB but for one piece, for each of many datagrams"""
    for number in range(n // 44):
        for at in range(43):
            yield ethernet(ip(address(number), SERVER, TCP, b'y' * 1480, number, MORE | at * 185))


# --- tunnels and tags ---

@shape(20_000)
def tunnels(n, random):
    """how deep a packet is looked into: IP in IP, forty times"""
    for number in range(n):
        packet = ip(CLIENT, SERVER, TCP, a_segment(number))
        for _ in range(40):
            packet = ip(CLIENT, SERVER, IPIP, packet)
        yield ethernet(packet)


@shape(20_000)
def tunnels_mixed(n, random):
    """the same, of GRE and VXLAN, with other ends each time"""
    for number in range(n):
        packet = ip(CLIENT, SERVER, TCP, a_segment(number))
        for _ in range(4):
            packet = ip(address(number, 12), SERVER, GRE, struct.pack('!HH', 0, IP4) + packet)
            vxlan = struct.pack('!II', 0x08000000, number % (1 << 24) << 8)
            packet = udp(address(number, 13), SERVER, (50000, 4789), vxlan + ethernet(packet))
        yield ethernet(packet)


@shape(50_000)
def tags(n, random):
    """how deep a frame is looked into: two hundred tags"""
    for number in range(n):
        yield tcp(CLIENT, SERVER, (40000, 80), 1000 + number, 0, SYN, tags=[VLAN % 4096] * 200)


@shape(50_000)
def labels(n, random):
    """MPLS labels, a hundred and none the last"""
    for _ in range(n):
        yield ethernet(struct.pack('!I', 0x00010040) * 100, 0x8847)


# --- ICMP ---

def error(quoted, source=SERVER, target=CLIENT, kind=3, code=1):
    body = struct.pack('!BBHI', kind, code, 0, 0) + quoted
    return ethernet(ip(source, target, ICMP, body[:2] + checksum(body).to_bytes(2, 'big') + body[4:]))


@shape(200_000)
def icmp_strangers(n, random):
    """streams that ICMP errors alone have shown"""
    for number in range(n):
        quoted = ip(address(number), SERVER, TCP, segment(address(number), SERVER, (1024 + number % 60000, 80), 1, 0, SYN))
        yield error(quoted, source=address(number, 14))


@shape(100_000)
def icmp_of_one(n, random):
    """errors about one connection, from everybody and of every kind"""
    talk = Talk()
    yield from talk.open()
    for number in range(n):
        quoted = ip(CLIENT, SERVER, TCP, segment(CLIENT, SERVER, (40000, 80), 1001, 5001, ACK))
        yield error(quoted, address(number, 14), kind=random.choice((3, 4, 5, 11, 12)), code=random.randrange(16))


@shape(100_000)
def pings(n, random):
    """round trips that echoes tell: requests from everywhere"""
    for number in range(n):
        body = struct.pack('!BBHHH', 8, 0, 0, random.getrandbits(16), number % 65536) + b'x' * 32
        yield ethernet(ip(address(number), SERVER, ICMP, body[:2] + checksum(body).to_bytes(2, 'big') + body[4:]))


# --- TLS and QUIC ---

def record(kind, octets):
    return struct.pack('!BHH', kind, 0x0303, len(octets)) + octets


def hello(name, random_octets):
    names = struct.pack('!HHH', 0, 5 + len(name), 3 + len(name)) + b'\0' + struct.pack('!H', len(name)) + name
    body = b'\3\3' + random_octets + b'\0' + b'\0\2\x13\1' + b'\1\0' + struct.pack('!H', len(names)) + names
    return b'\1' + len(body).to_bytes(3, 'big') + body


@shape(100_000)
def tls_small_records(n, random):
    """records of one octet"""
    talk = Talk(ports=(40000, 443))
    yield from talk.open()
    yield from talk.say(0, record(22, hello(b'flood.test', bytes(32))))
    for _ in range(n // 50):
        yield from talk.say(1, record(23, b'x') * 50)


@shape(100_000)
def tls_hello_in_pieces(n, random):
    """a ClientHello of 16 MiB, an octet a record"""
    talk = Talk(ports=(40000, 443))
    yield from talk.open()
    yield from talk.say(0, record(22, b'\1\xff\xff\xff\3\3'))
    for _ in range(n // 50):
        yield from talk.say(0, record(22, b'x') * 50)


@shape(20_000)
def tls_sessions(n, random):
    """names that clients ask for: another one on each connection"""
    for number in range(n):
        talk = Talk(address(number), ports=(40000, 443))
        yield from talk.open()
        yield from talk.say(0, record(22, hello(b'h%d.test' % number, random.randbytes(32))))


@shape(200_000)
def quic(n, random):
    """connections of QUIC: an Initial packet from everywhere"""
    for number in range(n):
        data = b'\xc3\0\0\0\1\x08' + random.randbytes(8) + b'\0\0' + random.randbytes(60)
        yield ethernet(udp(address(number), SERVER, (50000, 443), data))


@shape(200_000)
def other_protocols(n, random):
    """frames that are no TCP: UDP, ARP and what nobody knows"""
    for number in range(n):
        yield ethernet(udp(address(number), SERVER, (number % 65536, 53), b'x' * 20)) if number % 3 else ethernet(
            random.randbytes(40), random.choice((0x0806, 0x88cc, 0x1234)))
