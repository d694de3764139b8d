# SPDX-License-Identifier: MIT
"""One short exchange over TCP in every link type, tag and tunnel that core/capture reads; link.py has the usual ones.

Each capture holds the same segments (the inner addresses differ only where IPv6 has to carry IPv6), so that a reader of
captures is right when it gives the same for all. Those of BROKEN show what must not become a segment, or not twice.
"""
import struct

from packets import Capture, Flow, Host, ethernet_frame, ip_packet, noise, write_all
from link import ipv4_header, ipv6_extended, packet_of

START_S = 1700000000
ETHERNET = 1
CLIENT_MAC, SERVER_MAC, BSSID = b'\2\0\x5e\0\0\x0a', b'\2\0\x5e\0\0\x50', b'\2\0\x5e\0\0\xff'
IP, IPV6 = 0x0800, 0x86dd
UDP, GRE, AH, ROUTING, DESTINATION, FRAGMENT = 17, 47, 51, 43, 60, 44


def conversation(version=4, port=40000, twin=0):
    """Handshake, a request and its answer, in frames without padding: [(time, from_server, datagram)]. Twins have
    the same ports and sequence numbers, and other octets and identifications."""
    addresses = ('192.0.2.10', '192.0.2.80') if version == 4 else ('2001:db8::10', '2001:db8::80')
    client = Host(addresses[0], CLIENT_MAC.hex(), next_id=100 + 50 * twin)
    server = Host(addresses[1], SERVER_MAC.hex(), ttl=57, next_id=7000 + 50 * twin)
    capture = Capture(START_S)
    flow = Flow(capture, client, server, (port, 8080), vantage='client')
    flow.handshake()
    flow.client('PA', noise(120, seed=3 + 10 * twin))
    capture.wait(20)
    flow.server('PA', noise(401, seed=4 + 10 * twin))
    return [(time_us, frame[6:12] == SERVER_MAC, packet_of(frame)) for time_us, frame in capture.records]


def carried(link, wrap, version=4):
    """wrap(packet, from_server) gives the record for one datagram, or a list of records."""
    def capture_of():
        capture = Capture(START_S, link)
        for time_us, from_server, packet in conversation(version):
            made = wrap(packet, from_server)
            capture.records += [(time_us, record) for record in (made if isinstance(made, list) else [made])]
        return capture
    return capture_of


def addresses(from_server):
    """Destination, then source."""
    return CLIENT_MAC + SERVER_MAC if from_server else SERVER_MAC + CLIENT_MAC


def ethertype(packet):
    return struct.pack('!H', IPV6 if packet[0] >> 4 == 6 else IP)


def frame_of(packet, from_server):
    return addresses(from_server) + ethertype(packet) + packet


def after_addresses(header):
    """An Ethernet frame whose EtherType and tags are header, the datagram behind them."""
    return lambda packet, from_server: addresses(from_server) + header + packet


def before(header):
    return lambda packet, from_server: header + packet


def before_frame(header):
    return lambda packet, from_server: header + frame_of(packet, from_server)


def framed(header):
    """An Ethernet frame with another one behind header."""
    return lambda packet, from_server: addresses(from_server) + header + frame_of(packet, from_server)


def with_length(content):
    """IEEE 802.3: a length in the place of the EtherType."""
    def wrap(packet, from_server):
        held = content(packet)
        return addresses(from_server) + struct.pack('!H', len(held)) + held
    return wrap


# 802.11

def snap(packet):
    return b'\xaa\xaa\x03\0\0\0' + ethertype(packet) + packet


def wireless(packet, from_server, subtype=0, flags=0, behind=b'', body=None):
    """A data frame from the access point or to it. behind is what follows the three addresses and the sequence."""
    direction = 2 if from_server else 1
    target, source = addresses(from_server)[:6], addresses(from_server)[6:]
    ends = target + BSSID + source if direction == 2 else BSSID + source + target
    return (bytes([subtype << 4 | 8, direction | flags]) + b'\0\0' + ends + b'\x10\0' + behind
            + (snap(packet) if body is None else body))


def radiotap(frame, flags=None):
    """With flags: a time stamp and the flags field, as drivers write them."""
    if flags is None:
        return struct.pack('<BBHI', 0, 0, 8, 0) + frame
    return struct.pack('<BBHIQB', 0, 0, 17, 3, 1, flags) + frame


