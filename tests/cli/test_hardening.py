#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What stands between a hostile capture and the machine: the binaries' flags, and what the program still may while it reads.

usage: test_hardening.py --capan PROGRAM [--attempts LIBRARY] [--plugin LIBRARY] [unittest's arguments]
"""
import argparse
import ctypes
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import unittest

ARTICLE = pathlib.Path(__file__).resolve().parents[2] / 'pcaps' / 'article' / 'baidu.pcap'
ENDBR64 = b'\xf3\x0f\x1e\xfa'  # where an indirect branch may land (Intel SDM 3C, 17.3)

OPTIONS = None


def landlock_version():
    return ctypes.CDLL(None).syscall(444, None, 0, 1)


def readelf(*words):
    return subprocess.run(['readelf', '-W', *map(str, words)], capture_output=True, text=True, check=True).stdout


class Binaries(unittest.TestCase):
    def hardened(self, file):
        headers = readelf('-h', '-l', '-d', file)
        self.assertRegex(headers, r'Type: +DYN')
        self.assertRegex(headers, r'GNU_RELRO')
        self.assertRegex(headers, r'BIND_NOW')
        self.assertRegex(headers, r'GNU_STACK.* RW ')
        called = set(re.findall(r'UND (\w+)', readelf('--dyn-syms', file)))
        self.assertIn('__stack_chk_fail', called)
        self.assertTrue({'__memcpy_chk', '__snprintf_chk', '__vsnprintf_chk'} & called)
        if 'X86-64' in headers:
            self.assertGreater(pathlib.Path(file).read_bytes().count(ENDBR64), 100)
        return headers

    def test_program(self):
        self.assertRegex(self.hardened(OPTIONS.capan), r'Flags:.*\bPIE\b')

    def test_plugin(self):
        if not OPTIONS.plugin:
            self.skipTest('there is no plugin')
        self.hardened(OPTIONS.plugin)


@unittest.skipUnless('--attempts' in sys.argv, 'nothing to try with')
class Sandbox(unittest.TestCase):
    NOTHING = {'inside': 'ok', 'elsewhere': 'EACCES', 'folder': 'ENOSYS', 'remove': 'EACCES', 'network': 'ENOSYS', 'program': 'ENOSYS'}

    def setUp(self):
        if landlock_version() < 2:
            self.skipTest('this kernel has no Landlock')
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        (self.root / 'out').mkdir()
        (self.root / 'victim').touch()

    def attempts(self, *words):
        """{what the program tried: how it ended}."""
        paths = {'INSIDE': self.root / 'out' / 'inside', 'ELSEWHERE': self.root / 'elsewhere',
                 'FOLDER': self.root / 'folder', 'VICTIM': self.root / 'victim'}
        environment = dict(os.environ, LD_PRELOAD=OPTIONS.attempts, **{f'ATTEMPTS_{name}': str(path) for name, path in paths.items()})
        done = subprocess.run([OPTIONS.capan, *map(str, words)], capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        return dict(line.split('=') for line in done.stderr.splitlines() if '=' in line)

    def test_rows_write_nowhere(self):
        for command in ('exchanges', 'summary', 'explain', 'har', 'report'):
            self.assertEqual(self.attempts(command, ARTICLE), dict(self.NOTHING, inside='EACCES'), command)
        self.assertEqual(sorted(path.name for path in self.root.iterdir()), ['out', 'victim'])

    def test_objects_write_to_their_folder_alone(self):
        self.assertEqual(self.attempts('objects', '-o', self.root / 'out', ARTICLE), self.NOTHING)
        self.assertEqual(sorted(path.name for path in self.root.iterdir()), ['out', 'victim'])
        self.assertIn('favicon.ico', os.listdir(self.root / 'out'))

    def test_a_filter_may_ask_for_names(self):
        self.assertEqual(self.attempts('exchanges', ARTICLE, 'port 80'), dict(self.NOTHING, inside='EACCES', network='ok'))

    def test_it_can_be_left_out(self):
        self.assertEqual(set(self.attempts('exchanges', '--no-sandbox', ARTICLE).values()), {'ok'})
        self.assertFalse((self.root / 'victim').exists())


@unittest.skipUnless(os.geteuid() == 0, 'for root alone')
class Root(unittest.TestCase):
    def test_is_told_where_it_keeps_its_rights(self):
        done = subprocess.run([OPTIONS.capan, '-q', '--no-sandbox', ARTICLE], capture_output=True, text=True)
        self.assertRegex(done.stderr, r'\Acapan: root [^\n]+\n\Z')
        self.assertEqual(done.returncode, 0)

    def test_is_told_at_a_terminal(self):
        ours, theirs = pty.openpty()
        subprocess.run([OPTIONS.capan, '-q', ARTICLE], stderr=theirs, check=True)
        os.close(theirs)
        self.assertIn(b'capan: root ', os.read(ours, 1000))
        os.close(ours)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--capan', required=True)
    parser.add_argument('--attempts')
    parser.add_argument('--plugin')
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
