# SPDX-License-Identifier: MIT
"""Switched off, the plugin shows nothing and costs nothing."""
import os
import re
import shutil
import unittest

from wireshark import ROOT, Wireshark

ARTICLE = ROOT / 'pcaps/article/baidu.pcap'
OFF = (('-o', 'capan.enabled:FALSE'), ('--disable-protocol', 'capan'))
MAY_COST = 1.01
TIMES = 20  # the article, one behind the other: analysing it once costs less than starting tshark varies


def many(wireshark):
    capture = wireshark.writable() / 'many'
    wireshark.command('mergecap', '-a', '-w', capture, *[wireshark.readable(ARTICLE)] * TIMES, preload=False)
    return capture


def instructions(wireshark, capture, *options):
    run = wireshark.command('valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', 'tshark', '-n', '-r', capture, *options,
                            preload=False)
    return int(re.search(rb'Collected : (\d+)', run.stderr).group(1))


class Off(unittest.TestCase):
    def test_same_output(self):
        with Wireshark() as with_plugin, Wireshark(plugin=False) as without:
            expected = without.tshark('-r', without.readable(ARTICLE), '-V')
            for options in OFF:
                with self.subTest(options):
                    self.assertEqual(expected, with_plugin.tshark('-r', with_plugin.readable(ARTICLE), '-V', *options))

    @unittest.skipUnless(shutil.which('valgrind'), 'no valgrind')
    @unittest.skipIf(os.environ.get('CAPAN_PRELOAD'), 'valgrind cannot load what the sanitizers made')
    def test_no_cost(self):
        with Wireshark() as wireshark:
            capture = many(wireshark)
            cost = [instructions(wireshark, capture, *options) for options in (('-o', 'capan.enabled:TRUE'), *OFF)]
            self.assertLess(max(cost[1:]), cost[0])
        with Wireshark(plugin=False) as without:
            self.assertLess(max(cost[1:]) / instructions(without, many(without)), MAY_COST)


if __name__ == '__main__':
    unittest.main()