def quality_of_service(packet, from_server):
    """QoS control makes 26 octets, padded to 28 (flag 0x20); a frame check sequence at the end (0x10)."""
    return radiotap(wireless(packet, from_server, subtype=8, behind=b'\0\0\0\0') + b'\xde\xad\xbe\xef', 0x30)


def four_addresses(packet, from_server):
    ends = addresses(from_server)
    frame = b'\x08\x03\0\0' + BSSID + BSSID + ends[:6] + b'\x10\0' + ends[6:] + snap(packet)
    return radiotap(frame)


def aggregate(packet, from_server):
    """An A-MSDU of two frames: an ARP request, padded to four octets, then the datagram."""
    ends, other = addresses(from_server), b'\xaa\xaa\x03\0\0\0\x08\x06' + bytes(28) + b'\1'
    first = ends + struct.pack('!H', len(other)) + other
    body = first + b'\0' * (-len(first) % 4) + ends + struct.pack('!H', len(snap(packet))) + snap(packet)
    return radiotap(wireless(packet, from_server, subtype=8, behind=b'\x80\0', body=body))


def ppi(packet, from_server):
    """The 802.11-common field says that a frame check sequence follows."""
    field = struct.pack('<HHQHHHHBBbb', 2, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0)
    return struct.pack('<BBHI', 0, 0, 8 + len(field), 105) + field + wireless(packet, from_server) + b'\xde\xad\xbe\xef'


def prism(packet, from_server):
    return struct.pack('<II', 0x44, 144) + bytes(136) + wireless(packet, from_server)


def absolute_value_systems(packet, from_server):
    return struct.pack('!II', 0x80211001, 64) + bytes(56) + wireless(packet, from_server)


# What systems put in place of a link header

def nflog(packet, from_server):
    attributes = struct.pack('<HH', 8, 1) + b'\x08\0\1\0' + struct.pack('<HH', 5, 10) + b'\0\0\0\0'
    return b'\2\0\0\0' + attributes + struct.pack('<HH', 4 + len(packet), 9) + packet + b'\0' * (-len(packet) % 4)


def pktap(packet, from_server):
    return struct.pack('<III', 108, 1, ETHERNET) + bytes(96) + frame_of(packet, from_server)


def pflog(packet, from_server):
    return struct.pack('!BBBB', 61, 2, 0, 0) + b'em0'.ljust(60, b'\0') + packet


# Tunnels over IP

OUTER = Host('198.51.100.1', '02:00:5e:00:01:01'), Host('198.51.100.2', '02:00:5e:00:01:02')
OUTER_V6 = Host('2001:db8:1::1', '02:00:5e:00:01:01'), Host('2001:db8:1::2', '02:00:5e:00:01:02')


def in_ip(protocol, make, outer=OUTER):
    """make(packet, from_server) is what rides on the outer IP header."""
    def wrap(packet, from_server):
        source, target = reversed(outer) if from_server else outer
        datagram = ip_packet(source, target, protocol, make(packet, from_server), ident=4242)
        return ethernet_frame(source, target, datagram, padded=False)
    return wrap


def in_udp(port, make, source_port=50123):
    def payload(packet, from_server):
        inner = make(packet, from_server)
        return struct.pack('!HHHH', source_port, port, 8 + len(inner), 0) + inner
    return in_ip(UDP, payload)


def gtp_extended(packet, _):
    """Sequence number, and an extension header of two words (a container)."""
    extension = bytes([2]) + bytes(6) + b'\0'
    return struct.pack('!BBHIHBB', 0x36, 0xff, 4 + len(extension) + len(packet), 77, 5, 0, 0x85) + extension + packet


def gtp(packet, from_server):
    """Each end chooses its own tunnel's number."""
    return struct.pack('!BBHI', 0x30, 0xff, len(packet), 78 if from_server else 79) + packet


def teredo(packet, _):
    authentication = b'\0\1\0\0' + bytes(8) + b'\0'
    origin = b'\0\0' + b'\xff' * 6
    return authentication + origin + packet


