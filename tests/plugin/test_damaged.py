# SPDX-License-Identifier: MIT
"""Captures with octets changed at random crash nothing. CAPAN_DAMAGED sets how many variants of each."""
import os
import unittest

from wireshark import Wireshark, captures

VARIANTS = int(os.environ.get('CAPAN_DAMAGED', '1'))
LARGEST = 500_000
CHANGED = 0.02  # of the octets
READ = ('-n', '-2', '-V', '-z', 'expert')


class Damaged(unittest.TestCase):
    def test_no_crash(self):
        with Wireshark() as wireshark:
            for path in filter(lambda path: path.stat().st_size < LARGEST, captures()):
                whole = wireshark.readable(path)
                for seed in range(1, VARIANTS + 1):
                    with self.subTest(path.name, seed=seed):
                        damaged = wireshark.home / 'config' / 'damaged'
                        self.damage(wireshark, whole, damaged, seed)
                        wireshark.tshark(*READ, '-r', damaged, status=(0, 2))

    def damage(self, wireshark, whole, damaged, seed):
        damaged.parent.mkdir(exist_ok=True)
        damaged.parent.chmod(0o777)
        run = wireshark.command('editcap', '-E', CHANGED, '--seed', seed, whole, damaged, preload=False)
        self.assertEqual(0, run.returncode, run.stderr)


if __name__ == '__main__':
    unittest.main()
