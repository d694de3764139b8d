# SPDX-License-Identifier: MIT
"""Packets and capture files for the generators: Ethernet, IPv4, IPv6, TCP, ICMP and pcap, with correct checksums.

Everything is a function of its arguments: no clock, no random numbers, no environment. A script built on this module
writes the same octets on every machine.
"""
import ipaddress
import pathlib
import struct
import sys

SEQ = 1 << 32
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))
FLAG_LETTERS = {'F': FIN, 'S': SYN, 'R': RST, 'P': PSH, 'A': ACK, 'U': URG, 'E': ECE, 'C': CWR}

LINK_ETHERNET = 1
LINK_RAW = 101
PCAP_MICROSECONDS, PCAP_NANOSECONDS = 0xa1b2c3d4, 0xa1b23c4d
ETHERNET_MIN = 60
PROTOCOL_ICMP, PROTOCOL_TCP, PROTOCOL_ICMPV6 = 1, 6, 58


def flag_bits(letters):
    """'PA' -> PSH | ACK"""
    return sum(FLAG_LETTERS[letter] for letter in letters)


def checksum(octets):
    """RFC 1071."""
    if len(octets) % 2:
        octets += b'\0'
    total = sum(struct.unpack('!%dH' % (len(octets) // 2), octets))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


# TCP options (RFC 9293 3.1, RFC 7323, RFC 2018, RFC 7413)

def opt_mss(size):
    return struct.pack('!BBH', 2, 4, size)


def opt_window_scale(shift):
    return struct.pack('!BBB', 3, 3, shift)


def opt_sack_permitted():
    return b'\4\2'


def opt_sack(blocks):
    return struct.pack('!BB', 5, 2 + 8 * len(blocks)) + b''.join(
        struct.pack('!II', start % SEQ, end % SEQ) for start, end in blocks)


def opt_timestamps(value, echo):
    return struct.pack('!BBII', 8, 10, value % SEQ, echo % SEQ)


def opt_fast_open(cookie=b''):
    return struct.pack('!BB', 34, 2 + len(cookie)) + cookie


NOP = b'\1'


def padded_options(options):
    """In front, as hosts do: NOPs up to a multiple of four."""
    return NOP * (-len(options) % 4) + options


class Host:
    """One end of a path: its addresses, how its TTL arrives at the capture, and its IP identification counter."""

    def __init__(self, address, mac, ttl=64, next_id=1, dont_fragment=True):
        self.address = ipaddress.ip_address(address)
        self.mac = bytes.fromhex(mac.replace(':', ''))
        self.ttl = ttl
        self.next_id = next_id
        self.dont_fragment = dont_fragment

    def take_id(self):
        taken = self.next_id
        self.next_id = self.next_id % 0xffff + 1
        return taken


def ip_packet(source, target, protocol, payload, ident=None, ttl=None):
    """The datagram from one Host to another; ident defaults to the source's next."""
    ttl = source.ttl if ttl is None else ttl
    ends = source.address.packed + target.address.packed
    if source.address.version == 6:
        return struct.pack('!IHBB', 6 << 28, len(payload), protocol, ttl) + ends + payload
    ident = source.take_id() if ident is None else ident
    fragment = 0x4000 if source.dont_fragment else 0
    header = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(payload), ident, fragment, ttl, protocol, 0) + ends
    return header[:10] + struct.pack('!H', checksum(header)) + header[12:] + payload


def pseudo_header(source, target, protocol, length):
    ends = source.address.packed + target.address.packed
    if source.address.version == 6:
        return ends + struct.pack('!II', length, protocol)
    return ends + struct.pack('!HH', protocol, length)


def tcp_segment(source, target, ports, seq, ack, flags, window, options=b'', payload=b''):
    """The TCP header and payload. flags are letters; ports are (source, destination)."""
    options = padded_options(options)
    offset = (20 + len(options)) // 4
    header = struct.pack('!HHIIBBHHH', *ports, seq % SEQ, ack % SEQ, offset << 4, flag_bits(flags), window, 0, 0)
    segment = header + options + payload
    pseudo = pseudo_header(source, target, PROTOCOL_TCP, len(segment))
    return segment[:16] + struct.pack('!H', checksum(pseudo + segment)) + segment[18:]


def icmp_message(kind, code, rest, body):
    """RFC 792: rest is the second word."""
    message = struct.pack('!BBHI', kind, code, 0, rest) + body
    return message[:2] + struct.pack('!H', checksum(message)) + message[4:]


def ethernet_frame(source, target, packet, vlans=(), padded=True):
    """padded: up to Ethernet's minimum, as a frame that came over a wire (not one captured where it was sent)."""
    ethertype = 0x86dd if packet[0] >> 4 == 6 else 0x0800
    tags = b''.join(struct.pack('!HH', 0x8100, vlan) for vlan in vlans)
    frame = target.mac + source.mac + tags + struct.pack('!H', ethertype) + packet
    return frame.ljust(ETHERNET_MIN, b'\0') if padded else frame


class Capture:
    """A pcap file being written, with its clock. Times are microseconds since 1970, waits are milliseconds."""

    def __init__(self, start_s, link=LINK_ETHERNET, snaplen=65535):
        self.now_us = round(start_s * 1_000_000)
        self.link, self.snaplen = link, snaplen
        self.records = []

    def wait(self, milliseconds):
        self.now_us += round(milliseconds * 1000)

    def add(self, frame, at_us=None):
        self.records.append((self.now_us if at_us is None else at_us, frame))

    def octets(self, order='<', nanoseconds=False):
        """The file: order is struct's sign for the byte order."""
        unit = 1_000_000_000 if nanoseconds else 1_000_000
        magic = PCAP_NANOSECONDS if nanoseconds else PCAP_MICROSECONDS
        out = [struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, self.snaplen, self.link)]
        for time_us, frame in self.records:
            kept = frame[:self.snaplen]
            seconds, rest = divmod(time_us * (unit // 1_000_000), unit)
            out.append(struct.pack(order + 'IIII', seconds, rest, len(kept), len(frame)) + kept)
        return b''.join(out)


class Side:
    """What one end of a Flow knows: its numbers and the octets that reached it."""

    def __init__(self, host, port, isn, window):
        self.host, self.port, self.isn, self.window = host, port, isn, window
        self.snd_nxt = isn
        self.rcv_nxt = 0
        self.early = []  # (start, end) beyond rcv_nxt, in the order of arrival: the newest first
        self.ts_recent = 0

    def receive(self, seq, length, timestamp):
        """RFC 9293 3.10.7.4 and RFC 2018 4: what an arriving segment leaves behind."""
        self.ts_recent = timestamp
        end = seq + length
        if length and end > self.rcv_nxt:
            touching = [block for block in self.early if block[0] <= end and block[1] >= seq]
            merged = (min([seq] + [block[0] for block in touching]), max([end] + [block[1] for block in touching]))
            self.early = [merged] + [block for block in self.early if block not in touching]
        for block in sorted(self.early):
            if block[0] <= self.rcv_nxt:
                self.rcv_nxt = max(self.rcv_nxt, block[1])
                self.early.remove(block)


class Flow:
    """One TCP connection. client() and server() send the next segment of that side; every number follows from what
    was sent before and what arrived, unless it is given.

    captured=False: the capture missed it. arrives=False: the path lost it (behind the capture, if captured).
    """

    def __init__(self, capture, client, server, ports, isns=(1000, 5000), windows=(64240, 65160), mss=(1460, 1460),
                 sack=True, scale=None, timestamps=False, vlans=(), vantage='middle'):
        self.capture = capture
        self.sides = (Side(client, ports[0], isns[0], windows[0]), Side(server, ports[1], isns[1], windows[1]))
        self.mss, self.sack, self.scale, self.timestamps = mss, sack, scale, timestamps
        self.vlans, self.vantage = vlans, vantage

    def client(self, flags='A', payload=b'', **how):
        return self.send(0, flags, payload, **how)

    def server(self, flags='A', payload=b'', **how):
        return self.send(1, flags, payload, **how)

    def syn_options(self, who):
        options = opt_mss(self.mss[who])
        if self.sack:
            options += opt_sack_permitted() if self.timestamps else NOP * 2 + opt_sack_permitted()
        if self.timestamps:
            options += self.timestamp_option(who)
        if self.scale is not None and self.scale[who] is not None:
            options += NOP + opt_window_scale(self.scale[who])
        return options

    def timestamp_option(self, who):
        return opt_timestamps(self.clock(who), self.sides[who].ts_recent)

    def clock(self, who):
        """That side's timestamp clock, in milliseconds (RFC 7323)."""
        return self.capture.now_us // 1000 % SEQ + 700_000 * (who + 1)

    def options(self, who, flags, dsack):
        if 'S' in flags:
            return self.syn_options(who)
        options = NOP * 2 + self.timestamp_option(who) if self.timestamps else b''
        blocks = ([dsack] if dsack else []) + self.sides[who].early
        if self.sack and blocks and 'R' not in flags:
            options += NOP * 2 + opt_sack(blocks[:3 if self.timestamps else 4])
        return options

    def send(self, who, flags, payload, seq=None, ack=None, window=None, options=None, dsack=None, ident=None,
             captured=True, arrives=True, forged=False, extra_options=b''):
        """seq and ack are absolute here; relative ones are flow.at(who, n). A forged segment changes nothing that the
        ends know. Returns the frame."""
        me, peer = self.sides[who], self.sides[1 - who]
        fresh = seq is None
        seq = me.snd_nxt if fresh else seq
        if ack is None:
            ack = me.rcv_nxt if 'A' in flags else 0
        octets = len(payload) + ('S' in flags) + ('F' in flags)
        if not forged:
            me.snd_nxt = max(me.snd_nxt, seq + octets)
        if options is None:
            options = self.options(who, flags, dsack) + extra_options
        if window is None:
            window = 0 if 'R' in flags else me.window
        segment = tcp_segment(me.host, peer.host, (me.port, peer.port), seq, ack, flags, window, options, payload)
        packet = ip_packet(me.host, peer.host, PROTOCOL_TCP, segment, ident)
        frame = ethernet_frame(me.host, peer.host, packet, self.vlans, padded=self.vantage != ('client', 'server')[who])
        if captured:
            self.capture.add(frame)
        if arrives and not forged:
            if 'S' in flags:
                peer.rcv_nxt = seq
            peer.receive(seq, octets, self.clock(who))
        return frame

    def at(self, who, relative):
        """The absolute number of a relative one (0 is the SYN)."""
        return self.sides[who].isn + relative

    def answer_after(self, who, rtt):
        """The capture sees an answer of that side after its share of the round trip."""
        far = {'client': (0.0, 1.0), 'server': (1.0, 0.0)}.get(self.vantage, (0.5, 0.5))
        self.capture.wait(rtt * far[who] + 0.05)

    def handshake(self, rtt=20.0):
        self.client('S')
        self.answer_after(1, rtt)
        self.server('SA')
        self.answer_after(0, rtt)
        self.client('A')

    def close(self, first=1, rtt=20.0):
        """Four segments: FIN, ACK, FIN, ACK."""
        self.send(first, 'FA', b'')
        self.answer_after(1 - first, rtt)
        self.send(1 - first, 'A', b'')
        self.capture.wait(0.2)
        self.send(1 - first, 'FA', b'')
        self.answer_after(first, rtt)
        self.send(first, 'A', b'')

    def exchange(self, request, response, rtt=20.0, think=5.0):
        """Request in one segment, response in full segments with an ACK for every second one."""
        self.client('PA', request)
        self.capture.wait(think)
        self.answer_after(1, rtt)
        self.transfer(1, response)

    def transfer(self, who, octets, gap=0.12):
        size = self.mss[who] - (12 if self.timestamps else 0)
        pieces = [octets[at:at + size] for at in range(0, len(octets), size)]
        for number, piece in enumerate(pieces, 1):
            last = number == len(pieces)
            self.send(who, 'PA' if last else 'A', piece)
            self.capture.wait(gap)
            if last or number % 2 == 0:
                self.send(1 - who, 'A', b'')
                self.capture.wait(gap)


def noise(count, seed=1):
    """Octets that no compressor shortens: a linear congruential generator's upper ones."""
    out = bytearray()
    for _ in range(count):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        out.append(seed >> 56)
    return bytes(out)


def text_noise(count, seed=1):
    """The same as hexadecimal digits."""
    return noise((count + 1) // 2, seed).hex()[:count]


def write_all(captures):
    """captures: {'topic/name': function}, where the function gives a Capture, or the octets of a file whose name says
    more than .pcap. The folder is the first argument, or pcaps/."""
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / 'pcaps'
    for name, make in captures.items():
        made = make()
        path = root / (name if '.' in name else name + '.pcap')
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made if isinstance(made, bytes) else made.octets())