def l2tp(packet, from_server):
    header = struct.pack('!HHHHHH', 0x4802, 14 + len(packet) + 2, 9 if from_server else 8, 3, 1, 1)
    return header + b'\xff\x03\0\x21' + packet


def pptp(packet, from_server):
    inner = b'\xff\x03\0\x21' + packet
    return struct.pack('!HHHHII', 0x3081, 0x880b, len(inner), 11 if from_server else 12, 5, 4) + inner


def gre_checked(packet, _):
    return struct.pack('!HHHHII', 0xb000, 0x0800, 0, 0, 99, 1) + packet


def erspan(kind, session=7):
    header = {1: struct.pack('!HH', 0, 0x88be),
              2: struct.pack('!HHI', 0x1000, 0x88be, 1) + struct.pack('!HHI', 0x1000, session, 0),
              3: struct.pack('!HHI', 0x1000, 0x22eb, 1) + struct.pack('!HHIHH', 0x2000, session, 0, 0, 0)}[kind]
    return in_ip(GRE, lambda packet, from_server: header + frame_of(packet, from_server))


def vxlan(network):
    return struct.pack('!II', 0x08000000, network << 8)


def vxlan_in_fragments(network):
    """The outer datagram is cut, not the inner one."""
    def wrap(packet, from_server):
        frame = in_udp(4789, before_frame(vxlan(network)))(packet, from_server)
        outer = packet_of(frame)
        payload = outer[20:]
        return [frame[:14] + ipv4_header(outer, part, at, more) + part
                for part, at, more in ((payload[:64], 0, True), (payload[64:], 64, False))]
    return wrap


# IPv4 and IPv6 themselves

def source_route(packet, from_server):
    """A loose source route not yet used up: the header's destination is the next stop, the option's end the server."""
    stop = b'\xc0\0\2\xfe'
    option = b'\x83\7\4' + packet[16:20] + b'\0'
    header = bytearray(packet[:20])
    header[0] = 0x47
    header[2:4] = struct.pack('!H', len(packet) + 8)
    header[16:20] = stop
    return frame_of(bytes(header) + option + packet[20:], from_server)


def no_length(packet, from_server):
    """As a host leaves it to its card that cuts the segments."""
    return frame_of(packet[:2] + b'\0\0' + packet[4:], from_server)


def authenticated(packet, from_server):
    header = struct.pack('!BBHII', packet[9], 4, 0, 5, 1) + bytes(12)
    inner = bytearray(packet[:20])
    inner[2:4], inner[9] = struct.pack('!H', len(packet) + len(header)), AH
    return frame_of(bytes(inner) + header + packet[20:], from_server)


def ipv6_extensions(packet, from_server):
    chain = (bytes([DESTINATION, 0, 1, 4, 0, 0, 0, 0]) + bytes([AH, 0, 1, 4, 0, 0, 0, 0])
             + struct.pack('!BBHII', packet[6], 4, 0, 5, 1) + bytes(12))
    return frame_of(ipv6_extended(packet, 0, chain, packet[40:]), from_server)


