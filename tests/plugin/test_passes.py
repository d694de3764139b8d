# SPDX-License-Identifier: MIT
"""One pass, two passes, two passes with a read filter: the same verdicts. Only what the future decides may be missing
in one pass, and is then called provisional."""
import unittest

from verdicts import CONNECTION, EXCHANGE, REQUEST, shown_frames
from wireshark import ROOT, Wireshark


def settled(frame):
    return 'provisional' not in frame['tcp.certainty']


class Passes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wireshark = Wireshark()
        cls.words = cls.wireshark.words()

    @classmethod
    def tearDownClass(cls):
        cls.wireshark.folder.cleanup()

    def frames(self, capture, *options):
        return shown_frames(self.wireshark, self.words, capture, *options)

    def each(self, check):
        for path in sorted((ROOT / 'pcaps').rglob('*.pcap')):
            with self.subTest(path.name):
                check(self.wireshark.readable(path))

    def test_one_pass(self):
        self.each(self.check_one_pass)

    def check_one_pass(self, capture):
        """A settled verdict stays; an exchange's verdict is there as soon as it can be, or not at all."""
        later = {'tcp.acked_in', 'explain', *EXCHANGE, *REQUEST, *CONNECTION}
        once, twice = self.frames(capture), self.frames(capture, '-2')
        self.assertEqual(twice.keys(), once.keys())
        for number in filter(lambda number: settled(once[number]), once):
            known = {name: value for name, value in once[number].items() if name not in later}
            self.assertEqual({name: twice[number][name] for name in known}, known, f'frame {number}')
            if once[number]['http.outcome']:
                self.assertEqual({name: twice[number][name] for name in EXCHANGE},
                                 {name: once[number][name] for name in EXCHANGE}, f'frame {number}')

    def test_two_passes_settle(self):
        self.each(self.check_settled)

    def check_settled(self, capture):
        self.assertEqual([], [number for number, frame in self.frames(capture, '-2').items() if not settled(frame)])

    def test_read_filter(self):
        self.each(self.check_read_filter)

    def check_read_filter(self, capture):
        """Verdicts rest on all frames, also those the filter drops; the shown numbers are those of the frames that are left."""
        names = ('tcp.kind', 'tcp.cause', 'tcp.flags', 'tcp.client.state', 'tcp.server.state', 'tcp.rtt', 'http.outcome',
                 'http.saved', 'connection.open', 'connection.close')
        whole = self.frames(capture, '-2', '-Y', 'tcp.len > 0')
        left = self.frames(capture, '-2', '-R', 'tcp.len > 0')
        self.assertEqual([{name: frame[name] for name in names} for _, frame in sorted(whole.items())],
                         [{name: frame[name] for name in names} for _, frame in sorted(left.items())])


if __name__ == '__main__':
    unittest.main()
