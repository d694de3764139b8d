#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Merge: the rows of all parts are what one run over everything prints, octet for octet.

usage: test_merge.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import sensors

PCAPS = pathlib.Path(__file__).resolve().parents[2] / 'pcaps'
FORMS = {'segments': ('ndjson', 'json'), 'connections': ('ndjson',), 'exchanges': ('ndjson',), 'pages': ('ndjson', 'json'),
         'findings': ('ndjson', 'json', 'csv', 'text'), 'etags': ('ndjson', 'text'), 'summary': ('text',), 'har': ()}
CAPAN = None


def capan(*words):
    done = subprocess.run([CAPAN, *map(str, words)], capture_output=True, timeout=120)
    return done.returncode, done.stdout, done.stderr.decode()


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def split(self, files, parts, by='client'):
        status, _, error = capan('split', '--by', by, '--parts', parts, '-o', self.folder / 'parts', *files)
        self.assertEqual(status, 0, error)
        return sorted((self.folder / 'parts').glob('part-*'))

    def partial(self, command, parts):
        rows = []
        for part in parts:
            rows.append(self.folder / f'{command}-{part.stem}.rows')
            self.assertEqual(capan(command, '--format', 'partial', '-o', rows[-1], part)[0], 0)
        return rows


class Equal(Case):
    def test_two_sensors_rotated(self):
        files = sensors.write(self.folder)
        self.assertGreater(len(files), 20)
        parts = self.split(files, 7)
        for command, forms in FORMS.items():
            rows = self.partial(command, reversed(parts))
            for form in forms or [None]:
                with self.subTest(command=command, format=form):
                    words = ['--format', form] if form else []
                    one = capan(command, *words, *parts)[1]
                    status, merged, error = capan('merge', *words, *rows)
                    self.assertEqual(status, 0, error)
                    self.assertGreater(merged.count(b'\n'), 5)
                    self.assertEqual(merged, one)
            self.assertEqual(capan('merge', '--format', 'sarif', *rows)[0], 2)
        self.assertEqual(capan('merge', '--fail-on', 'warn', *self.partial('findings', parts))[0], 1)

    def test_what_is_not_read_is_told(self):
        files = [PCAPS / 'tcp' / 'timeouts.pcap', *sorted(set(PCAPS.glob('link/*.pcap')) - {PCAPS / 'link' / 'cut-short.pcap'})]
        parts = self.split(files, 4)
        one, merged = capan('summary', *parts), capan('merge', *self.partial('summary', parts))
        self.assertEqual((merged[0], merged[1]), (0, one[1]), merged[2])
        self.assertIn(b'not read', merged[1])

    def test_no_rows(self):
        parts = self.split([PCAPS / 'tcp' / 'timeouts.pcap'], 3)
        for form, none in (('ndjson', b''), ('json', b'[]\n')):
            self.assertEqual(capan('merge', '--format', form, *self.partial('pages', parts))[:2],
                             (0, capan('pages', '--format', form, *parts)[1]))


class Refused(Case):
    def setUp(self):
        super().setUp()
        self.parts = self.split([PCAPS / 'article' / 'baidu.pcap', PCAPS / 'http' / 'pages.pcap'], 3)
        self.rows = self.partial('segments', self.parts)

    def refused(self, rows, *reasons):
        status, out, error = capan('merge', *rows)
        self.assertEqual((status, out), (3, b''), error)
        for reason in reasons:
            self.assertIn(reason, error)

    def test_a_part_is_missing(self):
        self.refused(self.rows[:1] + self.rows[2:], 'part 2 of 3 is missing')
        self.refused(self.rows[:2], 'part 3 of 3 is missing')

    def test_a_part_is_cut_short(self):
        whole = self.rows[1].read_bytes()
        lines = whole.splitlines(True)
        for cut in (whole[:len(whole) // 2], b''.join(lines[:-1]), whole[:-1], b''.join(lines[:-2]), b'', lines[0]):
            self.rows[1].write_bytes(cut)
            self.refused(self.rows, self.rows[1].name)

    def test_a_row_is_missing(self):
        lines = max((rows.read_bytes().splitlines(True) for rows in self.rows), key=len)
        self.assertGreater(len(lines), 5)
        packets = lines[0].replace(b'"packets":', b'"packets":1')
        self.rows[0].write_bytes(b''.join([packets, *lines[1:]]))
        self.refused(self.rows, 'not all packets')

    def test_odd_lines(self):
        for command, letter in (('findings', b'"s"'), ('summary', b'"c"'), ('summary', b'"x"'), ('etags', b'"x"')):
            rows = self.partial(command, self.parts)
            lines = max((file.read_bytes().splitlines(True) for file in rows), key=lambda one: b"".join(one).count(letter))
            file = next(file for file in rows if file.read_bytes() == b''.join(lines))
            at = next(number for number, line in enumerate(lines) if b'"row":[' + letter in line)
            head, row = lines[at].split(b'"row":')
            members = json.loads(row[:-2])
            stream = 2 if letter == b'"s"' else 1
            for change in (members[:-1], members + [1], members[:2] + [2**32] + members[3:], ['x', *members[1:], 1],
                           members[:stream] + [2**32 - 1] + members[stream + 1:], [members[0], -1, *members[2:]]):
                odd = head + b'"row":' + json.dumps(change, separators=(',', ':')).encode() + b'}\n'
                file.write_bytes(b''.join([*lines[:at], odd, *lines[at + 1:]]))
                self.refused(rows, file.name)

    def test_others_rows(self):
        again = self.folder / 'again'
        again.mkdir()
        self.folder = again
        others = self.partial('segments', self.split([PCAPS / 'http' / 'pages.pcap'], 3))
        self.refused([*self.rows[:2], others[2]], 'another split')
        self.refused([*self.rows, self.rows[0]], 'twice')
        self.refused([*self.rows[:2], *self.partial('connections', self.parts[2:])], 'another command')

    def test_no_part(self):
        capture = PCAPS / 'article' / 'baidu.pcap'
        self.assertEqual(capan('segments', '--format', 'partial', capture)[:2], (3, b''))
        self.refused([capture], 'no rows of a part')

    def test_usage(self):
        for words in (['whatif'], ['explain'], ['findings', '--by', 'place'], ['summary', '--shared-cache'],
                      ['etags', '--redact'], ['segments', '--where', 'len>1'], ['segments', '--limit', 2],
                      ['exchanges', '--sort', 'stream'], ['connections', '--stream', 0]):
            self.assertEqual(capan(*words, '--format', 'partial', self.parts[0])[0], 2, words)
        for words in (['--limit', 2], ['--columns', 'frame'], ['--format', 'csv']):
            self.assertEqual(capan('merge', *words, *self.rows)[0], 2, words)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
