# SPDX-License-Identifier: MIT
"""Captures with octets changed at random crash nothing and leak nothing. CAPAN_DAMAGED sets how many variants of each;
"cmake --build build-asan --target damaged" reads ten thousand."""
import gzip
import os
import re
import sys
import threading
import unittest

from wireshark import READ, Wireshark, captures, side_by_side

VARIANTS = int(os.environ.get('CAPAN_DAMAGED', '1'))
BATCH = 20  # variants of a capture, one behind the other in one file
BATCH_OCTETS = 1_000_000  # of which tshark -V makes forty times as many
LARGEST = 500_000
RATES = (0.02, 0.002)  # of the octets, in turn: the first spares few headers, the second most
OPTIONS = ('-n', '-2', '-V', '-z', 'expert', '-z', 'capan,json', '-z', 'capan_tcp,tree', '-z', 'capan_http,tree')
PLAIN = OPTIONS[:5]  # what tshark has without the plugin
# Each of Wireshark's allocations is one of malloc's. Its own leaks do not count: no exit status for them.
WATCH = {'WIRESHARK_DEBUG_WMEM_OVERRIDE': 'simple', 'G_DEBUG': 'resident-modules', 'ASAN_OPTIONS': 'detect_leaks=1:exitcode=0'}


def leaked(run):
    found = re.search(rb'SUMMARY: AddressSanitizer: (\d+) byte\(s\) leaked', run.stderr)
    return int(found.group(1)) if found else 0


def crashed(run):
    return run.returncode not in READ or b'ERROR: AddressSanitizer' in run.stderr or b'runtime error:' in run.stderr


def link_of(path):
    """editcap does not know the link of a pcapng whose secrets stand before its interface; ours are of Ethernet."""
    return ('-T', 'ether') if b'CLIENT_' in path.read_bytes()[:4096] else ()


def unpacked(path):
    return len(gzip.decompress(path.read_bytes())) if path.suffix == '.gz' else path.stat().st_size


def batches(path):
    """(path, seeds) for each run of tshark."""
    size = max(1, min(BATCH, BATCH_OCTETS // unpacked(path)))
    seeds = range(1, VARIANTS + 1)
    return [(path, seeds[at:at + size]) for at in range(0, VARIANTS, size)]


class Damaged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.wireshark, cls.without = Wireshark(), Wireshark(plugin=False)
        cls.addClassCleanup(cls.wireshark.folder.cleanup)
        cls.addClassCleanup(cls.without.folder.cleanup)
        whole = cls.without.readable(next(captures()))
        cls.leaks_anyway = leaked(cls.without.command('tshark', *PLAIN, '-r', whole, watch=WATCH))

    def test_no_crash(self):
        work = [batch for path in captures() if path.stat().st_size < LARGEST for batch in batches(path)]
        for (path, seeds), trouble in side_by_side(lambda batch: self.trouble(*batch), work):
            with self.subTest(path.name, seeds=seeds):
                self.assertEqual('', trouble)
        print(f'{sum(len(seeds) for _, seeds in work)} variants', file=sys.stderr)

    def trouble(self, path, seeds):
        """'' or what happened, by single variants where these show it."""
        found = self.read_damaged(path, seeds)
        if not found or len(seeds) == 1:
            return found
        single = {seed: self.read_damaged(path, [seed]) for seed in seeds}
        return '\n'.join(f'seed {seed}: {text}' for seed, text in single.items() if text) or found

    def read_damaged(self, path, seeds):
        damaged = self.damage(self.wireshark, path, seeds)
        run = self.wireshark.command('tshark', *OPTIONS, '-r', damaged, watch=WATCH)
        if not crashed(run) and leaked(run) <= self.leaks_anyway:
            return ''
        damaged = self.damage(self.without, path, seeds)
        plain = self.without.command('tshark', *PLAIN, '-r', damaged, watch=WATCH)
        if crashed(plain):
            print(f'tshark itself crashes: {path.name}, seeds {seeds}', file=sys.stderr)
            return ''
        if not crashed(run) and leaked(run) <= leaked(plain):
            return ''
        return f'{run.returncode} {run.stderr.decode(errors="replace")}'

    def damage(self, wireshark, path, seeds):
        """A file of the variants."""
        whole = wireshark.readable(path)
        batch = wireshark.writable() / f'batch-{threading.get_ident()}'
        variants = [wireshark.writable() / f'variant-{threading.get_ident()}-{seed}' for seed in seeds]
        for seed, variant in zip(seeds, variants):
            self.make(wireshark, 'editcap', *link_of(path), '-E', RATES[seed % len(RATES)], '--seed', seed, whole, variant)
        self.make(wireshark, 'mergecap', '-a', '-w', batch, *variants)
        for variant in variants:
            variant.unlink()
        return batch

    def make(self, wireshark, *words):
        run = wireshark.command(*words, preload=False)
        self.assertEqual(0, run.returncode, run.stderr)


if __name__ == '__main__':
    unittest.main()
