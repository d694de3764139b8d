# SPDX-License-Identifier: MIT
"""Frames and capture files by the hundred thousand: Ethernet, IPv4, TCP, with correct checksums.

What tests/generators/packets.py writes a packet at a time, so that each can be read, is written here fast. Everything is
a function of its arguments.
"""
import itertools
import struct

FIN, SYN, RST, PSH, ACK, URG = (1 << bit for bit in range(6))
IP4, VLAN, ARP = 0x0800, 0x8100, 0x0806
ICMP, IPIP, TCP, UDP, GRE = 1, 4, 6, 17, 47
SEQ = 1 << 32
MAC = bytes.fromhex('020000000001020000000002')
SERVER = bytes((192, 0, 2, 80))
CLIENT = bytes((192, 0, 2, 1))
STEP_NS = 20_000  # between two frames
START_S = 1767225600  # Thu, 01 Jan 2026 00:00:00 GMT
DATE = b'Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n'
PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

idents = itertools.count(1)


def checksum(octets):
    """RFC 1071: the sum of 16-bit words with end-around carry is the number modulo 2^16 - 1."""
    if len(octets) % 2:
        octets += b'\0'
    return 0xffff - (int.from_bytes(octets, 'big') % 0xffff)


def address(number, net=10):
    """The number-th address of a net of 2^24."""
    return struct.pack('!I', net << 24 | number % (1 << 24))


def ip(source, target, protocol, payload, ident=None, fragment=0, ttl=64):
    """fragment: flags and offset, as the header has them."""
    ident = next(idents) % 0xffff if ident is None else ident
    head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(payload), ident, fragment, ttl, protocol, 0) + source + target
    return head[:10] + checksum(head).to_bytes(2, 'big') + head[12:] + payload


def segment(source, target, ports, seq, ack, flags, data=b'', options=b'', window=64000):
    """A TCP segment without its IP header; options are padded."""
    options += b'\1' * (-len(options) % 4)
    head = struct.pack('!HHIIBBHHH', *ports, seq % SEQ, ack % SEQ, 5 + len(options) // 4 << 4, flags, window, 0, 0)
    octets = head + options + data
    sum_of = checksum(source + target + b'\0\6' + len(octets).to_bytes(2, 'big') + octets)
    return octets[:16] + sum_of.to_bytes(2, 'big') + octets[18:]


def ethernet(packet, kind=IP4, tags=()):
    between = b''.join(struct.pack('!HH', VLAN, tag) for tag in tags)
    return MAC + between + kind.to_bytes(2, 'big') + packet


def tcp(source, target, ports, seq, ack, flags, data=b'', tags=(), **how):
    return ethernet(ip(source, target, TCP, segment(source, target, ports, seq, ack, flags, data, **how)), tags=tags)


def udp(source, target, ports, data):
    """Without a checksum (RFC 768)."""
    return ip(source, target, UDP, struct.pack('!HHHH', *ports, 8 + len(data), 0) + data)


class Talk:
    """One connection whose ends send in order and acknowledge what they got; each call gives frames."""

    MSS = 1400

    def __init__(self, client=CLIENT, server=SERVER, ports=(40000, 80), isns=(1000, 5000), tags=()):
        self.ends, self.ports, self.tags = (client, server), ports, tags
        self.next = list(isns)

    def send(self, who, flags, data=b'', seq=None, ack=None, **how):
        """One segment; a seq that is given changes nothing that its end knows."""
        fresh = seq is None
        seq = self.next[who] if fresh else seq
        ack = (self.next[1 - who] if flags & ACK else 0) if ack is None else ack
        if fresh:
            self.next[who] += len(data) + bool(flags & SYN) + bool(flags & FIN)
        ports = self.ports if who == 0 else self.ports[::-1]
        return tcp(self.ends[who], self.ends[1 - who], ports, seq, ack, flags, data, tags=self.tags, **how)

    def open(self):
        mss = b'\2\4\5\xb4\1\1\4\2'
        yield self.send(0, SYN, options=mss)
        yield self.send(1, SYN | ACK, options=mss)
        yield self.send(0, ACK)

    def say(self, who, octets, size=MSS):
        """In segments, with an ACK for every second one and for the last."""
        for number, at in enumerate(range(0, len(octets), size)):
            last = at + size >= len(octets)
            yield self.send(who, ACK | PSH if last else ACK, octets[at:at + size])
            if last or number % 2:
                yield self.send(1 - who, ACK)

    def fetch(self, request, answer):
        yield from self.say(0, request)
        yield from self.say(1, answer)

    def close(self):
        yield self.send(1, FIN | ACK)
        yield self.send(0, FIN | ACK)
        yield self.send(1, ACK)


def request(target=b'/', fields=b'', host=b'flood.test', method=b'GET'):
    return b'%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n' % (method, target, host, fields)


def answer(fields=b'', body=b'abc', status=b'200 OK'):
    return b'HTTP/1.1 %s\r\n%sContent-Length: %d\r\n%s\r\n%s' % (status, DATE, len(body), fields, body)


def h2_frame(kind, flags, stream, payload=b''):
    """RFC 9113 4.1."""
    return len(payload).to_bytes(3, 'big') + struct.pack('!BBI', kind, flags, stream) + payload


# --- files ---

def times(count):
    return (START_S * 1_000_000_000 + at * STEP_NS for at in range(count))


def pcap(frames):
    """With nanoseconds."""
    out = [struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 262144, 1)]
    for ns, frame in zip(times(len(frames)), frames):
        out.append(struct.pack('<IIII', ns // 1_000_000_000, ns % 1_000_000_000, len(frame), len(frame)))
        out.append(frame)
    return b''.join(out)


def block(kind, body):
    """Of pcapng; body is padded."""
    body += b'\0' * (-len(body) % 4)
    return struct.pack('<II', kind, 12 + len(body)) + body + struct.pack('<I', 12 + len(body))


SECTION = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
INTERFACE = block(1, struct.pack('<HHI', 1, 0, 0) + struct.pack('<HHI', 9, 1, 9) + b'\0' * 4)


def packet_block(ns, frame, interface=0, options=b''):
    head = struct.pack('<IIIII', interface, ns >> 32, ns & 0xffffffff, len(frame), len(frame))
    return block(6, head + frame + b'\0' * (-len(frame) % 4) + options)


def option(code, value):
    return struct.pack('<HH', code, len(value)) + value + b'\0' * (-len(value) % 4)
