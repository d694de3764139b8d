# SPDX-License-Identifier: MIT
"""Memory that is refused to the plugin: tshark says the same of everything else, and of what capan says nothing is made
up: a verdict is the same, or is not there, or is not certain. CAPAN_REFUSE is the library that refuses."""
import os
import pathlib
import re
import shutil
import unittest

from wireshark import ROOT, Wireshark, side_by_side

TRIES = 4  # allocations of each capture that are refused, one a run, and once with all large ones behind it
SHORT = 4096  # octets: where memory is short, smaller blocks are left
NAMES = ('pcaps/http/objects.pcap', 'pcaps/http/refetch.pcap', 'pcaps/http/h2-upgrade.pcap', 'pcaps/http/vlan-twins.pcap',
         'pcaps/link/fragments-unfinished.pcap', 'tests/plugin/captures/h3-clear.pcap', 'tests/plugin/captures/tls-h2.pcapng')
THEIRS = ('frame.number', 'frame.protocols', 'tcp.stream', 'tcp.seq', 'tcp.analysis.flags', 'http.request.full_uri',
          'http2.headers.path', '_ws.col.Protocol')
OURS = ('capan.tcp.kind', 'capan.tcp.certainty')
TAPS = ('-z', 'capan,json', '-z', 'capan_http,tree')


class NoMemory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wireshark = Wireshark()
        cls.addClassCleanup(cls.wireshark.folder.cleanup)
        library = cls.wireshark.home / 'refuse.so'
        shutil.copy(os.environ['CAPAN_REFUSE'], library)
        library.chmod(0o755)
        os.environ['CAPAN_PRELOAD'] = str(library)

    def read(self, capture, at, short=False):
        """Rows by frame of what is theirs and what is ours, and how often the plugin asked for memory."""
        words = [word for field in THEIRS + OURS for word in ('-e', field)]
        watch = {'REFUSE_AT': str(at), 'REFUSE_OF': '/capan.so'} | ({'REFUSE_ON': str(SHORT)} if short else {})
        run = self.wireshark.command('tshark', '-n', '-2', '-r', capture, *TAPS, '-T', 'fields', *words, watch=watch)
        self.assertEqual(0, run.returncode, (capture, at, short, run.stderr.decode(errors='replace')))
        lines = [line.split('\t') for line in run.stdout.decode().splitlines() if line.count('\t') == len(THEIRS + OURS) - 1]
        asked = re.search(rb'allocations (\d+)', run.stderr)
        return [line[:len(THEIRS)] for line in lines], [line[len(THEIRS):] for line in lines], int(asked[1]) if asked else 0

    def test_refused(self):
        work = []
        for name in NAMES:
            capture = self.wireshark.home / pathlib.Path(name).name
            shutil.copy(ROOT / name, capture)
            capture.chmod(0o644)
            theirs, ours, count = self.read(capture, 0)
            self.assertGreater(count, 5, name)
            step = max(1, count // TRIES)
            work += [(capture, theirs, ours, at, short) for short in (False, True) for at in range(1, count + 1, step)]
        lost = 0
        for (capture, _, _, at, short), found in side_by_side(lambda item: self.holds(*item), work):
            with self.subTest(capture.name, at=at, short=short):
                self.assertIsInstance(found, int, found)
                lost += found
        self.assertGreater(lost, 0, 'what is refused is missed')

    def holds(self, capture, theirs, ours, at, short):
        """How many verdicts are not what they are with enough memory."""
        again, of_capan, _ = self.read(capture, at, short)
        self.assertEqual(theirs, again)
        others = [(before, after) for before, after in zip(ours, of_capan) if before != after]
        self.assertFalse([pair for pair in others if pair[1][0] and set(pair[1][1].split(',')) == {'certain'}])
        return len(others)


if __name__ == '__main__':
    unittest.main()
