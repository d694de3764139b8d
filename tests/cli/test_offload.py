#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checksums that a host leaves to its network card are told once, by host and interface, and nobody is accused; in other
directions a damaged segment is told as one (RFC 9293 3.1).

usage: test_offload.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import json
import pathlib
import struct
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'generators'))
import packets  # noqa: E402

CAPAN = None
CLIENT, SERVER = '192.0.2.1', '192.0.2.2'
IP, SUM = 14, 50  # where the header, and the checksum, begin in a frame


def connection(capture, port):
    """Four requests and answers, as frames."""
    start = len(capture.records)
    hosts = [packets.Host(address, f'02:00:5e:00:00:0{number}') for number, address in enumerate((CLIENT, SERVER), 1)]
    flow = packets.Flow(capture, *hosts, (port, 5000))
    flow.handshake()
    for number in range(4):
        flow.exchange(b'ask%d' % number, b'answer %d' % number)
    flow.close()
    return range(start, len(capture.records))


def change(capture, frames, of, how):
    for at in frames:
        time, frame = capture.records[at]
        if packets.ipaddress.ip_address(frame[IP + 12:IP + 16]) == packets.ipaddress.ip_address(of):
            capture.records[at] = (time, frame[:SUM] + struct.pack('!H', how(frame)) + frame[SUM + 2:])


def partial(frame):
    """The pseudo-header's sum alone."""
    length = struct.unpack('!H', frame[IP + 2:IP + 4])[0] - 20
    return ~packets.checksum(frame[IP + 12:IP + 20] + struct.pack('!HH', 6, length)) & 0xffff


def nothing(_):
    return 0


def damaged(frame):
    return struct.unpack('!H', frame[SUM:SUM + 2])[0] ^ 0x1234


def pcapng(capture, names, interface):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack('<II', kind, 12 + len(body)) + body + struct.pack('<I', 12 + len(body))
    out = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
    for name in names:
        out += block(1, struct.pack('<HHI', 1, 0, 0) + struct.pack('<HH', 2, len(name)) + name + bytes(-len(name) % 4) + bytes(4))
    for at, (time, frame) in enumerate(capture.records):
        out += block(6, struct.pack('<IIIII', interface(at), time >> 32, time & 0xffffffff, len(frame), len(frame)) + frame)
    return out


def run(octets, *words):
    return subprocess.run([CAPAN, *words, '-'], input=octets, capture_output=True, timeout=60, check=True).stdout.decode()


def findings(octets):
    rows = [json.loads(line) for line in run(octets, 'findings', '--format', 'ndjson').splitlines()]
    return [(row['count'], row['host'], row.get('interface')) for row in rows if row['token'] == 'checksum-offload'], \
        [row['frames'] for row in rows if row['token'] == 'bad-checksum']


class Offload(unittest.TestCase):
    def setUp(self):
        self.capture = packets.Capture(1767225600)
        self.first, self.second = connection(self.capture, 40000), connection(self.capture, 40001)
        self.sent = sum(packets.ipaddress.ip_address(frame[IP + 12:IP + 16]) == packets.ipaddress.ip_address(CLIENT)
                        for _, frame in self.capture.records)

    def all_of(self, side, how, frames=None):
        change(self.capture, frames or range(len(self.capture.records)), side, how)

    def test_each_way_of_leaving_it(self):
        for how in (partial, nothing, damaged):
            self.setUp()
            self.all_of(CLIENT, how)
            self.assertEqual(findings(self.capture.octets()), ([(self.sent, CLIENT, None)], []), how)
            out = run(self.capture.octets())
            self.assertEqual(out.count('checksum'), 2)
            self.assertIn(f'{CLIENT}: {self.sent} TCP checksums are not filled in yet', out)
            self.assertLess(out.index('checksums are'), out.index('Findings'))
            self.assertIn('nothing is damaged', out.replace('\n  ', ' '))

    def test_the_server_as_well(self):
        self.all_of(SERVER, partial)
        self.assertEqual([host for _, host, _ in findings(self.capture.octets())[0]], [SERVER])

    def test_one_damaged_among_them_is_not_accused(self):
        self.all_of(CLIENT, partial)
        self.all_of(CLIENT, damaged, [self.first[8]])
        self.all_of(CLIENT, damaged, [self.first[11]])
        self.assertEqual(findings(self.capture.octets())[1], [])

    def test_nor_in_the_host_s_other_connections(self):
        self.all_of(CLIENT, nothing, self.first)
        client = [at for at in self.second if self.capture.records[at][1][IP + 15] == 1]
        self.all_of(CLIENT, damaged, client[5:6])
        self.assertEqual(findings(self.capture.octets())[1], [])

    def test_one_damaged_where_they_are_right_is(self):
        client = [at for at in self.second if self.capture.records[at][1][IP + 15] == 1]
        self.all_of(CLIENT, damaged, client[5:6])
        self.all_of(SERVER, partial)
        offload, bad = findings(self.capture.octets())
        self.assertEqual(bad, [[client[5] + 1]])
        self.assertEqual([host for _, host, _ in offload], [SERVER])

    def test_interfaces_are_told_apart(self):
        self.all_of(CLIENT, partial, self.first)
        client = [at for at in self.second if self.capture.records[at][1][IP + 15] == 1]
        self.all_of(CLIENT, damaged, client[5:6])
        octets = pcapng(self.capture, (b'docker0', b'eth0'), lambda at: int(at in self.second))
        offload, bad = findings(octets)
        self.assertEqual(offload, [(self.sent // 2, CLIENT, 'docker0')])
        self.assertEqual(bad, [[client[5] + 1]])
        self.assertIn(f'{CLIENT} on interface docker0: ', run(octets))

    def test_an_interface_without_a_name_has_its_number(self):
        self.all_of(CLIENT, partial)
        self.assertEqual(findings(pcapng(self.capture, (b'', b''), lambda at: 1))[0], [(self.sent, CLIENT, 'number 1')])


if __name__ == '__main__':
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--capan', required=True)
    options, rest = arguments.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
