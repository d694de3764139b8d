#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""--sort: every column of every command, both ways, with equal rows in the order in which they came.

usage: test_sort.py --capan PROGRAM --columns FILE [unittest's arguments]
"""
import argparse
import csv
import io
import json
import pathlib
import subprocess
import sys
import unittest

PCAPS = pathlib.Path(__file__).resolve().parents[2] / 'pcaps'
ARTICLE = PCAPS / 'article' / 'baidu.pcap'
COMMANDS = ('segments', 'connections', 'exchanges', 'pages', 'findings', 'etags', 'explain')
WORDS = {'severity': ['error', 'warn', 'note', 'chat'], 'of': ['segment', 'exchange'], 'direction': ['c2s', 's2c']}
TABLES = {'explain': 'proofs'}

CAPAN = None
COLUMNS = {}


def capan(*words):
    done = subprocess.run([CAPAN, *map(str, words)], capture_output=True, timeout=120)
    return done.returncode, done.stdout, done.stderr.decode()


def rows(*words):
    status, out, err = capan(*words, '--format', 'ndjson')
    assert status == 0, (words, err)
    return [json.loads(line) for line in out.splitlines()]


def value_of(row, key):
    for part in key.split('.'):
        row = row.get(part) if isinstance(row, dict) else None
    return row


def place_of(column, value):
    """What a value is sorted by."""
    kind, tokens = column['type'], column['tokens']
    if tokens and kind != 'counts':
        return tokens.index(value[0] if isinstance(value, list) else value)
    if column['key'] in WORDS:
        return WORDS[column['key']].index(value)
    if kind == 'counts':
        return sum(value.values())
    if kind == 'object':
        return list(value)[0].encode()
    if kind in ('facts', 'quantities'):
        return len(value)
    if kind == 'integers':
        return value[0]
    return value.encode() if isinstance(value, str) else value


class Sorted(unittest.TestCase):
    maxDiff = 2000

    def expect(self, came, column, falls):
        there = [row for row in came if value_of(row, column['key']) is not None]
        absent = [row for row in came if value_of(row, column['key']) is None]
        # sorted() keeps equal ones in their order when it goes backward, too
        return sorted(there, key=lambda row: place_of(column, value_of(row, column['key'])), reverse=falls) + absent

    def test_every_column_both_ways(self):
        capture = PCAPS / 'http' / 'unchanged-resent.pcap'
        held = 0
        for command in COMMANDS:
            came = rows(command, capture)
            for column in COLUMNS[TABLES.get(command, command)]:
                if not any(value_of(row, column['key']) is not None for row in came):
                    continue
                for falls in (False, True):
                    got = rows(command, '--sort', '-' * falls + column['key'], capture)
                    self.assertEqual(got, self.expect(came, column, falls), (command, column['key'], falls))
                    held += 1
        self.assertGreater(held, 200)

    def test_by_several(self):
        came = rows('segments', ARTICLE)
        got = rows('segments', '--sort', 'stream,-len, frame', ARTICLE)
        self.assertEqual(got, sorted(came, key=lambda row: (row['stream'], -row['len'], row['frame'])))

    def test_every_format_has_the_same_order(self):
        words = ('exchanges', '--sort', '-duration', ARTICLE)
        order = [row['response_frame'] for row in rows(*words)]
        self.assertEqual([row['response_frame'] for row in json.loads(capan(*words, '--format', 'json')[1])], order)
        text = capan(*words, '--format', 'csv')[1].decode()
        self.assertEqual([int(row['response_frame']) for row in csv.DictReader(io.StringIO(text))], order)
        tabs = capan(*words, '--columns', 'response_frame')[1].decode().split()
        self.assertEqual(tabs, ['response_frame', *map(str, order)])
        lines = [line for line in capan(*words)[1].decode().splitlines() if line[:14].replace(' ', '').isdigit()]
        self.assertEqual([int(line.split()[1]) for line in lines], order)

    def test_text_names_endpoints_where_they_change(self):
        for command, stream in (('segments', 2), ('exchanges', None)):
            lines = capan(command, '--sort', '-duration' if command == 'exchanges' else '-len', ARTICLE)[1].decode().splitlines()
            self.assertIn(' verdict', lines[0])
            named = None
            for line in lines[1:]:
                if line.startswith('stream '):
                    self.assertNotEqual(line, named)
                    named = line
                elif stream is not None and line[:6].strip().isdigit():
                    self.assertEqual(named.split()[1], line.split()[stream])
            self.assertEqual(sum(' verdict ' in line for line in lines[1:]), 0)

    def test_limit_is_the_first_of_all(self):
        for column in ('frame', '-frame', 'len', '-tcp.rtt'):
            every = rows('segments', '--sort', column, ARTICLE)
            for limit in (1, 2, 7, 1000):
                self.assertEqual(rows('segments', '--sort', column, '--limit', limit, ARTICLE), every[:limit])

    def test_conditions_come_before(self):
        every = [row for row in rows('segments', '--sort', '-len', ARTICLE) if row['len'] > 100]
        self.assertEqual(rows('segments', '--sort', '-len', '--limit', 3, '--where', 'len>100', ARTICLE), every[:3])

    def test_no_row_is_still_a_document(self):
        words = ('segments', '--sort', 'frame', '--where', 'stream==999', ARTICLE)
        self.assertEqual(json.loads(capan(*words, '--format', 'json')[1]), [])
        self.assertTrue(capan(*words, '--format', 'csv')[1].startswith(b'frame,'))

    def test_memory_is_bounded_and_what_is_left_out_is_told(self):
        often = [PCAPS / 'tcp' / 'fast-and-sack.pcap'] * 200
        every = rows('segments', '--sort', '-len', *often)
        status, out, err = capan('segments', '--sort', '-len', '--memory', 1, '--format', 'ndjson', *often)
        few = [json.loads(line) for line in out.splitlines()]
        self.assertTrue(100 < len(few) < len(every) // 2, (len(few), len(every)))
        self.assertEqual([row['len'] for row in few], [row['len'] for row in every[:len(few)]])
        self.assertIn(f'--sort had room for the first {len(few)} rows', err)
        fits = capan('segments', '--sort', '-len', '--memory', 1, '--limit', 50, '--format', 'ndjson', *often)
        self.assertNotIn('--sort', fits[2])
        self.assertEqual(fits[1].splitlines(), out.splitlines()[:50])

    def test_usage(self):
        for words, named in ((('segments', '--sort', 'length'), 'length'), (('segments', '--sort', ''), 'no column'),
                             (('summary', '--sort', 'frame'), 'frame'), (('har', '--sort', 'time'), 'time'),
                             (('explain', '--sort', 'frame'), 'frame'),
                             (('findings', '--format', 'sarif', '--sort', 'count'), 'count'),
                             (('segments', '--time', 'delta', '--sort', 'len'), 'delta'),
                             (('segments', '--sort', 'len,' * 8 + 'len'), 'eight|8')):
            status, out, err = capan(*words, ARTICLE)
            self.assertEqual((status, out), (2, b''), words)
            self.assertRegex(err, named)
        self.assertIn("nearest is 'len'", capan('segments', '--sort', 'lenn', ARTICLE)[2].replace('is len', "is 'len'"))


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True)
    parser.add_argument('--columns', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = str(pathlib.Path(options.capan).resolve())
    for line in pathlib.Path(options.columns).read_text().splitlines():
        column = json.loads(line)
        if column['printed']:
            COLUMNS.setdefault(column['table'], []).append(column)
    unittest.main(argv=[sys.argv[0], *rest])
