#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Memory that is refused: a line and exit status 4, or the same output as ever; never less with status 0.

usage: test_no_memory.py --capan PROGRAM --refuse LIBRARY [unittest's arguments]
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAPTURES = [ROOT / name for name in ('pcaps/http/objects.pcap', 'pcaps/http/ranges.pcap', 'pcaps/link/fragments-unfinished.pcap',
                                     'tests/plugin/captures/tls-h2.pcapng')]
COMMANDS = [['plot'], ['summary'], ['segments', '--format', 'json'], ['connections'], ['exchanges', '--format', 'csv'], ['pages'],
            ['findings', '--format', 'ndjson'], ['explain'], ['explain', '--frame', '9'], ['explain', '--format', 'json'],
            ['har'], ['objects', '-o', 'OUT'], ['report'], ['whatif'], ['etags'], ['audit', str(ROOT / 'tests/audit/texts/lab.md')], ['stitch'], ['stitch', '--frame', '9'], ['stitch', '--format', 'html'],
            ['diff', 'SAME'], ['database', 'OUT']]
TRIES = 12  # of each command over each capture: every k-th allocation, from another first one each time
SHORT = 4096  # octets: where memory is short, smaller blocks are left

OPTIONS = None


def counts_of(database):
    """The rows of each table: digests are other ones in each run."""
    asked = sqlite3.connect(database)
    tables = [name for name, in asked.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    counts = [(name, *asked.execute(f'SELECT count(*) FROM {name}').fetchone()) for name in tables]
    asked.close()
    return counts


class Outcome:
    def __init__(self, words, capture, at, short):
        environment = dict(os.environ, LD_PRELOAD=OPTIONS.refuse, REFUSE_AT=str(at))
        if short:
            environment['REFUSE_ON'] = str(SHORT)
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / 'out'
            words = [{'OUT': str(out), 'SAME': capture}.get(word, word) for word in words]
            done = subprocess.run([OPTIONS.capan, *words, capture], capture_output=True, env=environment, timeout=60)
            files = sorted(path for path in out.rglob('*') if path.is_file())
            self.written = [done.stdout, *((path.name, path.read_bytes()) for path in files)]
            if out.is_file():
                self.written.append(counts_of(out))
        self.status, self.err = done.returncode, done.stderr.decode()


class Refused(unittest.TestCase):
    def holds(self, capture, number, short):
        for words in COMMANDS:
            whole = Outcome(words, capture, 0, False)
            count = int(re.search(r'allocations (\d+)', whole.err)[1])
            step = max(1, count // TRIES)
            number += 1
            for at in range(1 + number % step, count + 1, step):
                tried = Outcome(words, capture, at, short)
                told = tried.status == 4 and re.search(r'(?m)^capan: [^\n]+\n\Z', tried.err)
                same = (tried.status, tried.written) == (whole.status, whole.written)
                self.assertTrue(told or same, (words, capture.name, at, tried.status, tried.err))

    def over_captures(self, short):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for done in [pool.submit(self.holds, capture, 5 * number, short) for number, capture in enumerate(CAPTURES)]:
                done.result()

    def test_one(self):
        self.over_captures(False)

    def test_all_that_are_large(self):
        self.over_captures(True)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--capan', required=True)
    parser.add_argument('--refuse', required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
