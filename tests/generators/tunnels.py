# SPDX-License-Identifier: MIT
"""The same addresses and ports in two tunnels at once, for each number or pair of ends that tells tunnels apart."""
import struct

from links import (ETHERNET, GRE, IP, OUTER, OUTER_V6, START_S, addresses, before, before_frame, conversation, erspan,
                   ethertype, framed, frame_of, gtp, in_ip, in_udp, vxlan, vxlan_in_fragments)
from packets import Capture, Host, write_all

FIRST_PORT = 41000
APART_US = 100  # the twins' frames
BETWEEN_US = 1_000_000  # kinds

OTHER = Host('198.51.100.3', '02:00:5e:00:01:03'), Host('198.51.100.4', '02:00:5e:00:01:04')
OTHER_V6 = Host('2001:db8:1::3', '02:00:5e:00:01:03'), Host('2001:db8:1::4', '02:00:5e:00:01:04')


def tags(*pairs):
    """(EtherType, VLAN) from the outside in, then the datagram."""
    header = b''.join(struct.pack('!HH', kind, vlan) for kind, vlan in pairs)
    return lambda packet, from_server: addresses(from_server) + header + ethertype(packet) + packet


def pppoe(session):
    return lambda packet, from_server: (addresses(from_server) + struct.pack('!HBBHHH', 0x8864, 0x11, 0, session, 2 + len(packet), 0x21)
                                        + packet)


def tagged_in_vxlan(vlan):
    inner = tags((0x8100, vlan))
    return in_udp(4789, lambda packet, from_server: vxlan(7) + inner(packet, from_server))


def geneve(network):
    return in_udp(6081, before_frame(struct.pack('!HHI', 0, 0x6558, network << 8)))


def gre_key(key):
    return before(struct.pack('!HHI', 0x2000, IP, key))


def between(ends, port, make):
    """A UDP tunnel between other ends."""
    def payload(packet, from_server):
        inner = make(packet, from_server)
        return struct.pack('!HHHH', port, port, 8 + len(inner), 0) + inner
    return in_ip(17, payload, ends)


BACKBONE = b'\x88\xa8\0\x09\x88\xe7\0'
LABEL = struct.pack('!I', 16 << 12 | 0x100 | 64)
PLAIN_GRE = struct.pack('!HH', 0, IP)

# What makes a frame of a datagram, for the one twin and for the other.
TWINS = {
    'vlan': [tags((0x8100, number)) for number in (5, 6)],
    'service-vlan': [tags((0x88a8, number), (0x8100, 7)) for number in (5, 6)],
    'customer-vlan': [tags((0x88a8, 7), (0x8100, number)) for number in (5, 6)],
    'second-service-vlan': [tags((0x88a8, 7), (0x88a8, number)) for number in (5, 6)],
    'old-service-vlan': [tags((0x9100, number), (0x8100, 7)) for number in (5, 6)],
    'backbone-service': [framed(BACKBONE + number) for number in (b'\1\2\3', b'\1\2\4')],
    'pppoe-session': [pppoe(number) for number in (5, 6)],
    'vxlan-network': [in_udp(4789, before_frame(vxlan(number))) for number in (5, 6)],
    'vxlan-network-in-fragments': [vxlan_in_fragments(number) for number in (5, 6)],
    'vlan-in-vxlan': [tagged_in_vxlan(number) for number in (5, 6)],
    'vxlan-gpe-network': [in_udp(4790, before(struct.pack('!II', 0x0c000001, number << 8))) for number in (5, 6)],
    'geneve-network': [geneve(number) for number in (5, 6)],
    'vxlan-or-geneve': [in_udp(4789, before_frame(vxlan(5))), geneve(5)],
    'gre-key': [in_ip(GRE, gre_key(number)) for number in (5, 6)],
    'gre-in-udp-key': [in_udp(4754, gre_key(number)) for number in (5, 6)],
    'erspan-2-session': [erspan(2, number) for number in (5, 6)],
    'erspan-3-session': [erspan(3, number) for number in (5, 6)],
    'ends-of-ip': [in_ip(4, before(b''), ends) for ends in (OUTER, OTHER)],
    'ends-of-ipv6': [in_ip(4, before(b''), ends) for ends in (OUTER_V6, OTHER_V6)],
    'ends-of-gre': [in_ip(GRE, before(PLAIN_GRE), ends) for ends in (OUTER, OTHER)],
    'ends-of-etherip': [in_ip(97, before_frame(b'\x30\0'), ends) for ends in (OUTER, OTHER)],
    'ends-of-mpls': [in_ip(137, before(LABEL), ends) for ends in (OUTER, OTHER)],
    'ends-of-vxlan': [between(ends, 4789, before_frame(vxlan(7))) for ends in (OUTER, OTHER)],
    'ends-of-gtp': [between(ends, 2152, gtp) for ends in (OUTER, OTHER)],
    'tunnel-or-none': [in_ip(4, before(b'')), frame_of],
}


def port_of(name):
    return FIRST_PORT + list(TWINS).index(name)


def twins():
    """Each kind's two conversations side by side, one kind after the other."""
    capture = Capture(START_S, ETHERNET)
    for kind, wraps in enumerate(TWINS.values()):
        for twin, wrap in enumerate(wraps):
            for time_us, from_server, packet in conversation(port=FIRST_PORT + kind, twin=twin):
                made = wrap(packet, from_server)
                at_us = time_us + kind * BETWEEN_US + twin * APART_US
                capture.records += [(at_us, record) for record in (made if isinstance(made, list) else [made])]
    capture.records.sort(key=lambda record: record[0])
    return capture


CAPTURES = {'twins': twins}

if __name__ == '__main__':
    write_all({'link/' + name: make for name, make in CAPTURES.items()})
