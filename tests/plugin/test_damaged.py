# SPDX-License-Identifier: MIT
"""Captures with octets changed at random crash nothing. CAPAN_DAMAGED sets how many variants of each."""
import os
import threading
import unittest

from wireshark import READ, Wireshark, captures, side_by_side

VARIANTS = int(os.environ.get('CAPAN_DAMAGED', '1'))
LARGEST = 500_000
CHANGED = 0.02  # of the octets
OPTIONS = ('-n', '-2', '-V', '-z', 'expert')


class Damaged(unittest.TestCase):
    def test_no_crash(self):
        cases = [(path, seed) for path in captures() if path.stat().st_size < LARGEST for seed in range(1, VARIANTS + 1)]
        with Wireshark() as wireshark:
            for (path, seed), status in side_by_side(lambda case: self.read_damaged(wireshark, *case), cases):
                with self.subTest(path.name, seed=seed):
                    self.assertIn(status, READ)

    def read_damaged(self, wireshark, path, seed):
        whole = wireshark.readable(path)
        damaged = wireshark.writable() / f'damaged-{threading.get_ident()}'
        editcap = wireshark.command('editcap', '-E', CHANGED, '--seed', seed, whole, damaged, preload=False)
        if editcap.returncode:
            return editcap.stderr
        run = wireshark.command('tshark', *OPTIONS, '-r', damaged)
        damaged.unlink()
        return run.returncode if run.returncode >= 0 and b'ERROR' not in run.stderr else run.stderr


if __name__ == '__main__':
    unittest.main()
