# SPDX-License-Identifier: MIT
"""The same conditional GET in every wrapping that a capture may have: link types, tunnels, fragments, file formats."""
import struct

from deflate import gzip
from exchanges import A_DATE, A_TAG, HAVE_A, START_S, Web, body
from packets import Capture, Host, PROTOCOL_ICMP, checksum, ethernet_frame, icmp_message, ip_packet, write_all

ETHERNET, NULL, RAW, RADIOTAP, SLL, SLL2 = 1, 0, 101, 127, 113, 276
PROTOCOL_IPIP, PROTOCOL_GRE, PROTOCOL_UDP, IPV6_FRAGMENT, IPV6_HOP_BY_HOP = 4, 47, 17, 44, 0
SERVER_MAC = bytes.fromhex('02005e000050')


def conversation(version=4):
    """A 200 and its 304, in Ethernet frames without padding."""
    capture = Capture(START_S)
    web = Web(capture, version=version, vantage='client').open()
    web.ask('GET', '/a')
    web.answer(200, A_TAG, A_DATE, content=body(1000))
    web.ask('GET', '/a', HAVE_A)
    web.answer(304, A_TAG)
    web.close()
    return capture


def packet_of(frame):
    """The IP datagram without the frame's header and padding."""
    if frame[14] >> 4 == 6:
        return frame[14:14 + 40 + int.from_bytes(frame[18:20], 'big')]
    return frame[14:14 + int.from_bytes(frame[16:18], 'big')]


def wrapped(wrap, link=ETHERNET, version=4):
    """wrap(frame, packet) gives what the capture holds instead of frame: one record or a list of them."""
    def capture_of():
        capture = conversation(version)
        capture.link = link
        records = []
        for time_us, frame in capture.records:
            held = wrap(frame, packet_of(frame))
            records += [(time_us, record) for record in (held if isinstance(held, list) else [held])]
        capture.records = records
        return capture
    return capture_of


def from_server(frame):
    return frame[6:12] == SERVER_MAC


def vlan(frame, packet):
    return frame[:12] + b'\x81\0\0\x64\x08\0' + packet


def qinq(frame, packet):
    return frame[:12] + b'\x88\xa8\0\x0a\x81\0\0\x64\x08\0' + packet


def pppoe(frame, packet):
    return frame[:12] + b'\x88\x64' + struct.pack('!BBHHH', 0x11, 0, 0x0042, len(packet) + 2, 0x0021) + packet


def sll(frame, packet):
    return struct.pack('!HHH8sH', 0 if from_server(frame) else 4, 1, 6, frame[6:12], 0x0800) + packet


def sll2(frame, packet):
    return struct.pack('!HHIHBB8s', 0x0800, 0, 2, 1, 0 if from_server(frame) else 4, 6, frame[6:12]) + packet


def raw(_, packet):
    return packet


def null(_, packet):
    return struct.pack('<I', 2) + packet


def radiotap(frame, packet):
    """A radiotap header without fields, a data frame from the access point or to it, LLC and SNAP."""
    direction = 2 if from_server(frame) else 1
    bssid, ends = bytes.fromhex('02005e0000ff'), (frame[:6], frame[6:12])
    addresses = ends[0] + bssid + ends[1] if direction == 2 else bssid + ends[1] + ends[0]
    return (struct.pack('<BBHI', 0, 0, 8, 0) + bytes([0x08, direction]) + b'\0\0' + addresses + b'\0\0'
            + b'\xaa\xaa\x03\0\0\0\x08\0' + packet)


def tunnel_ends(frame):
    ends = [Host('198.51.100.%d' % number, '02:00:5e:00:01:%02x' % number, next_id=0x7700) for number in (1, 2)]
    return reversed(ends) if from_server(frame) else ends


def tunnelled(protocol, header=lambda frame, packet: b'', inner=lambda frame, packet: packet):
    def wrap(frame, packet):
        source, target = tunnel_ends(frame)
        payload = header(frame, packet) + inner(frame, packet)
        return ethernet_frame(source, target, ip_packet(source, target, protocol, payload), padded=False)
    return wrap


def vxlan_header(frame, packet):
    """UDP without a checksum (RFC 7348 4) and VNI 42."""
    return struct.pack('!HHHH', 49999, 4789, 8 + 8 + 14 + len(packet), 0) + struct.pack('!II', 0x08000000, 42 << 8)


def inner_frame(frame, packet):
    return frame[:14] + packet


