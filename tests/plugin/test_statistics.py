# SPDX-License-Identifier: MIT
"""tshark -z: the summaries hold what the program finds, the trees and the table count what the fields show."""
from collections import defaultdict
import json
import re
import unittest

from wireshark import ROOT, Wireshark, program

CAPTURES = [ROOT / 'pcaps' / name for name in ('http/unchanged-resent.pcap', 'tcp/fast-and-sack.pcap', 'article/baidu.pcap',
                                         'link/checksum-offload.pcapng')]


class Statistics(unittest.TestCase):
    def setUp(self):
        self.wireshark = Wireshark()
        self.addCleanup(self.wireshark.folder.cleanup)

    def test_json(self):
        for path in CAPTURES:
            with self.subTest(path.name):
                shown = json.loads(self.wireshark.tshark('-q', '-z', 'capan,json', '-r', self.wireshark.readable(path)))
                self.assertEqual(program('findings', path), shown['findings'])
                self.assertEqual(len(program('segments', path)), shown['segments'])
                self.assertEqual(len(program('exchanges', path)), shown['exchanges'])

    def test_findings(self):
        text = self.wireshark.tshark('-q', '-z', 'capan,findings', '-r', self.wireshark.readable(CAPTURES[1]))
        self.assertRegex(text, r'note +1 +1460 +retransmit-sack')

    def test_trees(self):
        for path in CAPTURES:
            with self.subTest(path.name):
                capture = self.wireshark.readable(path)
                text = self.wireshark.tshark('-2', '-q', '-z', 'capan_tcp,tree', '-z', 'capan_http,tree', '-r', capture)
                kinds = [row['tcp']['kind'] for row in program('segments', path)]
                outcomes = [row['http']['outcome'] for row in program('exchanges', path)]
                for token in {*kinds, *outcomes}:
                    count = kinds.count(token) + outcomes.count(token)
                    self.assertTrue(re.search(rf'^ {token} +{count} ', text, re.M), f'{count} {token}')

    def test_names_of_trees(self):
        capture = self.wireshark.readable(CAPTURES[0])
        for name in ('tcp', 'http'):
            self.assertEqual(self.wireshark.tshark('-2', '-q', '-z', f'capan_{name},tree', '-r', capture),
                             self.wireshark.tshark('-2', '-q', '-z', f'capan,{name}', '-r', capture))
        with_filter = self.wireshark.tshark('-2', '-q', '-z', 'capan,tcp,tcp.flags.syn == 1', '-r', capture)
        self.assertRegex(with_filter, r'Segments by kind +2 ')

    def test_hosts(self):
        for path in (*CAPTURES, ROOT / 'pcaps/http/shared-cache.pcap'):
            with self.subTest(path.name):
                text = self.wireshark.tshark('-2', '-q', '-z', 'capan,hosts', '-r', self.wireshark.readable(path))
                rows = [[cell.strip() for cell in line.split('|')[:-1]] for line in text.splitlines() if line.endswith('|')]
                self.assertEqual(hosts(path), {name: [int(cell) for cell in counts] for name, *counts in rows[1:]})

    def test_hosts_of_a_filter(self):
        capture = self.wireshark.readable(CAPTURES[0])
        text = self.wireshark.tshark('-2', '-q', '-z', 'capan,hosts,http.response.code == 304', '-r', capture)
        self.assertNotIn('example.test', text)


def hosts(path):
    """{host: [exchanges, conditional, not modified, in vain, violations, saved, wasted]} by the program."""
    counts = defaultdict(lambda: [0] * 7)
    for row in program('exchanges', path):
        http = row['http']
        facts = (1, http['cond'] != 'none', http['outcome'] == 'not-modified', 'wasted' in http, 'violation' in http,
                 http.get('saved', 0), http.get('wasted', 0))
        host = row.get('authority', row['server'])
        counts[host] = [count + fact for count, fact in zip(counts[host], facts)]
    return counts


if __name__ == '__main__':
    unittest.main()
