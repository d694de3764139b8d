#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is printed does not depend on the number of threads: every command in every format, octet for octet.

usage: test_threads.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import gzip
import itertools
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PCAPS = ROOT / 'pcaps'
ARTICLE = PCAPS / 'article' / 'baidu.pcap'
ROWS = ('segments', 'connections', 'exchanges', 'pages', 'findings', 'whatif', 'etags')
COMMANDS = ([(command, '--format', form) for command in ROWS for form in ('text', 'csv', 'json', 'ndjson')] +
            [('summary',), ('explain',), ('explain', '--format', 'ndjson'), ('har',), ('report',)])
THREADS = ('1', '2', '7')
SOON = 20  # seconds

CAPAN = None


def captures():
    return sorted(path for path in PCAPS.rglob('*') if path.suffix in ('.pcap', '.pcapng', '.gz'))


def capan(threads, *words, **more):
    done = subprocess.run([CAPAN, *map(str, words), '--threads', threads], capture_output=True, timeout=120, **more)
    return done.returncode, done.stdout, done.stderr


class Threads(unittest.TestCase):
    def same(self, *words, **more):
        first = capan(THREADS[0], *words, **more)
        for threads in THREADS[1:]:
            self.assertEqual(capan(threads, *words, **more), first, (threads, words))
        return first

    def test_every_command_in_every_format(self):
        for number, capture in enumerate(captures()):
            for command in COMMANDS[number % 11::11]:  # each capture some of them: that is enough of both
                self.same(*command, capture)

    def test_all_captures_as_one(self):
        for command in COMMANDS:
            status, out, err = self.same(*command, *captures())
            self.assertEqual(status, 3, err)  # one is cut short on purpose

    def test_compressed_input_and_pipes(self):
        packed = gzip.compress(ARTICLE.read_bytes())
        whole = capan('1', 'segments', ARTICLE)
        self.assertEqual(self.same('segments', '-', input=packed), whole)
        self.assertEqual(self.same('segments', '-', input=packed[:-200])[0], 3)

    def test_objects(self):
        with tempfile.TemporaryDirectory() as folder:
            found = []
            for threads in THREADS:
                out = pathlib.Path(folder) / threads
                self.assertEqual(capan(threads, 'objects', '-q', '-o', out, ARTICLE)[0], 0)
                found.append({path.name: path.read_bytes() for path in out.iterdir()})
            self.assertTrue(found[0] and found[0] == found[1] == found[2])

    def test_an_audit(self):
        with tempfile.TemporaryDirectory() as folder:
            text = pathlib.Path(folder) / 'told.txt'
            text.write_bytes(capan('1', 'summary', ARTICLE)[1])
            self.assertTrue(self.same('audit', text, ARTICLE)[1])

    def test_databases(self):
        with tempfile.TemporaryDirectory() as folder:
            told = set()
            for threads in THREADS:
                out = pathlib.Path(folder) / (threads + '.sqlite')
                self.assertEqual(capan(threads, 'database', out, ARTICLE)[0], 0)
                told.add(tuple(capan('1', 'sql', '--format', 'csv', out, 'SELECT * FROM ' + table)
                               for table in ('segments', 'exchanges', 'connections', 'pages')))
            self.assertEqual(len(told), 1)
            self.assertTrue(all(status == 0 and out for status, out, _ in told.pop()))

    def test_a_filter_and_secrets(self):
        tls = ROOT / 'tests' / 'plugin' / 'captures' / 'tls-h2.pcapng'
        self.assertIn(b'"h2_stream"', self.same('exchanges', '--format', 'ndjson', tls)[1])
        self.same('segments', ARTICLE, 'port 80')

    def test_fragments_are_put_together(self):
        self.same('segments', '--format', 'csv', *sorted((PCAPS / 'link').glob('*.pcap')))

    def test_a_signal_ends_a_read_that_waits(self):
        for number, threads in itertools.product((signal.SIGINT, signal.SIGTERM), THREADS):
            child = subprocess.Popen([CAPAN, 'segments', '--threads', threads, '-'], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            child.stdin.write(ARTICLE.read_bytes()[:5000])
            child.stdin.flush()
            shown = select.select([child.stdout], [], [], SOON)[0]
            self.assertTrue(shown and os.read(child.stdout.fileno(), 1 << 16), 'what came is shown before more is waited for')
            child.send_signal(number)
            self.assertEqual(child.wait(SOON), 128 + number)
            for stream in (child.stdin, child.stdout, child.stderr):
                stream.close()

    def test_a_reader_that_leaves(self):
        child = subprocess.Popen([CAPAN, 'segments', '--threads', '2', '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        child.stdout.close()
        self.addCleanup(child.stdin.close)
        child.stdin.write(ARTICLE.read_bytes())
        child.stdin.flush()
        end = time.monotonic() + SOON
        while child.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual(child.poll(), -signal.SIGPIPE)

    def test_a_profile_changes_nothing(self):
        status, out, err = capan('7', 'exchanges', '--profile', ARTICLE)
        self.assertEqual((status, out), capan('1', 'exchanges', ARTICLE)[:2])
        lines = [line.split() for line in err.decode().splitlines()]
        self.assertEqual([line[0] for line in lines], ['read', 'decode', 'tcp', 'http', 'judge', 'rows'])
        self.assertAlmostEqual(sum(float(line[3]) for line in lines), 100, delta=0.6)
        self.assertTrue(all(int(line[1]) > 0 for line in lines))

    def test_numbers_of_threads(self):
        for wrong in ('-1', 'many', '100000'):
            self.assertEqual(capan(wrong, 'summary', ARTICLE)[0], 2)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