def routed(kind, segments):
    """The destination is a stop on the way; the last of the segments is the end."""
    def wrap(packet, from_server):
        stop, end = bytes.fromhex('20010db8000000000000000000000099'), packet[24:40]
        listed = segments(stop, end)
        header = struct.pack('!BBBBI', packet[6], len(listed) // 8, kind, 1, 0) + listed
        made = ipv6_extended(packet, ROUTING, header, packet[40:])
        return frame_of(made[:24] + stop + made[40:], from_server)
    return wrap


def atomic(packet, from_server):
    return frame_of(ipv6_extended(packet, FRAGMENT, struct.pack('!BBHI', packet[6], 0, 0, 1), packet[40:]), from_server)


def pieces_of(packet, cuts, more_last=False):
    """IPv4 fragments [start, end) of the payload; octets of a third element stand for the true ones."""
    payload, made = packet[20:], []
    for start, end, *other in cuts:
        part = other[0] if other else payload[start:end]
        made.append(ipv4_header(packet, part, start, more_last or end < len(payload)) + part)
    return made


def overlapping(packet, from_server):
    """What came first stays: the second fragment's first 16 octets are false."""
    size = len(packet) - 20
    if size < 48:
        return frame_of(packet, from_server)
    false = b'\xff' * 16 + packet[20 + 40:]
    cuts = ((0, 40), (24, size, false))
    return [frame_of(piece, from_server) for piece in pieces_of(packet, cuts)]


def unfinished(packet, from_server):
    """The last fragment never comes."""
    return [frame_of(piece, from_server) for piece in pieces_of(packet, ((0, 8), (8, 16)), more_last=True)]


def encrypted(packet, from_server):
    return radiotap(wireless(packet, from_server, flags=0x40, behind=bytes(8)))


NSH = b'\x0f\xc6\1\1' + struct.pack('!I', 42 << 8 | 255) + bytes(16)
ROUTED_GRE = b'\x40\0\x08\0' + bytes(4) + b'\0\x0a\0\4\xc0\0\2\1' + bytes(4)
LABELS = struct.pack('!II', 16 << 12 | 64, 17 << 12 | 0x100 | 64)

CAPTURES = {
    'old-qinq': carried(ETHERNET, after_addresses(b'\x91\0\0\x05\x81\0\0\x06\x08\0')),
    'priority-tag': carried(ETHERNET, after_addresses(b'\x81\0\xe0\0\x08\0')),
    'mac-in-mac': carried(ETHERNET, framed(b'\x88\xa8\0\x09\x88\xe7\0\x01\x02\x03')),
    'vn-tag': carried(ETHERNET, after_addresses(b'\x89\x26\0\0\0\0\x08\0')),
    'mpls': carried(ETHERNET, after_addresses(b'\x88\x47' + LABELS)),
    'mpls-control-word': carried(ETHERNET, framed(b'\x88\x47' + LABELS + bytes(4))),
    'llc-snap': carried(ETHERNET, with_length(snap)),
    'llc-ip': carried(ETHERNET, with_length(lambda packet: b'\6\6\3' + packet)),
    'service-chain': carried(ETHERNET, after_addresses(b'\x89\x4f' + NSH)),
    'fabric-path': carried(ETHERNET, framed(b'\x89\x03\x04\x20')),
    'trill': carried(ETHERNET, framed(b'\x22\xf3\0\x1f\0\1\0\2')),
    'ppp': carried(9, before(b'\xff\x03\0\x21')),
    'ppp-compressed': carried(9, before(b'\x21')),
    'ppp-hdlc': carried(50, before(b'\xff\x03\0\x21')),
    'ppp-direction': carried(204, lambda packet, back: (b'\0' if back else b'\1') + b'\xff\x03\0\x21' + packet),
    'cisco-hdlc': carried(104, before(b'\x0f\0\x08\0')),
    'frame-relay': carried(107, before(b'\x18\x41\x03\xcc')),
    'frame-relay-cisco': carried(107, before(b'\x18\x41\x08\0')),
    'loop': carried(108, before(b'\0\0\0\2')),
    'null-big-endian': carried(0, before(b'\0\0\0\2')),
    'null-ipv6': carried(0, before(b'\x1e\0\0\0'), 6),
    'ipv4': carried(228, before(b'')),
    'ipv6': carried(229, before(b''), 6),
    'raw-ipv6': carried(101, before(b''), 6),
    'nflog': carried(239, nflog),
    'pflog': carried(117, pflog),
    'juniper': carried(178, before_frame(b'MGC\x81\0\6\3\1\1\6\1\x0e')),
    'ipsec-log': carried(109, before(b'\2\0\0\0' + bytes(8))),
    'pktap': carried(258, pktap),
    'ipoib': carried(242, before(bytes(40) + b'\x08\0\0\0')),
    'ieee1394': carried(138, before(bytes(16) + b'\x08\0')),
    'netanalyzer': carried(240, lambda packet, back: b'\0\x04\0\0' + frame_of(packet, back) + b'\xde\xad\xbe\xef'),
    'sll-llc': carried(113, lambda packet, back: struct.pack('!HHH8sH', 0, 1, 6, CLIENT_MAC, 4) + snap(packet)),
    'token-ring': carried(6, lambda packet, back: b'\x10\x40' + addresses(back) + snap(packet)),
    'fddi': carried(10, lambda packet, back: b'\x50' + addresses(back) + snap(packet)),
    'wlan': carried(105, wireless),
    'wlan-qos': carried(127, quality_of_service),
    'wlan-four-addresses': carried(127, four_addresses),
    'wlan-aggregate': carried(127, aggregate),
    'ppi': carried(192, ppi),
    'prism': carried(119, prism),
    'avs': carried(163, absolute_value_systems),
    'gre-key': carried(ETHERNET, in_ip(GRE, gre_checked)),
    'gre-frames': carried(ETHERNET, in_ip(GRE, before_frame(b'\0\0\x65\x58'))),
    'gre-routes': carried(ETHERNET, in_ip(GRE, before(ROUTED_GRE))),
    'gre-pptp': carried(ETHERNET, in_ip(GRE, pptp)),
    'gre-wccp': carried(ETHERNET, in_ip(GRE, before(b'\0\0\x88\x3e\0\0\0\0'))),
    'gre-in-udp': carried(ETHERNET, in_udp(4754, before(b'\0\0\x08\0'))),
    'erspan-1': carried(ETHERNET, erspan(1)),
    'erspan-2': carried(ETHERNET, erspan(2)),
    'erspan-3': carried(ETHERNET, erspan(3)),
    '6in4': carried(ETHERNET, in_ip(41, before(b'')), 6),
    '4in6': carried(ETHERNET, in_ip(4, before(b''), OUTER_V6)),
    '6in6': carried(ETHERNET, in_ip(41, before(b''), OUTER_V6), 6),
    'etherip': carried(ETHERNET, in_ip(97, before_frame(b'\x30\0'))),
    'mpls-in-ip': carried(ETHERNET, in_ip(137, before(LABELS))),
    'mpls-in-udp': carried(ETHERNET, in_udp(6635, before(LABELS))),
    'vxlan-gpe': carried(ETHERNET, in_udp(4790, before(struct.pack('!II', 0x0c000001, 7 << 8)))),
    'vxlan-fragments': carried(ETHERNET, vxlan_in_fragments(7)),
    'geneve': carried(ETHERNET, in_udp(6081, before_frame(struct.pack('!HHI', 0x0200, 0x6558, 9 << 8) + bytes(8)))),
    'geneve-ip': carried(ETHERNET, in_udp(6081, before(struct.pack('!HHI', 0, IP, 9 << 8)))),
    'gtp': carried(ETHERNET, in_udp(2152, gtp, 2152)),
    'gtp-extended': carried(ETHERNET, in_udp(2152, gtp_extended, 2152)),
    'teredo': carried(ETHERNET, in_udp(3544, teredo), 6),
    'l2tp': carried(ETHERNET, in_udp(1701, l2tp, 1701)),
    'l2tp-offset': carried(ETHERNET, in_udp(1701, before(b'\2\2' + b'\0\3\0\1' + b'\0\2\0\0' + b'\xff\3\0\x21'), 1701)),
    'ayiya': carried(ETHERNET, in_udp(5072, before(b'\x41\x52\x11\x29' + bytes(4 + 16 + 20))), 6),
    'lisp': carried(ETHERNET, in_udp(4341, before(b'\x80\0\0\1\0\0\0\0'))),
    'tzsp': carried(ETHERNET, in_udp(37008, before_frame(b'\1\0\0\1' + b'\x0a\1\0' + b'\0' + b'\1'))),
    'source-route': carried(ETHERNET, source_route),
    'no-length': carried(ETHERNET, no_length),
    'authentication': carried(ETHERNET, authenticated),
    'ipv6-extensions': carried(ETHERNET, ipv6_extensions, 6),
    'ipv6-routing': carried(ETHERNET, routed(2, lambda _, end: end), 6),
    'segment-routing': carried(ETHERNET, routed(4, lambda stop, end: end + stop), 6),
    'ipv6-atomic-fragments': carried(ETHERNET, atomic, 6),
    'fragments-overlap': carried(ETHERNET, overlapping),
}

BROKEN = {
    'fragments-unfinished': carried(ETHERNET, unfinished),
    'wlan-encrypted': carried(127, encrypted),
}

if __name__ == '__main__':
    write_all({'link/' + name: make for name, make in {**CAPTURES, **BROKEN}.items()})
