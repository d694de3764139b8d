#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Memory that is refused: a line and exit status 4, or the same output as ever; never less with status 0.

A sample of the allocations of every command over every capture, without --all; with it, all whose number is below
WINDOW, and so many more, ever farther apart.

usage: test_no_memory.py --capan PROGRAM --refuse LIBRARY [--all] [unittest's arguments]
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
AUDITED = ROOT / 'tests/audit/texts/lab.md'
CAPTURES = [ROOT / name for name in (
    'pcaps/http/objects.pcap', 'pcaps/http/ranges.pcap', 'pcaps/link/fragments-unfinished.pcap',
    'tests/plugin/captures/tls-h2.pcapng', 'pcaps/tcp/fast-and-sack.pcap', 'pcaps/http/pages.pcap',
    'pcaps/http/h2-streams.pcap', 'pcaps/http/tunnels.pcap', 'pcaps/http/h2-upgrade.pcap', 'pcaps/http/midstream.pcap',
    'pcaps/http/shared-cache.pcap', 'pcaps/http/wrong-answers.pcap', 'pcaps/link/gzipped.pcap.gz',
    'pcaps/link/icmp-quote.pcap', 'pcaps/link/two-interfaces.pcapng', 'pcaps/link/cut-short.pcap',
    'pcaps/link/vxlan-fragments.pcap', 'pcaps/tcp/port-reuse.pcap', 'pcaps/tcp/timeouts.pcap',
    'pcaps/tcp/conflict.pcap')]
# What stands for a file: CAPTURE, OUT (a file or folder that is to be written), and what the capture gave: its PROOFS,
# its findings by place (KNOWN), its DATABASE, and the FINDING of one of its first rows.
COMMANDS = [line.split() for line in f'''
summary CAPTURE
summary --color always --time utc CAPTURE
segments --format json CAPTURE
segments --where tcp.kind~ack --columns frame,tcp.kind --sort -frame CAPTURE
connections CAPTURE
connections --format csv --threads 2 CAPTURE
exchanges --format csv CAPTURE
exchanges --redact --format ndjson --limit 3 CAPTURE
pages CAPTURE
findings --format ndjson CAPTURE
findings --by place --format sarif CAPTURE
findings --by place --baseline KNOWN --format junit CAPTURE
explain CAPTURE
explain --frame 9 CAPTURE
explain --format json CAPTURE
har CAPTURE
objects -o OUT CAPTURE
plot --stream 0 CAPTURE
plot --stream 0 --format xplot --direction s2c CAPTURE
report CAPTURE
whatif CAPTURE
whatif --by change CAPTURE
etags CAPTURE
prove PROOFS CAPTURE
audit {AUDITED} CAPTURE
diff CAPTURE CAPTURE
stitch CAPTURE CAPTURE
stitch --frame 9 CAPTURE CAPTURE
stitch --format html CAPTURE CAPTURE
reduce --finding FINDING CAPTURE OUT
split --parts 3 --key key -o OUT CAPTURE
database OUT CAPTURE
sql DATABASE
sql DATABASE slow-exchanges
help tcp.kind
summary CAPTURE tcp
'''.strip().splitlines()]
TRIES = 2  # of each command over each capture
WINDOW, FACTOR = 100, 1.1  # with --all
SHORT = 4096  # octets: where memory is short, smaller blocks are left

OPTIONS = None


def counts_of(database):
    """The rows of each table: digests are other ones in each run."""
    asked = sqlite3.connect(database)
    tables = [name for name, in asked.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    counts = [(name, *asked.execute(f'SELECT count(*) FROM {name}').fetchone()) for name in tables]
    asked.close()
    return counts


def kinds_of(octets):
    """Of the blocks of a pcapng file."""
    kinds = []
    while octets:
        kind, length = struct.unpack_from('<II', octets)
        kinds.append(kind)
        octets = octets[max(length, 12):]
    return kinds


def content_of(path):
    """What has to be the same in each run: names and values are others where they are drawn by lot."""
    octets = path.read_bytes()
    if octets.startswith(b'SQLite format 3'):
        return counts_of(path)
    if octets.startswith(b'\n\r\r\n'):
        return kinds_of(octets)
    return len(octets) if path.name == 'split.json' else octets


class Material:
    """What a capture gave, for commands that read that."""

    def __init__(self, capture, folder):
        self.files = {'CAPTURE': str(capture), **{name: str(folder / name) for name in ('PROOFS', 'KNOWN', 'DATABASE')}}
        self.make('explain', '--format', 'ndjson', '-o', 'PROOFS', 'CAPTURE')
        self.make('findings', '--by', 'place', '--format', 'ndjson', '-o', 'KNOWN', 'CAPTURE')
        self.make('database', 'DATABASE', 'CAPTURE')
        rows = self.make('findings', '--format', 'ndjson', 'CAPTURE').splitlines()
        self.files['FINDING'] = json.loads(rows[0])['token'] if rows else 'syn'

    def make(self, *words):
        return subprocess.run([OPTIONS.capan, *self.put_in(words)], capture_output=True, timeout=60).stdout

    def put_in(self, words, **more):
        return [{**self.files, **more}.get(word, word) for word in words]


class Outcome:
    def __init__(self, words, material, at, short):
        environment = dict(os.environ, LD_PRELOAD=OPTIONS.refuse, REFUSE_AT=str(at))
        if short:
            environment['REFUSE_ON'] = str(SHORT)
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / 'out'
            words = material.put_in(words, OUT=str(out))
            done = subprocess.run([OPTIONS.capan, *words], capture_output=True, env=environment, timeout=60)
            files = sorted(path for path in out.rglob('*') if path.is_file()) if out.is_dir() else [out]
            printed = len(done.stdout) if '--redact' in words else done.stdout
            self.written = [printed, *((path.name, content_of(path)) for path in files if path.exists())]
        self.status, self.err = done.returncode, done.stderr.decode()


def numbers(count, first):
    """Of the allocations that are refused."""
    if not OPTIONS.all:
        step = max(1, count // TRIES)
        return list(range(1 + first % step, count + 1, step))
    chosen, at = list(range(1, min(WINDOW, count + 1))), WINDOW + first % 10
    while at <= count:
        chosen.append(at)
        at = int(at * FACTOR) + 1
    return chosen


class Refused(unittest.TestCase):
    def holds(self, capture, number, short):
        wrong = []
        with tempfile.TemporaryDirectory() as folder:
            material = Material(capture, pathlib.Path(folder))
            for words in COMMANDS:
                whole = Outcome(words, material, 0, False)
                count = int(re.search(r'allocations (\d+)', whole.err)[1])
                number += 1
                for at in numbers(count, number):
                    tried = Outcome(words, material, at, short)
                    told = tried.status == 4 and re.search(r'(?m)^capan: [^\n]+\n\Z', tried.err)
                    same = (tried.status, tried.written) == (whole.status, whole.written)
                    if not (told or same):
                        wrong.append((' '.join(words), capture.name, at, tried.status, tried.err))
        return wrong

    def over_captures(self, captures, short):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            tasks = [pool.submit(self.holds, capture, 5 * number, short) for number, capture in enumerate(captures)]
            wrong = [each for task in tasks for each in task.result()]
        self.assertEqual([], wrong, '\n'.join(map(str, wrong)))

    def test_one(self):
        self.over_captures(CAPTURES, False)

    def test_all_that_are_large(self):
        self.over_captures(CAPTURES if OPTIONS.all else CAPTURES[1::4], True)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--capan', required=True)
    parser.add_argument('--refuse', required=True)
    parser.add_argument('--all', action='store_true')
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