def ipv4_header(packet, payload, offset, more):
    header = bytearray(packet[:20])
    header[2:4] = struct.pack('!H', 20 + len(payload))
    header[6:8] = struct.pack('!H', (0x2000 if more else 0) | offset // 8)
    header[10:12] = b'\0\0'
    header[10:12] = struct.pack('!H', checksum(bytes(header)))
    return bytes(header)


def fragments(frame, packet):
    """Two fragments, the later one first; short datagrams stay whole."""
    payload = packet[20:]
    if len(payload) < 200:
        return frame
    return [frame[:14] + ipv4_header(packet, part, offset, more) + part
            for part, offset, more in ((payload[104:], 104, False), (payload[:104], 0, True))]


def ipv6_extended(packet, next_header, extension, payload):
    return packet[:4] + struct.pack('!HB', len(extension) + len(payload), next_header) + packet[7:40] + extension + payload


def ipv6_fragments(frame, packet):
    """A hop-by-hop header on short ones, two fragments for the long."""
    payload = packet[40:]
    if len(payload) < 200:
        options = bytes([packet[6], 0, 1, 4, 0, 0, 0, 0])
        return frame[:14] + ipv6_extended(packet, IPV6_HOP_BY_HOP, options, payload)
    pieces = []
    for part, offset, more in ((payload[:104], 0, 1), (payload[104:], 104, 0)):
        header = struct.pack('!BBHI', packet[6], 0, offset | more, 0x1234)
        pieces.append(frame[:14] + ipv6_extended(packet, IPV6_FRAGMENT, header, part))
    return pieces


def icmp_quote():
    """A port unreachable message quotes a TCP header: that is no segment."""
    capture = conversation()
    client, server = Host('192.0.2.10', '02:00:5e:00:00:0a', next_id=900), Host('192.0.2.80', '02:00:5e:00:00:50')
    quoted = packet_of(capture.records[3][1])[:60]
    refusal = ip_packet(server, client, PROTOCOL_ICMP, icmp_message(3, 3, 0, quoted))
    capture.records.insert(4, (capture.records[3][0] + 100, ethernet_frame(server, client, refusal)))
    return capture


def big_endian():
    return conversation().octets(order='>', nanoseconds=True)


def gzipped():
    return gzip(conversation().octets())


def cut_short():
    return conversation().octets()[:-7]


def block(kind, content):
    content += b'\0' * (-len(content) % 4)
    return struct.pack('<II', kind, len(content) + 12) + content + struct.pack('<I', len(content) + 12)


def two_interfaces():
    """pcapng: the client's frames on an Ethernet interface in microseconds, the server's raw in nanoseconds."""
    out = [block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack('<HHI', ETHERNET, 0, 0)),
           block(1, struct.pack('<HHI', RAW, 0, 0) + struct.pack('<HHB3x', 9, 1, 9) + struct.pack('<HH', 0, 0))]
    for time_us, frame in conversation().records:
        number, time, held = (1, time_us * 1000, packet_of(frame)) if from_server(frame) else (0, time_us, frame)
        out.append(block(6, struct.pack('<IIIII', number, time >> 32, time & 0xffffffff, len(held), len(held)) + held))
    return b''.join(out)


def with_partial_sum(frame):
    """The checksum as a host leaves it for its network card: the pseudo-header's alone."""
    length = struct.unpack('!H', frame[16:18])[0] - 20
    return frame[:50] + struct.pack('!H', ~checksum(frame[26:34] + struct.pack('!HH', 6, length)) & 0xffff) + frame[52:]


def checksum_offload():
    """pcapng: captured at the client, whose frames pass the interface before the card fills their checksums in."""
    name = b'wlan0'
    out = [block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)),
           block(1, struct.pack('<HHI', ETHERNET, 0, 0) + struct.pack('<HH', 2, len(name)) + name + bytes(3 + 4))]
    for time_us, frame in conversation().records:
        held = frame if from_server(frame) else with_partial_sum(frame)
        out.append(block(6, struct.pack('<IIIII', 0, time_us >> 32, time_us & 0xffffffff, len(held), len(held)) + held))
    return b''.join(out)


CAPTURES = {
    'vlan': wrapped(vlan), 'qinq': wrapped(qinq), 'pppoe': wrapped(pppoe), 'sll': wrapped(sll, SLL),
    'sll2': wrapped(sll2, SLL2), 'raw': wrapped(raw, RAW), 'null': wrapped(null, NULL),
    'radiotap': wrapped(radiotap, RADIOTAP), 'ip-in-ip': wrapped(tunnelled(PROTOCOL_IPIP)),
    'gre': wrapped(tunnelled(PROTOCOL_GRE, lambda frame, packet: b'\0\0\x08\0')),
    'vxlan': wrapped(tunnelled(PROTOCOL_UDP, vxlan_header, inner_frame)), 'fragments': wrapped(fragments),
    'ipv6-fragments': wrapped(ipv6_fragments, version=6), 'icmp-quote': icmp_quote,
    'big-endian-nanoseconds.pcap': big_endian, 'gzipped.pcap.gz': gzipped, 'cut-short.pcap': cut_short,
    'two-interfaces.pcapng': two_interfaces, 'checksum-offload.pcapng': checksum_offload,
}

if __name__ == '__main__':
    write_all({'link/' + name: make for name, make in CAPTURES.items()})
