# SPDX-License-Identifier: MIT
"""tshark -z: the summaries hold what the program finds, the trees count what the fields show."""
import json
import re
import unittest

from wireshark import ROOT, Wireshark, program

CAPTURES = [ROOT / 'pcaps' / name for name in ('http/unchanged-resent.pcap', 'tcp/fast-and-sack.pcap', 'article/baidu.pcap')]
SAME = ('token', 'severity', 'count', 'frames', 'source', 'explain')


class Statistics(unittest.TestCase):
    def setUp(self):
        self.wireshark = Wireshark()
        self.addCleanup(self.wireshark.folder.cleanup)

    def test_json(self):
        for path in CAPTURES:
            with self.subTest(path.name):
                shown = json.loads(self.wireshark.tshark('-q', '-z', 'capan,json', '-r', self.wireshark.readable(path)))
                expected = program('findings', path)
                self.assertEqual([{key: row.get(key) for key in SAME} for row in expected],
                                 [{key: row.get(key) for key in SAME} for row in shown['findings']])
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


if __name__ == '__main__':
    unittest.main()
