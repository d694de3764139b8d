#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Databases: each row held against the program's JSON, captures added, what is refused, what is answered.

usage: test_database.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import collections
import csv
import io
import json
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/generators'))
import packets  # noqa: E402

CAPTURES = sorted([*ROOT.glob('pcaps/http/*.pcap'), *ROOT.glob('pcaps/tcp/*.pcap'), *ROOT.glob('pcaps/article/*.pcap')])
RESENT, SACK = ROOT / 'pcaps/http/unchanged-resent.pcap', ROOT / 'pcaps/tcp/fast-and-sack.pcap'
TABLES = ('segments', 'connections', 'exchanges', 'pages', 'findings')
SCHEMA = 2
OPTIONS = None


def capan(*words, stdin=None):
    done = subprocess.run([OPTIONS.capan, *map(str, words)], capture_output=True, input=stdin, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def flat(value, key=''):
    """{"tcp": {"kind": ..}} as tcp.kind; lists, and what is counted by token, stay whole."""
    for name, inner in value.items():
        name = key + name
        if isinstance(inner, dict) and name not in ('outcomes',) and not name.endswith('_fields'):
            yield from flat(inner, name + '.')
        else:
            yield name, inner


def rows_of(table, capture):
    out = capan(table, '--format', 'ndjson', capture)[1]
    return [dict(flat(json.loads(line))) for line in out.splitlines()]


def as_cell(value, unit):
    """A value of JSON as the database has it."""
    if isinstance(value, (list, dict)):
        return json.dumps(value, separators=(',', ':'))
    return round(value * 10 ** 9) if unit == 'ns' else value


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / 'a.sqlite'

    def write(self, *captures, threads=1):
        for capture in captures:
            status, out, err = capan('database', '--threads', threads, self.path, capture)
            self.assertIn(status, (0, 3), err)
            self.assertEqual(out, '')

    def content(self):
        """All that is about the capture, without its name."""
        found = {'captures': self.ask('SELECT first_ns, last_ns, frames, octets, link FROM captures')}
        for table in (*TABLES, 'fields'):
            found[table] = sorted(map(repr, self.ask(f'SELECT * FROM {table}')))
        return found

    def ask(self, sql, *values):
        database = sqlite3.connect(self.path)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()


class Parts(Case):
    def setUp(self):
        super().setUp()
        captures = [ROOT / 'pcaps/http/pages.pcap', ROOT / 'pcaps/http/not-modified.pcap', SACK]
        self.assertEqual(capan('split', '--parts', 5, '-o', self.folder / 'parts', *captures)[0], 0)
        self.parts = sorted((self.folder / 'parts').glob('part-*'))
        self.assertEqual(capan('database', self.path, *captures)[0], 0)

    def test_all_at_once_are_the_capture(self):
        one, self.path = self.content(), self.folder / 'parts.sqlite'
        self.assertEqual(capan('database', self.path, *self.parts), (0, '', ''))
        self.assertEqual(self.content(), one)

    def test_one_alone_is_told(self):
        self.assertIn('of 5 parts: as a capture of its own', capan('database', self.path, self.parts[1])[2])


class Rows(Case):
    def columns_of(self, table):
        return [(name, key, unit) for name, key, unit in
                self.ask('SELECT column_name, key, unit FROM columns WHERE table_name = ?', table)]

    def holds(self, table, capture, number):
        columns = self.columns_of(table)
        names = ', '.join(name for name, _, _ in columns)
        stored = self.ask(f'SELECT {names} FROM {table} WHERE capture = ? ORDER BY rowid', number)
        told = rows_of(table, capture)
        self.assertEqual(len(stored), len(told), (table, capture))
        for cells, row in zip(stored, told):
            for cell, (_, key, unit) in zip(cells, columns):
                if key == 'response_digest':
                    continue  # another one in each run
                told_cell = as_cell(row[key], unit) if key in row else None
                if unit == 'ns' and told_cell is not None:  # a number of JSON has not the digits of one since 1970
                    self.assertIsNotNone(cell, (table, key, capture))
                    self.assertAlmostEqual(cell, told_cell, delta=500)
                elif told_cell is None:
                    self.assertIn(cell, (None, 0), (table, key, capture))
                else:
                    self.assertEqual(cell, told_cell, (table, key, capture))

    def test_are_those_of_the_program(self):
        chosen = CAPTURES[::3]
        self.write(*chosen[::2], threads=3)
        self.write(*chosen[1::2])
        for number, capture in enumerate([*chosen[::2], *chosen[1::2]], 1):
            for table in TABLES:
                self.holds(table, capture, number)
        self.assertEqual(self.ask('PRAGMA integrity_check'), [('ok',)])

    def test_have_all_columns(self):
        self.write(RESENT)
        for table in TABLES:
            heading = capan(table, '--format', 'csv', RESENT)[1].split('\n')[0].split(',')
            keys = {key for _, key, _ in self.columns_of(table)}
            self.assertEqual(keys, {key for key in heading if not key.endswith('_fields')})
            there = {row[1] for row in self.ask(f'PRAGMA table_info({table})')}
            self.assertEqual(there, {'capture', *(name for name, _, _ in self.columns_of(table))})

    def test_fields(self):
        self.write(RESENT)
        for row in rows_of('exchanges', RESENT):
            for part in ('request', 'response'):
                stored = dict(self.ask('SELECT name, value FROM fields WHERE exchange = ? AND part = ?', row['index'], part))
                self.assertEqual(stored, row.get(part + '_fields', {}))

    def test_tokens_are_explained(self):
        self.write(*CAPTURES[::5])
        met = {('segments', 'tcp_kind'), ('exchanges', 'http_outcome'), ('connections', 'connection_close')}
        for table, column in met:
            for token, in self.ask(f'SELECT DISTINCT {column} FROM {table}'):
                self.assertTrue(self.ask('SELECT 1 FROM tokens WHERE table_name = ? AND column_name = ? AND token = ?',
                                         table, column, token), token)
        self.assertEqual(self.ask("SELECT severity, section, again FROM tokens WHERE token = 'unchanged-resent'"
                                  " AND table_name = 'exchanges'"),
                         [('warn', 'RFC 9110 13.1.2, RFC 9110 13.1.3', 0)])
        self.assertIn(('retransmit-rto',), self.ask('SELECT token FROM tokens WHERE again'))

    def test_any_octets(self):
        """A target that is no UTF-8."""
        capture = packets.Capture(1767225600)
        client, server = (packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2))
        flow = packets.Flow(capture, client, server, (40000, 80))
        flow.handshake()
        flow.exchange(b'GET /\xe9 HTTP/1.1\r\nHost: h\r\n\r\n', b'HTTP/1.0 204 No Content\r\n\r\n')
        (self.folder / 'odd.pcap').write_bytes(capture.octets())
        self.write(self.folder / 'odd.pcap')
        self.assertEqual({target for target, in self.ask('SELECT target FROM exchanges')}, {'/\u00e9'})


