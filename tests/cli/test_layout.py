#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How results look where they go: width and colours of a terminal, and the clock that moments are told by.

usage: test_layout.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import csv
import datetime
import io
import fcntl
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import termios
import unittest

PCAPS = pathlib.Path(__file__).resolve().parents[2] / 'pcaps'
ARTICLE = PCAPS / 'article' / 'baidu.pcap'
RESENT = PCAPS / 'http' / 'unchanged-resent.pcap'
ESCAPE = re.compile(r'\x1b\[[0-9;]*m')
USUAL = 100  # columns where there is no terminal
CLOCKS = ('relative', 'utc', 'local', 'epoch', 'delta')

CAPAN = None


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if name not in ('NO_COLOR', 'COLUMNS', 'TZ')}
    return {**kept, 'LC_ALL': 'C.UTF-8', **more}


def capan(*words, **variables):
    done = subprocess.run([CAPAN, *map(str, words)], capture_output=True, text=True, timeout=60,
                          env=environment(**variables))
    return done.returncode, done.stdout, done.stderr


def on_terminal(columns, *words, **variables):
    """What a terminal so wide gets."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    child = subprocess.Popen([CAPAN, *map(str, words)], stdout=its, stderr=subprocess.DEVNULL,
                             env=environment(**variables))
    os.close(its)
    octets = b''
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        octets += part
    child.wait(60)
    os.close(ours)
    return octets.decode().replace('\r\n', '\n')


def sentences(text):
    """Lines that are broken at the width: what stands far from the left, and is neither a table nor a list of words."""
    return [line for line in ESCAPE.sub('', text).splitlines()
            if re.match(r' {4,8}[A-Za-z(]', line) and not re.match(' *(violates|advice)', line)]


class Width(unittest.TestCase):
    def widest(self, text):
        return max(map(len, sentences(text)))

    def test_as_wide_as_the_terminal(self):
        for command in ('summary', 'exchanges', 'findings'):
            for columns in (60, 80, 132):
                self.assertLessEqual(self.widest(on_terminal(columns, command, RESENT)), columns, (command, columns))
        self.assertGreater(self.widest(on_terminal(132, 'exchanges', RESENT)), USUAL)

    def test_columns_goes_before(self):
        self.assertLessEqual(self.widest(on_terminal(132, 'exchanges', RESENT, COLUMNS='70')), 70)
        self.assertGreater(self.widest(on_terminal(70, 'exchanges', RESENT, COLUMNS='not a number')), 60)

    def test_a_pipe_is_as_ever(self):
        usual = capan('exchanges', RESENT)[1]
        self.assertEqual(capan('exchanges', RESENT, COLUMNS='60')[1], usual)
        self.assertTrue(USUAL - 15 < self.widest(usual) <= USUAL)

    def test_nothing_is_lost(self):
        def words(text):
            return ESCAPE.sub('', text).split()
        self.assertEqual(words(on_terminal(60, 'exchanges', RESENT)), words(capan('exchanges', RESENT)[1]))

    def test_terminals_that_say_nothing_or_nonsense(self):
        for columns in (0, 1, 65535):
            self.assertIn('unchanged-resent', on_terminal(columns, 'summary', RESENT))


class Colours(unittest.TestCase):
    def test_terminals_alone(self):
        self.assertRegex(on_terminal(80, 'findings', RESENT), ESCAPE)
        self.assertNotRegex(capan('findings', RESENT)[1], ESCAPE)
        self.assertNotRegex(on_terminal(80, 'findings', RESENT, NO_COLOR='1'), ESCAPE)
        self.assertRegex(on_terminal(80, 'findings', RESENT, NO_COLOR=''), ESCAPE)  # no-color.org: not when it is empty
        self.assertRegex(on_terminal(80, 'findings', '--color', 'always', RESENT, NO_COLOR='1'), ESCAPE)
        self.assertNotRegex(on_terminal(80, 'findings', '--color', 'never', RESENT), ESCAPE)


class Clocks(unittest.TestCase):
    def column(self, clock, command='segments', **variables):
        chosen = ('--time', clock) if clock else ()
        text = capan(command, '--format', 'csv', *chosen, RESENT, **variables)[1]
        return [row['time'] for row in csv.DictReader(io.StringIO(text))]

    def times(self, command='segments'):
        text = capan(command, '--format', 'ndjson', RESENT)[1]
        return [json.loads(line, parse_float=str)['time'] for line in text.splitlines()]

    def test_csv(self):
        for command in ('segments', 'exchanges', 'connections'):
            epoch = self.times(command)
            ns = [int(time.replace('.', '')) for time in epoch]
            self.assertEqual(self.column(None, command), epoch)
            self.assertEqual(self.column('epoch', command), epoch)
            utc = self.column('utc', command)
            for text, at in zip(utc, ns, strict=True):
                self.assertRegex(text, r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$')
                moment = datetime.datetime.fromisoformat(text[:-4] + '+00:00')
                self.assertEqual(round(moment.timestamp() * 1e6), at // 1000)
            steps = [int(text.replace('.', '')) for text in self.column('delta', command)]
            self.assertEqual(steps, [0] + [b - a for a, b in zip(ns, ns[1:])])

    def test_local_zones(self):
        utc = self.column('utc')
        for zone, ahead in (('Asia/Kolkata', '+05:30'), ('America/St_Johns', '-03:30'), ('UTC', '+00:00')):
            local = self.column('local', TZ=zone)
            self.assertTrue(all(text.endswith(ahead) for text in local), (zone, local[:2]))
            for there, here in zip(local, utc, strict=True):
                self.assertEqual(datetime.datetime.fromisoformat(there[:26] + ahead),
                                 datetime.datetime.fromisoformat(here[:26] + '+00:00'))

    def test_text_stays_in_its_columns(self):
        for command, behind in (('segments', ' st '), ('exchanges', ' took ')):
            for clock in CLOCKS:
                lines = capan(command, '--time', clock, RESENT, TZ='Asia/Kolkata')[1].splitlines()
                end = lines[0].index('time') + len('time')
                rows = [line for line in lines if re.match(r' *\d+ +(\d+ +)?[\d-]+[.T]?\d', line) and ' HTTP' not in line]
                self.assertGreater(len(rows), 2)
                for row in rows:
                    self.assertTrue(row[end - 1].isdigit() or row[end - 1] == 'Z', (clock, row))
                    self.assertEqual(row[end], ' ', (clock, row))

    def test_everything_for_people_tells_it(self):
        date = r' *\b2009-07-14T06:00:\d\d\.\d{6}Z'
        for words in (['segments'], ['connections'], ['exchanges'], ['pages'], ['explain'], ['explain', '--frame', 8],
                      ['report'], ['summary']):
            self.assertRegex(capan(*words, '--time', 'utc', ARTICLE)[1], date, words)
        self.assertRegex(capan('--time', 'local', RESENT, TZ='Asia/Kolkata')[1], r'TCP from 2026-01-01T05:30:00\.0+\+05:30')

    def test_relative_is_what_text_says_anyway(self):
        for command in ('segments', 'exchanges', 'summary', 'explain'):
            self.assertEqual(capan(command, '--time', 'relative', RESENT), capan(command, RESENT))

    def test_numbers_stay_numbers(self):
        for words in (['segments', '--format', 'json'], ['exchanges', '--format', 'ndjson'], ['har'], ['plot']):
            status, out, err = capan(*words, '--time', 'utc', RESENT)
            self.assertEqual((status, out), (2, ''))
            self.assertIn('utc', err)
        self.assertEqual(capan('--time', 'soon', RESENT)[0], 2)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = str(pathlib.Path(options.capan).resolve())
    unittest.main(argv=[sys.argv[0], *rest])
