# SPDX-License-Identifier: MIT
"""The plugin and the program say the same of every capture, field by field and frame by frame."""
import unittest

from test_fields import core_list
from verdicts import differences, expected_frames, shown_frames
from wireshark import ROOT, Wireshark, captures

QUIET = {token for token, severity in core_list('tcp.h', 'TCP_KINDS') if severity == 'NONE'}
REORDER = ('-o', 'tcp.reassemble_out_of_order:TRUE')
SHOWN = 5  # differences of one capture


class Equality(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wireshark = Wireshark()
        cls.words = cls.wireshark.words()

    @classmethod
    def tearDownClass(cls):
        cls.wireshark.folder.cleanup()

    def check(self, path, *options):
        capture = self.wireshark.readable(path)
        found = list(differences(expected_frames(capture, QUIET), shown_frames(self.wireshark, self.words, capture, '-2', *options)))
        self.assertEqual([], found[:SHOWN], f'{len(found)} differences')

    def test_program_and_plugin(self):
        for path in captures():
            with self.subTest(path.name):
                self.check(path)

    def test_whatever_wireshark_reassembles(self):
        for path in sorted((ROOT / 'pcaps').rglob('*.pcap')):
            with self.subTest(path.name):
                self.check(path, *REORDER)


if __name__ == '__main__':
    unittest.main()
