#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Statistics of connections, held against other tools where they are installed, and against values found by hand.

usage: test_statistics.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

PCAPS = pathlib.Path(__file__).resolve().parents[2] / 'pcaps'
CAPAN = None

# Where Wireshark counts other connections: it does not look at VLANs, and takes each SYN with another number for the
# beginning of a connection; and it hashes the first stop of a source route where capan has the server.
OTHER_CONNECTIONS = {'vlan-twins.pcap', 'challenged-syn.pcap', 'ipv6-routing.pcap', 'segment-routing.pcap'}

# How tcptrace names a value, and in what unit it prints it.
TCPTRACE = {
    'pure acks sent': ('pure_acks', 1), 'sack pkts sent': ('sack_segments', 1), 'dsack pkts sent': ('dsacks', 1),
    'pushed data pkts': ('pushes', 1), 'avg win adv': ('window_mean', 1), 'throughput': ('throughput', 1),
    'idletime max': ('idle_max', 1000), 'data xmit time': ('data_time', 1), 'initial window': ('initial_window_bytes', 1),
    'min retr time': ('resend_time_min', 1000), 'max retr time': ('resend_time_max', 1000)}


def connections(capture):
    done = subprocess.run([CAPAN, 'connections', '--format', 'ndjson', str(capture)], capture_output=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def captures(*folders):
    return [path for folder in folders for path in sorted((PCAPS / folder).glob('*.pcap*'))]


class AgainstOthers(unittest.TestCase):
    @unittest.skipUnless(shutil.which('tshark'), 'needs tshark')
    def test_completeness_and_community_id_are_wiresharks(self):
        fields = ['-T', 'fields', '-e', 'tcp.stream', '-e', 'tcp.completeness', '-e', 'communityid']
        compared = 0
        for capture in captures('article', 'tcp'):
            if capture.name in OTHER_CONNECTIONS:
                continue
            done = subprocess.run(['tshark', '-n', '-2', '--enable-protocol', 'communityid', '-Y', 'tcp', *fields,
                                   '-r', capture], capture_output=True, text=True, timeout=60, check=True)
            theirs = {line.split('\t')[0]: tuple(line.split('\t')[1:]) for line in done.stdout.splitlines()}
            for row in connections(capture):
                with self.subTest(capture=capture.name, stream=row['stream']):
                    self.assertEqual((str(row['completeness']), row['community_id']), theirs[str(row['stream'])])
                    compared += 1
        self.assertGreater(compared, 40)

    @unittest.skipUnless(shutil.which('tcptrace'), 'needs tcptrace')
    def test_counts_are_tcptraces(self):
        for name in ('fast-and-sack', 'fast-without-sack', 'tail-loss-probe', 'half-close', 'sequence-wrap'):
            capture = PCAPS / 'tcp' / f'{name}.pcap'
            done = subprocess.run(['tcptrace', '-n', '-lrW', str(capture)], capture_output=True, text=True, timeout=60)
            rows = connections(capture)
            self.assertEqual(len(rows), 1)
            theirs = {}
            for line in done.stdout.splitlines():
                found = re.match(r'\s*([^:]+):\s+(\S+)(?: \w+)?\s+[^:]+:\s+(\S+)', line)
                if found:
                    theirs.setdefault(found[1], found.groups()[1:])
            for label, (key, scale) in TCPTRACE.items():
                for side, value in zip(('c2s', 's2c'), theirs[label]):
                    if value == 'NA':
                        continue
                    with self.subTest(capture=name, side=side, label=label):
                        self.assertAlmostEqual(rows[0][side].get(key, 0) * scale, float(value), delta=1 if scale == 1 else .06)


class ByHand(unittest.TestCase):
    def test_history(self):
        for name, history in (('half-close', 'ShADFadf'), ('refused', 'Sr'), ('unanswered', 'S'), ('timeouts', 'ShAdtFaf'),
                              ('simultaneous-open', 'SsdAFaf'), ('midstream', '^dAFaf')):
            with self.subTest(name):
                self.assertEqual(connections(PCAPS / 'tcp' / f'{name}.pcap')[0]['history'], history)

    def test_outstanding_first_flight_and_resends(self):
        row = connections(PCAPS / 'tcp' / 'fast-and-sack.pcap')[0]['s2c']
        # Ten segments of 1460 at once, all but one acknowledged or SACKed before the next two.
        self.assertEqual((row['initial_window_segments'], row['initial_window_bytes']), (10, 14600))
        self.assertEqual((row['outstanding_min'], row['outstanding_max']), (1460, 14600))
        self.assertEqual(row['sends_max'], 2)
        self.assertAlmostEqual(row['resend_time_min'], 0.02178)

    def test_round_trips_of_largest_segments_are_theirs(self):
        """And not that of a FIN that is acknowledged alone."""
        row = connections(PCAPS / 'article' / 'baidu.pcap')[0]
        client, server = row['c2s'], row['s2c']
        self.assertEqual((client['full_rtt_samples'], client['full_rtt_min'], client['full_rtt_max']), (1, .031, .031))
        self.assertEqual((server['full_rtt_samples'], server['full_rtt_min'], server['full_rtt_max']), (2, .00004, .00004))

    def test_round_trips_that_are_all_the_same_deviate_by_nothing(self):
        sides = [row[side] for capture in captures('tcp', 'http', 'article') for row in connections(capture)
                 for side in ('c2s', 's2c') if 'rtt_deviation' in row[side]]
        same = [side for side in sides if side['rtt_min'] == side['rtt_max']]
        self.assertTrue(same)
        self.assertEqual({side['rtt_deviation'] for side in same}, {0})
        for side in sides:  # with two samples it is the root of two times half their distance
            self.assertLessEqual(side['rtt_deviation'], (side['rtt_max'] - side['rtt_min']) * .7072)

    def test_marks_of_the_path(self):
        """The client asks for expedited forwarding and can do ECN; a router marks one of the server's packets."""
        capture = bytearray((PCAPS / 'tcp' / 'fast-and-sack.pcap').read_bytes())
        at, server = 24, 0
        while at < len(capture):
            ip = at + 16 + 14
            if capture[ip + 12:ip + 16] == bytes((192, 0, 2, 10)):
                capture[ip + 1] = 46 << 2 | 2
            else:
                server += 1
                capture[ip + 1] = 3 if server == 5 else 1
            at += 16 + int.from_bytes(capture[at + 8:at + 12], 'little')
        done = subprocess.run([CAPAN, 'connections', '--format', 'ndjson', '-'], input=bytes(capture), capture_output=True, timeout=60)
        row = json.loads(done.stdout)
        marks = {side: [row[side][key] for key in ('segments', 'ect0', 'ect1', 'ce')] for side in ('c2s', 's2c')}
        self.assertEqual(marks, {'c2s': [13, 13, 0, 0], 's2c': [15, 0, 14, 1]})
        self.assertEqual((row['c2s']['dscp'], row['s2c']['dscp']), (['ef'], ['cs0']))

    def test_nobody_counts_unasked(self):
        done = subprocess.run([CAPAN, 'summary', str(PCAPS / 'tcp' / 'half-close.pcap')], capture_output=True, timeout=60)
        self.assertNotIn(b'known as', done.stdout)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