class Captures(Case):
    def test_are_added(self):
        self.write(RESENT, SACK, RESENT)
        self.assertEqual(self.ask('SELECT id, file, frames, version, partial FROM captures'),
                         [(1, str(RESENT), 25, '0.1.0', None), (2, str(SACK), 28, '0.1.0', None), (3, str(RESENT), 25, '0.1.0', None)])
        counts = self.ask('SELECT capture, count(*), min(frame) FROM segments GROUP BY 1')
        self.assertEqual(counts, [(1, 25, 1), (2, 28, 1), (3, 25, 1)])
        self.assertEqual(self.ask('SELECT last_ns - first_ns FROM captures WHERE id = 2'), [(183780000,)])

    def test_cut_short_is_told(self):
        (self.folder / 'cut.pcap').write_bytes(SACK.read_bytes()[:-7])
        self.assertEqual(capan('database', self.path, self.folder / 'cut.pcap')[0], 3)
        (partial,), = self.ask('SELECT partial FROM captures')
        self.assertTrue(partial)
        self.assertEqual(self.ask('SELECT count(*) FROM segments'), [(27,)])

    def test_filtered(self):
        self.assertEqual(capan('database', self.path, '--stream', '1', *CAPTURES[:4])[0], 0)
        self.assertEqual(self.ask('SELECT DISTINCT stream FROM segments'), [(1,)])
        self.assertEqual(self.ask('SELECT stream FROM connections'), [(1,)])

    def test_nothing_is_left_of_what_failed(self):
        self.write(RESENT)
        before = self.path.read_bytes()
        for words in (('database', self.path, self.folder / 'none.pcap'), ('database', self.path, ROOT / 'README.md'),
                      ('database', self.path, self.path)):
            status, _, err = capan(*words)
            self.assertIn(status, (2, 3), err)
            self.assertRegex(err, r'^capan: [^\n]+\n\Z')
        self.assertEqual(capan('database', self.folder / 'b.sqlite', ROOT / 'README.md')[0], 3)
        self.assertEqual(self.path.read_bytes(), before)
        self.assertEqual([path.name for path in self.folder.iterdir()], ['a.sqlite'])

    def test_a_run_that_is_killed_adds_nothing(self):
        self.write(RESENT)
        for path in (self.path, self.folder / 'b.sqlite'):
            with subprocess.Popen([OPTIONS.capan, 'database', path, '-'], stdin=subprocess.PIPE) as run:
                run.stdin.write(SACK.read_bytes())
                run.stdin.flush()
                time.sleep(0.3)
                run.send_signal(signal.SIGKILL)
        self.write(SACK)
        self.assertEqual(self.ask('SELECT file FROM captures'), [(str(RESENT),), (str(SACK),)])
        self.assertEqual(self.ask('PRAGMA integrity_check'), [('ok',)])
        self.assertFalse((self.folder / 'b.sqlite').exists())
        self.assertEqual(capan('database', self.folder / 'b.sqlite', SACK)[0], 0)

    def test_an_interrupted_one_is_whole(self):
        with subprocess.Popen([OPTIONS.capan, 'database', self.path, '-'], stdin=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as run:
            run.stdin.write(SACK.read_bytes())
            run.stdin.flush()
            time.sleep(0.5)
            run.send_signal(signal.SIGINT)
            self.assertEqual(run.wait(20), 130)
        self.assertEqual(self.ask('SELECT partial FROM captures'), [('interrupted by a signal',)])
        self.assertEqual(self.ask('SELECT count(*) FROM segments'), [(28,)])


class Refused(Case):
    def refuses(self, words, why):
        status, out, err = capan(*words)
        self.assertEqual(out, '')
        self.assertIn(status, (2, 4), err)
        self.assertRegex(err, r'^capan: [^\n]*%s[^\n]*\n\Z' % why)

    def test_other_schemas(self):
        self.write(RESENT)
        for version, why in ((SCHEMA - 1, 'an older capan wrote it'), (SCHEMA + 1, 'a newer capan wrote it')):
            database = sqlite3.connect(self.path)
            database.execute(f'PRAGMA user_version = {version}')
            database.close()
            self.refuses(('database', self.path, RESENT), why)
            self.refuses(('sql', self.path, 'closed_first'), why)

    def test_other_files(self):
        sqlite3.connect(self.path).execute('CREATE TABLE a(b)').connection.close()
        self.refuses(('database', self.path, RESENT), 'none that capan wrote')
        self.path.write_text('no database at all' * 100)
        self.refuses(('database', self.path, RESENT), 'not a database')
        self.refuses(('sql', self.path), 'not a database')
        self.refuses(('sql', self.folder / 'none', 'captures'), 'unable to open')
        self.refuses(('database', self.folder / 'none' / 'a', RESENT), 'No such file')
        self.refuses(('database', self.folder / 'b'), 'which FILE')

    def test_what_writes(self):
        self.write(RESENT)
        before = self.path.read_bytes()
        for sql in ('DELETE FROM segments', 'DROP TABLE segments', "ATTACH 'other' AS other",
                    'SELECT 1; DELETE FROM segments', 'BEGIN', 'SELECT nothing', '  ', f"VACUUM INTO '{self.folder}/c'",
                    'SELECT writefile(1, 2)', "SELECT load_extension('x')", 'segment s'):
            status, out, err = capan('sql', self.path, sql)
            self.assertEqual((status, out), (2, ''), (sql, err))
            self.assertRegex(err, r'^capan: [^\n]+\n\Z')
        self.assertEqual(self.path.read_bytes(), before)
        self.assertEqual([path.name for path in self.folder.iterdir()], ['a.sqlite'])


class Answers(Case):
    def setUp(self):
        super().setUp()
        self.write(*CAPTURES[::2], RESENT)

    def test_all_questions(self):
        names = [row['name'] for row in json.loads(capan('sql', self.path, '--format', 'json')[1])]
        self.assertGreaterEqual(len(names), 10)
        for name in names:
            status, out, err = capan('sql', '--format', 'json', self.path, name.replace('_', '-'))
            self.assertEqual((status, err), (0, ''), name)
            self.assertTrue(json.loads(out), name)

    def test_formats(self):
        sql = 'SELECT 1 AS a, 2.5 AS b, NULL AS c, \'=x"\' AS d UNION ALL SELECT -3, 9e999, \'\u00e9\', \'\''
        self.assertEqual(capan('sql', '--format', 'csv', self.path, sql)[1],
                         'a,b,c,d\n1,2.5,,"\'=x"""\n-3,Inf,\u00e9,\n')
        self.assertEqual(json.loads(capan('sql', '--format', 'json', self.path, sql)[1]),
                         [{'a': 1, 'b': 2.5, 'c': None, 'd': '=x"'}, {'a': -3, 'b': None, 'c': '\u00e9', 'd': ''}])
        self.assertEqual(capan('sql', self.path, sql)[1], 'a   b    c  d\n 1  2.5     =x"\n-3  Inf  \u00e9  \n')
        self.assertEqual(capan('sql', '--limit', '1', '--format', 'ndjson', self.path, sql)[1].count('\n'), 1)

    def exchanges(self):
        return [row for capture in (*CAPTURES[::2], RESENT) for row in rows_of('exchanges', capture)]

    def test_views_say_what_rows_say(self):
        """Four of them, counted again from the program's rows."""
        wasted = collections.Counter()
        for row in self.exchanges():
            wasted[row.get('authority')] += row.get('http.wasted', 0)
        answer = json.loads(capan('sql', '--format', 'json', self.path, 'wasted-by-host')[1])
        self.assertEqual({row['host']: row['wasted'] for row in answer}, {host: sum for host, sum in wasted.items() if sum})
        due = [row for row in self.exchanges() if row['http.outcome'] == 'unchanged-resent']
        self.assertEqual(len(json.loads(capan('sql', '--format', 'json', self.path, 'due-304')[1])), len(due))
        longest = max(row.get('duration', 0) for row in self.exchanges())
        slowest = json.loads(capan('sql', '--format', 'json', '--limit', '1', self.path, 'slow-exchanges')[1])[0]
        self.assertAlmostEqual(slowest['ms'], longest * 1000, places=2)
        violations = collections.Counter(token for row in self.exchanges() for token in row.get('http.violation', ()))
        told = collections.Counter()
        for row in json.loads(capan('sql', '--format', 'json', self.path, 'violations')[1]):
            told[row['violation']] += row['exchanges']
        self.assertEqual(told, violations)

    def test_questions_of_the_readme(self):
        text = (ROOT / 'README.md').read_text(encoding='utf-8')
        asked = [part.split('\n', 1)[1] for part in re.search(r'```sql\n(.*?)```', text, re.S)[1].split('-- ')[1:]]
        self.assertEqual(len(asked), 5)
        answers = []
        for sql in asked:
            status, out, err = capan('sql', '--format', 'csv', self.path, sql)
            self.assertEqual((status, err), (0, ''), sql)
            answers.append(list(csv.reader(io.StringIO(out)))[1:])
        rows = {table: [row for capture in (*CAPTURES[::2], RESENT) for row in rows_of(table, capture)]
                for table in ('connections', 'segments', 'exchanges')}
        closes = collections.Counter(row['connection.close'] for row in rows['connections'])
        self.assertEqual({token: int(count) for token, count in answers[0]}, closes)
        wasted = collections.Counter()
        for row in rows['exchanges']:
            wasted[row.get('authority', ''), row.get('target', '')] += row.get('http.wasted', 0)
        self.assertEqual({(host, target): int(sum) for host, target, sum in answers[1]}, +wasted)
        kinds = collections.Counter(row['tcp.kind'] for row in rows['segments'])
        self.assertIn('retransmit-rto', {kind for kind, _, _ in answers[2]})
        for kind, count, _ in answers[2]:
            self.assertEqual(int(count), kinds[kind])
        said = sum('cache-control' in row.get('response_fields', {}) for row in rows['exchanges'])
        self.assertEqual(sum(int(count) for _, _, count in answers[3]), said)
        self.assertEqual(len(answers[4]), sum(len(row.get('http.violation', ())) for row in rows['exchanges']))


if __name__ == '__main__':
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--capan', required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
