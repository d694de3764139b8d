# SPDX-License-Identifier: MIT
"""One pass, two passes, two passes with a read filter: the same verdicts. Only what the future decides may be missing
in one pass, and is then called provisional."""
import unittest

from verdicts import ALL, CONNECTION, EXCHANGE, PROOF, REQUEST, shown_frames
from wireshark import ROOT, Wireshark, captures, side_by_side


# What later frames may add to a settled verdict, or to an exchange or connection that is not over.
LATER = {'tcp.acked_in', *PROOF, *EXCHANGE, *REQUEST, *CONNECTION}
# What an exchange that is over has on its last frame, and no other one has there. In HTTP/2 that frame may carry another's
# request (a push), whose class comes with its own verdict.
OVER = EXCHANGE.keys() - {'http.cond'}
# What does not name frames: a read filter gives those that are left other numbers.
UNNUMBERED = ('tcp.kind', 'tcp.cause', 'tcp.flags', 'tcp.client.state', 'tcp.server.state', 'tcp.rtt', 'http.outcome', 'http.saved',
              'connection.open', 'connection.close')
# What does. Where the filter drops the frame that is named, nothing is shown.
NUMBERED = [name for name, column in ALL.items() if column['wireshark'] == 'framenum']
FILTER = 'tcp.flags.push == 1 && !icmp'  # a header that ICMP quotes is shown without a verdict


def settled(frame):
    return 'provisional' not in frame['tcp.certainty']


class Views:
    """A capture in one pass, in two, in two with a display filter, and with the same as read filter."""

    def __init__(self, wireshark, path):
        capture = wireshark.readable(path)
        self.once, self.twice, self.shown, self.left = (
            shown_frames(wireshark, capture, *options)
            for options in ((), ('-2',), ('-2', '-Y', FILTER), ('-2', '-R', FILTER)))


class Passes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with Wireshark() as wireshark:
            ours = [path for path in captures() if ROOT in path.parents]
            cls.views = side_by_side(lambda path: Views(wireshark, path), ours)

    def each(self, check):
        for path, views in self.views:
            with self.subTest(path.name):
                if isinstance(views, Exception):
                    raise views
                check(views)

    def test_one_pass(self):
        """A settled verdict stays; an exchange's verdict is there as soon as it can be, or not at all."""
        def check(views):
            self.assertEqual(views.twice.keys(), views.once.keys())
            for number, frame in views.once.items():
                later = LATER if settled(frame) else frame.keys()
                names = frame.keys() - later | (OVER if frame['http.outcome'] else set())
                self.assertEqual({name: views.twice[number][name] for name in names}, {name: frame[name] for name in names},
                                 f'frame {number}')
                self.assertLessEqual(set(frame['http.cond']), set(views.twice[number]['http.cond']), f'frame {number}')
        self.each(check)

    def test_two_passes_settle(self):
        self.each(lambda views: self.assertEqual([], [number for number, frame in views.twice.items() if not settled(frame)]))

    def test_read_filter(self):
        """Verdicts rest on all frames, also on those that the filter drops."""
        def verdicts(frames):
            return [{name: frame[name] for name in UNNUMBERED} for _, frame in sorted(frames.items())]
        self.each(lambda views: self.assertEqual(verdicts(views.shown), verdicts(views.left)))

    def test_read_filter_numbers(self):
        """Frame numbers are those that are shown. Nothing tells a plugin that the last frame of a file was dropped: it is named by
        the number that would come next, which is passed over here."""
        self.assertIn('tcp.acked_in', NUMBERED)
        def check(views):
            number = {before: now for now, before in enumerate(sorted(views.shown), 1)}
            left = {now: {name: [named for named in frame[name] if named <= len(number)] for name in NUMBERED}
                    for now, frame in views.left.items()}
            expected = {number[before]: {name: [number[named] for named in frame[name] if named in number] for name in NUMBERED}
                        for before, frame in views.shown.items()}
            self.assertEqual(expected, left)
        self.each(check)


if __name__ == '__main__':
    unittest.main()
