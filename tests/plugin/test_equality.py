# SPDX-License-Identifier: MIT
"""The plugin and the program say the same of every capture, field by field and frame by frame."""
import unittest

from verdicts import differences, expected_frames, shown_frames
from wireshark import ROOT, Wireshark, captures, core_list, side_by_side

QUIET = {token for token, severity, _ in core_list('tcp.h', 'TCP_KINDS') if severity == 'NONE'}
REORDER = ('-o', 'tcp.reassemble_out_of_order:TRUE')
SHOWN = 5  # differences of one capture


class Equality(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wireshark = Wireshark()

    @classmethod
    def tearDownClass(cls):
        cls.wireshark.folder.cleanup()

    def differences(self, path, *options):
        capture = self.wireshark.readable(path)
        return list(differences(expected_frames(capture, QUIET), shown_frames(self.wireshark, capture, '-2', *options)))

    def check(self, paths, *options):
        for path, found in side_by_side(lambda path: self.differences(path, *options), paths):
            with self.subTest(path.name):
                if isinstance(found, Exception):
                    raise found
                self.assertEqual([], found[:SHOWN], f'{len(found)} differences')

    def test_program_and_plugin(self):
        """Whatever Wireshark itself makes of HTTP/2."""
        self.check(captures())

    def test_whatever_wireshark_reassembles(self):
        self.check(sorted((ROOT / 'pcaps/http').glob('*.pcap')), *REORDER)


if __name__ == '__main__':
    unittest.main()
