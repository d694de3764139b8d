# SPDX-License-Identifier: MIT
"""Every capture of pcaps/link/ that tests/generators/links.py makes holds the same segments, whatever carries them."""
import ipaddress
import sys

from captures import END, TESTS, Checks, dump
from links import BROKEN, CAPTURES, conversation
from tunnels import TWINS, port_of

PCAPS = TESTS.parent / 'pcaps' / 'link'
# No fact of an address or a number tells these from the same ports elsewhere.
WITHOUT_PATH = ('6in4', 'teredo', 'ayiya')
WITH_PATH = ('old-qinq', 'mac-in-mac', 'gre', 'erspan', 'etherip', '4in6', '6in6', 'mpls-in', 'vxlan', 'geneve', 'gtp', 'l2tp',
             'lisp', 'tzsp')


def expected(version):
    """What the datagrams themselves say: addresses, TTL, identification, octets."""
    rows = []
    for time_us, _, packet in conversation(version):
        if version == 4:
            ends, header = (packet[12:16], packet[16:20]), 20
            numbers = (packet[8], int.from_bytes(packet[4:6], 'big'))
        else:
            ends, header = (packet[8:24], packet[24:40]), 40
            numbers = (packet[7], -1)
        rows.append((time_us * 1000, *(str(ipaddress.ip_address(end)) for end in ends), *numbers, packet[header:].hex()))
    return rows


def row_of(packet):
    return packet['time'], packet['src'], packet['dst'], packet['ttl'], packet['id'], packet['octets']


def check_path(checks, name, packets):
    paths = {packet['path'] for packet in packets}
    checks.equal(name + ': one path', len(paths), 1)
    if name.startswith(WITHOUT_PATH):
        checks.equal(name + ': no path', paths, {0})
    elif name.startswith(WITH_PATH):
        checks.true(name + ': a path of its own', paths != {0})
    else:
        checks.equal(name + ': no path', paths, {0})
    return paths


def check(checks, program, name):
    packets, end = dump(program, PCAPS / (name + '.pcap'))
    version = 6 if packets and ':' in packets[0]['src'] else 4
    checks.equal(name, [row_of(packet) for packet in packets], expected(version))
    checks.equal(name + ': result', (end['result'], end['undecoded'], end['lost']), (END, 0, 0))
    for packet in packets:
        checks.equal(name + ': lengths', packet['wire'] * 2, len(packet['octets']))
    if packets:
        check_path(checks, name, packets)


def check_twins(checks, program):
    """Each twin's segments came on one path, both directions; the other's on another."""
    packets, _ = dump(program, PCAPS / 'twins.pcap')
    for name in TWINS:
        port = f'{port_of(name):04x}'
        paths = [packet['path'] for packet in packets if port in (packet['octets'][:4], packet['octets'][4:8])]
        counts = sorted(paths.count(path) for path in set(paths))
        checks.equal('twins: ' + name, counts, [len(conversation())] * 2)


def main():
    checks = Checks()
    for name in CAPTURES:
        check(checks, sys.argv[1], name)
    check_twins(checks, sys.argv[1])
    for name in BROKEN:
        packets, end = dump(sys.argv[1], PCAPS / (name + '.pcap'))
        checks.equal(name, (packets, end['result']), ([], END))
    checks.finish()


if __name__ == '__main__':
    main()
