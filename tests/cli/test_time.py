#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where time went adds up: the parts of each direction of each connection, of each exchange and of each page are its
duration, to the nanosecond, and none is negative; the same for a capture whose clock goes back.

usage: test_time.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

PCAPS = pathlib.Path(__file__).resolve().parents[2] / 'pcaps'
BESIDE = ('busy', 'certainty')


def rows(command, capture):
    run = subprocess.run([CAPAN, command, '--format', 'ndjson', str(capture)], capture_output=True, timeout=120)
    return [json.loads(line) for line in run.stdout.splitlines()]


def captures():
    return sorted(path for path in PCAPS.rglob('*') if '.pcap' in path.name)


def nanoseconds(seconds):
    return round(seconds * 1e9)


def budgets(capture):
    """(what, duration, parts) of all that has parts in a capture."""
    for row in rows('connections', capture):
        for side in ('c2s', 's2c'):
            time = row[side]['time']
            yield f'{side} of stream {row["stream"]}', row['duration'], {
                part: took for part, took in time.items() if part not in BESIDE}
    for row in rows('exchanges', capture):
        if 'duration' in row:
            yield f'exchange {row["index"]}', row['duration'], row['spent']
    for row in rows('pages', capture):
        yield f'page {row["page"]}', row['duration'], row['spent']


class Time(unittest.TestCase):
    def adds_up(self, capture):
        count = 0
        for what, duration, parts in budgets(capture):
            with self.subTest(capture=str(capture), of=what):
                self.assertTrue(all(took >= 0 for took in parts.values()), parts)
                self.assertEqual(sum(map(nanoseconds, parts.values())), nanoseconds(duration), parts)
            count += 1
        return count

    def test_parts_are_the_duration(self):
        self.assertGreater(sum(self.adds_up(capture) for capture in captures()), 500)

    def test_busy_lies_within_the_duration(self):
        for capture in captures():
            for row in rows('connections', capture):
                for side in ('c2s', 's2c'):
                    with self.subTest(capture=str(capture), stream=row['stream']):
                        self.assertLessEqual(row[side]['time']['busy'], row['duration'] + 1e-9)

    def test_a_clock_that_goes_back(self):
        """The second half of a capture is a second older than the first."""
        octets = bytearray((PCAPS / 'article' / 'baidu.pcap').read_bytes())
        at, frame = 24, 0
        while at < len(octets):
            seconds, _, captured, _ = struct.unpack_from('<4I', octets, at)
            frame += 1
            if frame > 20:
                struct.pack_into('<I', octets, at, seconds - 1)
            at += 16 + captured
        with tempfile.NamedTemporaryFile(suffix='.pcap') as file:
            file.write(octets)
            file.flush()
            self.assertGreater(self.adds_up(pathlib.Path(file.name)), 4)


if __name__ == '__main__':
    PARSER = argparse.ArgumentParser()
    PARSER.add_argument('--capan', required=True)
    OPTIONS, REST = PARSER.parse_known_args()
    CAPAN = OPTIONS.capan
    unittest.main(argv=[sys.argv[0], *REST])
