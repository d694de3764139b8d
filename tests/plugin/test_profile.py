# SPDX-License-Identifier: MIT
"""The profile "capan" is taken by Wireshark as it is: columns, colour rules, filters and buttons."""
import re
import shutil
import unittest

from wireshark import ROOT, Wireshark

PROFILE = ROOT / 'plugin/profile'
ARTICLE = ROOT / 'pcaps/article/baidu.pcap'


class Profile(unittest.TestCase):
    def setUp(self):
        self.wireshark = Wireshark()
        self.addCleanup(self.wireshark.folder.cleanup)
        profiles = self.wireshark.home / 'config/wireshark/profiles'
        shutil.copytree(PROFILE, profiles / 'capan')
        self.capture = self.wireshark.readable(ARTICLE)

    def run_with_profile(self, *words):
        run = self.wireshark.command('tshark', '-C', 'capan', '-2', '-r', self.capture, *words)
        self.assertEqual((0, b''), (run.returncode, run.stderr))
        return run.stdout.decode()

    def test_columns(self):
        first, *_, last = self.run_with_profile().splitlines()
        self.assertRegex(first, r'SYN-SENT .*\bsyn\b')
        self.assertRegex(last, r'TIME-WAIT|CLOSED')
        self.assertRegex(self.run_with_profile('-Y', 'capan.http.outcome'), r'\bfirst-fetch\b')

    def test_colours(self):
        rules = self.run_with_profile('--color', '-T', 'fields', '-e', 'frame.coloring_rule.name').splitlines()
        self.assertEqual('capan: opening and closing', rules[0])
        self.assertIn('capan: exchange complete', rules)

    def test_filters(self):
        filters = re.findall(r'^"[^"]*" (.+)$', (PROFILE / 'dfilters').read_text(), re.M)
        filters += [text.replace(r'\x22', '"') for text in re.findall(r'^"TRUE","[^"]*","([^"]*)"', (PROFILE / 'dfilter_buttons').read_text(), re.M)]
        filters += re.findall(r'^@[^@]*@([^@]*)@', (PROFILE / 'colorfilters').read_text(), re.M)
        self.assertGreater(len(filters), 20)
        for text in filters:
            with self.subTest(text):
                self.wireshark.tshark('-r', self.capture, '-Y', text)


if __name__ == '__main__':
    unittest.main()
