# SPDX-License-Identifier: MIT
"""File > Export Objects > capan, here by tshark: each exchange's verdict as the program has it, and the summary."""
import json
import re
import unittest

from wireshark import ROOT, Wireshark, program

PCAPS = ROOT / 'pcaps'
CAPTURES = [PCAPS / name for name in ('http/unchanged-resent.pcap', 'http/ranges.pcap', 'http/midstream.pcap', 'article/baidu.pcap')]


class Export(unittest.TestCase):
    def setUp(self):
        self.wireshark = Wireshark()
        self.addCleanup(self.wireshark.folder.cleanup)

    def export(self, path, *options):
        """{file name: object}"""
        folder = self.wireshark.writable() / f'{path.stem}{len(options)}'
        self.wireshark.tshark('-q', *options, '--export-objects', f'capan,{folder}', '-r', self.wireshark.readable(path))
        return {file.name: json.loads(file.read_text()) for file in folder.iterdir()}

    def test_exchanges(self):
        for path in CAPTURES:
            with self.subTest(path.name):
                objects = self.export(path, '-2')
                objects.pop('summary.json')
                expected = {f'exchange-{row["index"]}-{row["http"]["outcome"]}.json': row for row in program('exchanges', path)}
                self.assertEqual(expected, objects)

    def test_summary(self):
        for path in CAPTURES:
            with self.subTest(path.name):
                shown = self.wireshark.tshark('-q', '-z', 'capan,json', '-r', self.wireshark.readable(path))
                self.assertEqual(json.loads(shown), self.export(path, '-2')['summary.json'])

    def test_one_pass(self):
        """What an exchange came to is known when it ends; what the whole capture came to is not."""
        objects = self.export(CAPTURES[0])
        self.assertEqual(3, len(objects))
        self.assertTrue(all(re.fullmatch(r'exchange-\d+-[a-z-]+\.json', name) for name in objects))


if __name__ == '__main__':
    unittest.main()
