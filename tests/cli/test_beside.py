#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files beside captures that anybody may have written: key logs, baselines, proofs, databases. However large or odd,
they take no more memory than --memory has, and what is not kept is told.

usage: test_beside.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAPTURE = ROOT / 'pcaps/http/unchanged-resent.pcap'
LARGE = 128 << 20  # octets; sparse, so that they take no room
CAPAN = None


class Ran:
    def __init__(self, *words):
        process = subprocess.Popen([CAPAN, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        with process.stderr:
            self.err = process.stderr.read().decode(errors='replace')
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.mb = usage.ru_maxrss / 1024


class Beside(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = pathlib.Path(self.folder.name) / 'file'

    def write_line_without_end(self):
        with self.file.open('wb') as file:
            file.truncate(LARGE)

    def small(self, ran):
        """In memory: less than a tenth of the file beyond what runs without it take. Of sanitizers' own nothing is said."""
        if b'__asan_init' not in pathlib.Path(CAPAN).read_bytes():
            self.assertLess(ran.mb, 48)
        return ran

    def test_a_line_without_end_is_not_kept(self):
        self.write_line_without_end()
        for words, status, said in ((('exchanges', '--keylog', self.file, CAPTURE), 0, 'no TLS secrets in it'),
                                    (('prove', self.file, CAPTURE), 3, 'row 1 is no proof'),
                                    (('findings', '--by', 'place', '--baseline', self.file, CAPTURE), 2,
                                     'row 1 has no fingerprint')):
            with self.subTest(words=words[0]):
                ran = self.small(Ran(*words))
                self.assertEqual(status, ran.status, ran.err)
                self.assertIn(said, ran.err)

    def test_secrets_are_kept_within_memory(self):
        self.file.write_text(''.join(f'CLIENT_RANDOM {number:064x} {number:096x}\n' for number in range(2000)))
        self.assertIn('given up: TLS secrets', Ran('exchanges', '--memory', 1, '--keylog', self.file, CAPTURE).err)
        self.assertNotIn('given up', Ran('exchanges', '--memory', 16, '--keylog', self.file, CAPTURE).err)

    def test_a_baseline_is_kept_within_memory(self):
        rows = ''.join(f'{{"fingerprint":"{number:016x}"}}\n' for number in range(2000))
        self.file.write_text(rows)
        words = 'findings', '--by', 'place', '--baseline', self.file, CAPTURE
        self.assertIn('given up: more rows', Ran(*words, '--memory', 1).err)
        self.assertNotIn('given up', Ran(*words).err)

    def test_the_last_line_may_lack_its_end(self):
        self.file.write_text('CLIENT_RANDOM ' + '1' * 64 + ' ' + '2' * 96)
        self.assertNotIn('no TLS secrets', Ran('exchanges', '--keylog', self.file, CAPTURE).err)

    def test_a_folder_is_told(self):
        for words, status in ((('exchanges', '--keylog'), 2), (('findings', '--by', 'place', '--baseline'), 2),
                              (('prove',), 3)):
            with self.subTest(words=words):
                ran = Ran(*words, self.folder.name, CAPTURE)
                self.assertEqual(status, ran.status)
                self.assertRegex(ran.err, r'directory')

    def test_an_answer_that_wants_too_much(self):
        if Ran('database', self.file, CAPTURE).status == 3:
            self.skipTest('built without SQLite')
        wants = "SELECT count(*) FROM (SELECT hex(randomblob(90)) AS x FROM generate ORDER BY x)"
        generate = 'WITH RECURSIVE generate(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM generate WHERE n < 400000) '
        ran = Ran('sql', '--memory', 8, self.file, generate + wants)
        self.assertEqual((4, 'capan: out of memory\n'), (ran.status, ran.err))
        self.small(ran)
        self.assertEqual(0, Ran('sql', self.file, generate + wants).status)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
