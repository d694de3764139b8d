#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Split: nothing is lost, and what belongs together stays together.

usage: test_split.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unittest

PCAPS = pathlib.Path(__file__).resolve().parents[2] / 'pcaps'
CAPTURES = sorted(PCAPS.glob('*/*.pcap*'))
BY_CHANCE = re.compile(rb'"response_digest":"[0-9a-f]*"')  # equal within one run alone
CUT = ('cut-short',)
FLAGS_AT = 28 + 10  # of the first section

CAPAN = None


def capan(*words):
    done = subprocess.run([CAPAN, *map(str, words)], capture_output=True, timeout=120)
    return done.returncode, done.stdout, done.stderr.decode()


def told(command, files):
    return BY_CHANCE.sub(b'', capan(command, '--format', 'ndjson', *files)[1])


def rows(command, *files):
    return [json.loads(line) for line in told(command, files).splitlines()]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def split(self, name, *words, status=0):
        done, _, told_of = capan('split', '-o', self.folder / name, *words)
        self.assertEqual(done, status, told_of)
        return sorted((self.folder / name).glob('part-*'))


class Whole(Case):
    """All parts read as one capture are the capture: same frames, same order, same verdicts."""

    def held_against(self, name, by, captures, commands):
        cut = 3 if any(capture.stem in CUT for capture in captures) else 0
        parts = self.split(name, '--by', by, '--parts', '5', *captures, status=cut)
        for command in commands:
            with self.subTest(captures=name, by=by, command=command):
                self.assertEqual(told(command, parts), told(command, captures))

    def test_every_capture(self):
        """One command of each, in turn."""
        commands = ('segments', 'connections', 'exchanges', 'findings')
        for number, capture in enumerate(one for one in CAPTURES if one.parent.name != 'link'):
            by = ('client', 'connection')[number % 2]
            self.held_against(f'{capture.parent.name}-{capture.name}', by, [capture], [commands[number // 2 % 4]])

    def test_every_link_type(self):
        """Many files a run: what they are about is the octets before the segments."""
        links = [capture for capture in CAPTURES if capture.parent.name == 'link']
        for at in range(0, len(links), 20):
            for by in ('client', 'connection'):
                self.held_against(f'{at}-{by}', by, links[at:at + 20], ('segments', 'connections', 'exchanges', 'findings'))

    def test_several_files(self):
        files = sorted(PCAPS.glob('http/*.pcap'))
        parts = self.split('parts', '--parts', '7', *files)
        self.assertEqual(told('segments', parts), told('segments', files))
        self.assertEqual(told('exchanges', reversed(parts)), told('exchanges', files))

    def test_manifest(self):
        parts = self.split('parts', '--parts', '3', PCAPS / 'article' / 'baidu.pcap')
        manifest = json.loads((self.folder / 'parts' / 'split.json').read_text())
        self.assertEqual([part['file'] for part in manifest['parts']], [part.name for part in parts])
        self.assertEqual(sum(part['packets'] for part in manifest['parts']), manifest['frames'])
        self.assertEqual(manifest['by'], 'client')


class Together(Case):
    def part_of(self, parts, key):
        where = {}
        for number, part in enumerate(parts):
            for row in rows('connections', part):
                where.setdefault(key(row), set()).add(number)
        return where

    def test_a_client_is_in_one_part(self):
        files = sorted(PCAPS.glob('[ht]*/*.pcap'))
        parts = self.split('parts', '--parts', '9', *files)
        where = self.part_of(parts, lambda row: row['client'].rsplit(':', 1)[0])
        self.assertGreater(len(where), 4)
        self.assertEqual({client: at for client, at in where.items() if len(at) > 1}, {})
        self.assertGreater(len({next(iter(at)) for at in where.values()}), 1)

    def test_a_connection_is_in_one_part(self):
        parts = self.split('parts', '--by', 'connection', '--parts', '9', *sorted(PCAPS.glob('[ht]*/*.pcap')))
        where = self.part_of(parts, lambda row: (row['client'], row['server']))
        self.assertEqual({ends: at for ends, at in where.items() if len(at) > 1}, {})

    def test_many_connections_are_all_kept(self):
        """A flood: each SYN is another client's; while there is room for more, none makes room for another."""
        head, records = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 228), []
        for number in range(60000):
            records.append(struct.pack('<IIII', 1767225600, number, 40, 40) +
                           struct.pack('>BBHIBBHI4s', 0x45, 0, 40, 0, 64, 6, 0, 0x0a000000 + number, b'\xc0\0\2\x50') +
                           struct.pack('>HHIIBBHI', 1024 + number, 80, number, 0, 0x50, 2, 64240, 0))
        capture = self.folder / 'flood.pcap'
        capture.write_bytes(head + b''.join(records))
        done, _, told_of = capan('split', '--key', 'a', '--parts', '2', '-o', self.folder / 'parts', capture)
        self.assertEqual((done, told_of), (0, ''))

    def test_frames_are_the_captures(self):
        capture = PCAPS / 'http' / 'pages.pcap'
        known = {row['frame']: row for row in rows('segments', capture)}
        for part in self.split('parts', '--by', 'connection', '--parts', '4', capture):
            for row in rows('segments', part):
                for key in ('time', 'relative_time', 'seq', 'explain'):
                    self.assertEqual(row.get(key), known[row['frame']].get(key))

    def test_equal_keys_are_equal_parts(self):
        first, second = PCAPS / 'http' / 'pages.pcap', PCAPS / 'http' / 'variants.pcap'
        for key in ('', 'one', 'another', 'third'):
            at = []
            for capture in (first, second):
                parts = self.split(f'{key}-{capture.stem}', '--key', key, '--parts', '50', capture)
                at.append(self.part_of(parts, lambda row: row['client'].rsplit(':', 1)[0]))
            for client in at[0].keys() & at[1].keys():
                self.assertEqual(at[0][client], at[1][client])

    def test_fragments_go_with_their_connection(self):
        for name in ('fragments', 'fragments-overlap'):
            capture = PCAPS / 'link' / f'{name}.pcap'
            parts = self.split(name, '--by', 'connection', '--parts', '40', capture)
            self.assertEqual(b''.join(told('connections', [part]) for part in parts).count(b'\n'),
                             len(rows('connections', capture)))
            self.assertEqual(sum(len(rows('segments', part)) for part in parts), len(rows('segments', capture)))


class Secrets(Case):
    def test_go_into_every_part(self):
        keylog = self.folder / 'keys'
        line = 'CLIENT_RANDOM ' + '00' * 32 + ' ' + '11' * 48 + '\n'
        keylog.write_text(line * 12000)
        for part in self.split('parts', '--keylog', keylog, '--parts', '3', PCAPS / 'article' / 'baidu.pcap'):
            octets, at, text = part.read_bytes(), 0, b''
            while at < len(octets):
                kind, length = struct.unpack_from('<II', octets, at)
                if kind == 10:
                    size = struct.unpack_from('<I', octets, at + 12)[0]
                    text += octets[at + 16:at + 16 + size]
                at += length
            self.assertEqual(text.decode(), keylog.read_text())


class Unfinished(Case):
    def test_is_refused(self):
        part = self.split('parts', '--parts', '1', PCAPS / 'article' / 'baidu.pcap')[0]
        octets = bytearray(part.read_bytes())
        self.assertEqual(octets[FLAGS_AT], 1)
        octets[FLAGS_AT] = 0
        part.write_bytes(octets)
        status, out, error = capan('segments', part)
        self.assertEqual((status, out), (3, b''))
        self.assertIn('did not come to its end', error)

    def test_nothing_is_written_over(self):
        capture = PCAPS / 'article' / 'baidu.pcap'
        self.split('parts', '--parts', '2', capture)
        self.split('parts', '--parts', '2', capture, status=2)

    def test_usage(self):
        capture = PCAPS / 'article' / 'baidu.pcap'
        for words in (['split', capture], ['split', '--parts', '0', capture], ['split', '--parts', '1001', capture],
                      ['split', '--parts', '2', '--by', 'host', capture], ['segments', '--parts', '2', capture],
                      ['segments', '--key', 'x', capture]):
            self.assertEqual(capan(*words)[0], 2, words)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
