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

    def test_a_small_screen_shows_the_verdicts(self):
        listed = re.findall(r'^\t"([^"]+)", "([^"]+)"', (PROFILE / 'preferences').read_text(), re.M)
        self.assertLessEqual({'Verdict', 'Precondition', 'Outcome', 'Saved', 'Wasted', 'Why'}, {name for name, _ in listed})
        widths = re.search(r'^column.width: (.*)$', (PROFILE / 'recent').read_text(), re.M)[1].split(', ')
        width_of = dict(zip(widths[::2], map(int, widths[1::2])))
        shown = [re.sub(r':0:R$', '', what) for name, what in listed if name != 'Info']
        self.assertLessEqual(sum(width_of[what] for what in shown), 1366 - 16)  # the scroll bar's
        self.assertEqual(listed[-1][0], 'Info')

    def test_why_and_precondition(self):
        self.capture = self.wireshark.readable(ROOT / 'pcaps/http/unchanged-resent.pcap')
        answer = self.run_with_profile('-Y', 'frame.number == 14')
        self.assertRegex(answer, r'\bvalidate-etag\b.*\bunchanged-resent\b.*its validator shows that the client')

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
