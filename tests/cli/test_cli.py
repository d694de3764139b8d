#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What users and scripts rely on: exit statuses, formats that agree, streams, filters, words for people.

usage: test_cli.py --capan PROGRAM [--schema FILE] [--update] [unittest's arguments]

Texts for people are held against expected/TOPIC--NAME--COMMAND.txt; --update writes them anew, to be read before they
are committed. A new one begins as an empty file.
"""
import argparse
import collections
import csv
import fcntl
import gzip
import hashlib
import html.parser
import io
import json
import os
import pathlib
import pty
import random
import re
import resource
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PCAPS = HERE.parents[1] / 'pcaps'
EXPECTED = HERE / 'expected'
ARTICLE = PCAPS / 'article' / 'baidu.pcap'
RESENT = PCAPS / 'http' / 'unchanged-resent.pcap'
FAST_AND_SACK = PCAPS / 'tcp' / 'fast-and-sack.pcap'
ROWS = ('segments', 'connections', 'exchanges', 'pages', 'findings')

sys.path.insert(0, str(HERE.parent / 'generators'))
import packets  # noqa: E402

CAPAN = None
SCHEMA = None
UPDATE = False


def capan(*words, stdin=None, **more):
    """(exit status, standard output, standard error)."""
    environment = {name: value for name, value in os.environ.items() if name != 'NO_COLOR'}
    environment.update(LC_ALL='C', G_DEBUG='fatal-warnings')
    more.setdefault('env', environment)
    done = subprocess.run([CAPAN, *map(str, words)], input=stdin, capture_output=True, timeout=120, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def ndjson(*words, **more):
    status, out, err = capan(*words, '--format', 'ndjson', **more)
    assert status in (0, 3), (words, status, err)
    return [json.loads(line) for line in out.splitlines()]


def each(command):
    """The command's rows of all captures, each read by itself."""
    return [row for capture in captures() for row in ndjson(command, capture)]



def captures():
    return sorted(PCAPS.rglob('*.pcap'))


def flatten(row, prefix=''):
    """{'tcp': {'kind': 'syn'}} -> {'tcp.kind': 'syn'}; the objects of fields and of counts stay whole."""
    flat = {}
    for key, value in row.items():
        if isinstance(value, dict) and not key.endswith('_fields') and key != 'outcomes':
            flat.update(flatten(value, f'{prefix}{key}.'))
        else:
            flat[prefix + key] = value
    return flat


def field_cell(cell):
    """'etag: "a" | vary: x' -> {'etag': '"a"', 'vary': 'x'}, as NDJSON joins the lines."""
    joined = {}
    for line in cell.split(' | '):
        name, value = line.split(': ', 1)
        joined[name] = f'{joined[name]}, {value}' if name in joined else value
    return joined


def as_cell(value):
    """The CSV text of a JSON value whose numbers were kept as text."""
    if value is True:
        return 'true'
    if isinstance(value, list):
        return ' '.join(map(str, value))
    if isinstance(value, dict):
        return ' '.join(f'{token}={count}' for token, count in value.items())
    return re.sub(r'[\0-\x1f\x7f]', lambda octet: f'\\x{ord(octet[0]):02x}', value)


class ExitStatuses(unittest.TestCase):
    def one_line(self, err):
        self.assertRegex(err, r'\Acapan: [^\n]+\n\Z')

    def test_fine(self):
        for command in ((), ('summary',), *((row,) for row in ROWS)):
            status, out, err = capan(*command, ARTICLE)
            self.assertEqual((status, err), (0, ''), command)
            self.assertTrue(out)

    def test_findings(self):
        for command in ('summary', *ROWS):
            self.assertEqual(capan(command, '--fail-on', 'warn', RESENT)[0], 1, command)
            self.assertEqual(capan(command, '--fail-on', 'error', ARTICLE)[0], 0, command)
        self.assertEqual(capan('--fail-on=note', '--quiet', RESENT), (1, '', ''))

    def test_usage(self):
        for words in ((), ('segments',), ('--no-such-option', ARTICLE), ('segments', '--format', 'xml', ARTICLE),
                      ('--fail-on', 'loud', ARTICLE), ('--color', 'blue', ARTICLE), ('--format', 'csv', ARTICLE),
                      ('segments', ARTICLE, 'port banana'), ('segments', '-f', 'port banana', ARTICLE),
                      ('segments', '-f', 'tcp', ARTICLE, 'port 80'), ('segments', '--memory', '-1', ARTICLE),
                      ('segments', '--stream', '-3', ARTICLE), ('segments', '--frame', '0', ARTICLE),
                      ('--where', 'len>1', ARTICLE), ('--stream', '1', ARTICLE), ('findings', '--frame', '1', ARTICLE),
                      ('report', '--format', 'json', ARTICLE),
                      ('explain', '--where', 'of==exchange', ARTICLE),
                      ('har', '--format', 'csv', ARTICLE)):
            status, out, err = capan(*words)
            self.assertEqual((status, out), (2, ''), words)
            self.one_line(err)

    def test_conditions_that_no_row_can_fulfil(self):
        """The line says what is wrong, and a mark stands under it."""
        for command, condition, words, marked in (
                ('segments', 'tcp.kind==synn', "nearest is 'syn'", 'synn'),
                ('segments', 'tcp.flags!=nonsense', 'no word of tcp.flags', 'nonsense'),
                ('segments', 'len>abc', 'a number', 'abc'), ('segments', 'len==', 'nothing to compare', ''),
                ('segments', 'len>0 and tcp.knd', "nearest is 'tcp.kind'", 'tcp.knd'),
                ('segments', 'len=5', 'no comparison', '=5'), ('segments', 'len contains 5', 'a number', '5'),
                ('segments', 'direction==both', 'no word of direction', 'both'), ('segments', 'len>1 &&', 'missing', ''),
                ('segments', 'len>1 | stream==1', 'neither', '|'), ('segments', 'tcp.kind>fin', 'no < and no >', 'fin'),
                ('segments', 'source=="RFC', 'does not end', '"RFC'), ('segments', 'source=="RFC" len', 'neither', 'len'),
                ('segments', '(len', 'not closed', '('), ('segments', 'len)', 'neither', ')'),
                ('segments', 'tcp.kind in syn', 'a set', 'syn'), ('segments', 'tcp.kind in {syn, fim}', "nearest is 'fin'", 'fim'),
                ('segments', 'source matches "("', "'matches'", '('),
                ('segments', '(' * 65 + 'len', 'nested more than 64', '(len'),
                ('segments', ' && '.join(['len'] * 200), 'more than 256', None),
                ('exchanges', 'http.outcome==noresponse', "nearest is 'no-response'", 'noresponse')):
            status, out, err = capan(command, '--where', condition, ARTICLE)
            self.assertEqual((status, out), (2, ''), condition)
            line, shown, mark = err.splitlines()
            self.assertRegex(line, r'\Acapan: --where: ')
            self.assertIn(words, line)
            if marked is not None:
                self.assertEqual(shown[mark.index('^'):mark.rindex('^') + 1], marked, err)

    def test_conditions(self):
        """Each condition against the same one said in Python, over every row."""
        rows = [json.loads(line) for line in capan('segments', '--format', 'ndjson', ARTICLE)[1].splitlines()]
        for condition, holds in (
                ('tcp.kind==syn && len==0', lambda row: row['tcp']['kind'] == 'syn' and row['len'] == 0),
                ('not tcp.kind eq syn', lambda row: row['tcp']['kind'] != 'syn'),
                ('len>0 and not (frame<9 or frame gt 20)', lambda row: row['len'] > 0 and 9 <= row['frame'] <= 20),
                ('len > 0 or frame<9 and !len', lambda row: row['len'] > 0),
                ('frame<3||frame>38', lambda row: row['frame'] < 3 or row['frame'] > 38),
                ('capan.tcp.kind in {syn, syn-ack fin}', lambda row: row['tcp']['kind'] in ('syn', 'syn-ack', 'fin')),
                ('frame in {3, 5..9}', lambda row: row['frame'] in (3, 5, 6, 7, 8, 9)),
                ('tcp.kind contains ack', lambda row: 'ack' in row['tcp']['kind']),
                ('tcp.kind matches "^SYN"', lambda row: row['tcp']['kind'].startswith('syn')),
                ("tcp.kind~'ack$'", lambda row: row['tcp']['kind'].endswith('ack')),
                ('tcp.flags contains push or tcp.rtt', lambda row: any('push' in flag for flag in row['tcp'].get('flags', ()))
                 or 'rtt' in row['tcp'])):
            _, out, err = capan('segments', '--format', 'ndjson', '--where', condition, ARTICLE)
            expected = [row['frame'] for row in rows if holds(row)]
            self.assertEqual([json.loads(line)['frame'] for line in out.splitlines()], expected, condition + err)
            self.assertTrue(0 < len(expected) < len(rows), condition)

    def test_columns(self):
        _, out, _ = capan('segments', '--columns', 'len,capan.tcp.kind, frame', '--limit', '2', ARTICLE)
        self.assertEqual(out, 'len\ttcp.kind\tframe\n0\tsyn\t1\n0\tsyn-ack\t2\n')
        _, out, _ = capan('segments', '--columns', 'len,tcp.kind,frame', '--limit', '1', '--format', 'csv', ARTICLE)
        self.assertEqual(out, 'len,tcp.kind,frame\n0,syn,1\n')
        _, out, _ = capan('segments', '--columns', 'tcp.kind,frame', '--limit', '1', '--format', 'ndjson', ARTICLE)
        self.assertEqual(out, '{"frame":1,"tcp":{"kind":"syn"}}\n')
        _, out, _ = capan('segments', '--columns', 'tcp.kind', '--limit', '1', '--format', 'ndjson', ARTICLE)
        self.assertEqual(out, '{"tcp":{"kind":"syn"}}\n')
        for names, words in (('tcp.knd', "nearest is tcp.kind"), ('frame,frame', 'twice'), ('', 'no column'), ('len,', 'no column')):
            status, out, err = capan('segments', '--columns', names, ARTICLE)
            self.assertEqual((status, out), (2, ''), names)
            self.assertIn(words, err)
        for command in ('summary', 'har', 'report', 'explain', 'objects'):
            self.assertEqual(capan(command, '--columns', 'frame', ARTICLE)[0], 2, command)
            self.assertEqual(capan(command, '--limit', '1', ARTICLE)[0], 2, command)

    def test_limit(self):
        for format in ('text', 'csv', 'json', 'ndjson'):
            whole = capan('exchanges', '--format', format, ARTICLE)[1]
            status, some, err = capan('exchanges', '--limit', '2', '--format', format, ARTICLE)
            self.assertEqual((status, err), (0, ''))
            self.assertTrue(whole.startswith(some[:-2].rstrip()) and len(some) < len(whole), format)
        self.assertEqual(len(json.loads(capan('exchanges', '--limit', '2', '--format', 'json', ARTICLE)[1])), 2)
        self.assertEqual(capan('segments', '--limit', '1', '--fail-on', 'warn', RESENT)[0], 1)
        self.assertEqual(capan('segments', '--limit', '0', ARTICLE)[0], 2)

    def test_output(self):
        with tempfile.TemporaryDirectory() as folder:
            file, copy = pathlib.Path(folder) / 'out', pathlib.Path(folder) / 'copy.pcap'
            for command in ('summary', 'segments', 'har', 'report', 'explain'):
                status, out, err = capan(command, '-o', file, ARTICLE)
                self.assertEqual((status, out, err), (0, '', ''), command)
                self.assertEqual(file.read_text(), capan(command, ARTICLE)[1], command)
            copy.write_bytes(pathlib.Path(ARTICLE).read_bytes())
            self.assertEqual(capan('har', '-o', copy, copy)[0], 2)
            self.assertEqual(copy.read_bytes(), pathlib.Path(ARTICLE).read_bytes())
            status, out, err = capan('har', '-o', f'{folder}/no/such', ARTICLE)
            self.assertEqual((status, out), (4, ''))
            self.one_line(err)

    def test_tls_without_its_secrets(self):
        octets = (HERE.parent / 'plugin' / 'captures' / 'tls-h1.pcapng').read_bytes()
        at, sealed = 0, b''
        while at < len(octets):  # without its Decryption Secrets Blocks
            kind, length = struct.unpack_from('<II', octets, at)
            sealed += octets[at:at + length] if kind != 10 else b''
            at += length
        _, out, _ = capan('-', stdin=sealed)
        self.assertIn('TLS, of which no content was read', out)
        self.assertIn('--keylog=FILE gives the secrets', out)
        self.assertNotIn('nothing worth a note\n', out)
        _, out, _ = capan('-', stdin=octets)
        self.assertNotIn('TLS, of which', out)

    def test_nothing_that_can_be_judged(self):
        def block(kind, body):
            body += bytes(-len(body) % 4)
            return struct.pack('<II', kind, 12 + len(body)) + body + struct.pack('<I', 12 + len(body))

        def capture(link_type, packet):
            return (block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)) + block(1, struct.pack('<HHI', link_type, 0, 0)) +
                    block(6, struct.pack('<IIIII', 0, 0, 0, len(packet), len(packet)) + packet))

        usb, udp = capture(220, bytes(64)), capture(101, struct.pack('>BBHHHBBH4s4sHHHH', 0x45, 0, 28, 1, 0, 64, 17, 0, b'\n\0\0\1',
                                                                     b'\n\0\0\2', 443, 4000, 8, 0))
        status, out, err = capan('-', stdin=usb)
        self.assertEqual(status, 3)
        self.assertIn('link type USB_LINUX_MMAPPED', out)
        self.assertIn('link type USB_LINUX_MMAPPED is not decoded', err)
        self.assertEqual(capan('segments', '-', stdin=usb)[0], 3)
        status, out, _ = capan('-', stdin=udp)
        self.assertEqual(status, 0)
        self.assertIn('no packet is TCP', out)
        for text in (out, capan('-', stdin=usb)[1]):
            self.assertNotIn('nothing worth a note', text)

    def test_missing_and_foreign_files(self):
        with tempfile.TemporaryDirectory() as folder:
            text = pathlib.Path(folder) / 'text.pcap'
            text.write_text('this is not a capture\n' * 100)
            empty = pathlib.Path(folder) / 'empty.pcap'
            empty.touch()
            for file in (pathlib.Path(folder) / 'absent.pcap', text, empty, folder):
                status, out, err = capan('segments', '--format', 'ndjson', file)
                self.assertEqual((status, out), (3, ''), file)
                self.one_line(err)

    def test_truncated_prints_what_could_be_read(self):
        octets = ARTICLE.read_bytes()
        whole = ndjson('segments', ARTICLE)
        for cut in (len(octets) - 1, len(octets) // 2, 24 + 16 + 62 + 3):
            status, out, err = capan('segments', '--format', 'ndjson', '-', stdin=octets[:cut])
            rows = [json.loads(line) for line in out.splitlines()]
            self.assertEqual(status, 3)
            self.one_line(err)
            self.assertTrue(0 < len(rows) < len(whole))
            self.assertEqual([row['frame'] for row in rows], [row['frame'] for row in whole[:len(rows)]])

    def test_worst_of_several_files(self):
        status, out, err = capan('segments', '--format', 'ndjson', ARTICLE, '-r', '/nonexistent.pcap')
        self.assertEqual(status, 3)
        self.one_line(err)
        self.assertTrue(out)

    def test_full_disk(self):
        with open('/dev/full', 'w') as full:
            done = subprocess.run([CAPAN, 'segments', '--format', 'csv', ARTICLE], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 4)
        self.one_line(done.stderr.decode())

    def test_reader_that_leaves_is_no_error(self):
        for ignored in (False, True):  # whether whoever starts capan ignores SIGPIPE
            for command in ('summary', *ROWS):
                reading, writing = os.pipe()
                os.close(reading)
                done = subprocess.run([CAPAN, command, ARTICLE], stdout=writing, stderr=subprocess.PIPE,
                                      restore_signals=not ignored)
                os.close(writing)
                self.assertEqual((done.returncode, done.stderr), (-signal.SIGPIPE, b''), command)


class Help(unittest.TestCase):
    def test_version(self):
        status, out, err = capan('--version')
        self.assertEqual((status, err), (0, ''))
        self.assertRegex(out, r'^capan \d+\.\d+\.\d+')

    def test_help_with_words(self):
        _, out, _ = capan('help', 'retransmit-rto')
        for words in ("capan segments --where 'tcp.kind==retransmit-rto' FILE", 'RFC 6298', 'Why a segment was sent', 'Wireshark'):
            self.assertIn(words, out)
        self.assertEqual(out, capan('explain', 'retransmit-rto')[1])
        self.assertIn('A column of segments', capan('help', 'capan.tcp.kind')[1])
        self.assertEqual(capan('help', 'fast', 'tlp')[1], capan('help', 'fast')[1] + capan('help', 'tlp')[1])
        self.assertEqual(capan('help')[1], capan('--help')[1])
        self.assertEqual(capan('help', 'etags')[1], capan('etags', '--help')[1])
        status, out, err = capan('help', 'retransmit-rt')
        self.assertEqual((status, out), (2, ''))
        self.assertIn("nearest is 'retransmit-rto'", err)

    def test_what_is_neither_a_command_nor_a_file(self):
        status, out, err = capan('segmnts', ARTICLE)
        self.assertEqual((status, out), (2, ''))
        self.assertIn("nearest is 'segments'", err)
        self.assertEqual(capan('no-such-capture.pcap')[0], 3)

    def test_help_names_every_command(self):
        status, out, _ = capan('--help')
        self.assertEqual(status, 0)
        for command in ('summary', *ROWS, 'explain', 'har', 'report', 'whatif', 'etags', 'stitch', 'diff'):
            self.assertRegex(out, rf'(?m)^  {command} ')
            status, own, _ = capan(command, '--help')
            self.assertEqual(status, 0)
            self.assertIn('Examples:', own)
            self.assertIn(f'capan {command} ', own)


def breaches(value, schema, where=''):
    """What in the value is not as the schema says: as much of JSON Schema as ours uses."""
    kinds = {'integer': int, 'number': (int, float), 'string': str, 'array': list, 'object': dict, 'boolean': bool}
    if 'const' in schema and value is not schema['const']:
        yield f'{where} is {value!r}'
    if 'type' in schema and not (isinstance(value, kinds[schema['type']]) and
                                 isinstance(value, bool) == (schema['type'] == 'boolean')):
        yield f'{where} is {value!r}'
    elif isinstance(value, list):
        for item in value:
            yield from breaches(item, schema['items'], where + '[]')
    elif isinstance(value, dict):
        for key, member in value.items():
            inner = schema.get('properties', {}).get(key, schema.get('additionalProperties'))
            if not inner:
                yield f'{where}.{key} is not in the schema'
            else:
                yield from breaches(member, inner, f'{where}.{key}')


class Formats(unittest.TestCase):
    """Every capture, every kind of row: CSV, JSON and NDJSON hold the same."""

    def test_agree(self):
        for command in ROWS:
            with self.subTest(command=command):
                self.agree(command, *captures())

    def agree(self, command, *files):
        lines = capan(command, '--format', 'ndjson', *files)[1]
        rows = [json.loads(line, parse_float=str, parse_int=str) for line in lines.splitlines()]
        array = json.loads(capan(command, '--format', 'json', *files)[1], parse_float=str, parse_int=str)
        self.assertEqual(array, rows)
        table = list(csv.DictReader(io.StringIO(capan(command, '--format', 'csv', *files)[1], newline=''), strict=True))
        self.assertEqual(len(table), len(rows))
        for cells, row in zip(table, rows):
            self.same_row(cells, flatten(row))

    def same_row(self, cells, flat):
        self.assertNotIn(None, cells)
        for name, cell in cells.items():
            if name not in flat:
                self.assertEqual(cell, '', name)
            elif name.endswith('_fields'):
                self.assertEqual(field_cell(cell), flat[name], name)
            else:
                self.assertEqual(cell, as_cell(flat[name]), name)
        self.assertLessEqual(set(flat), set(cells))

    @unittest.skipUnless('--schema' in sys.argv, 'no schema given')
    def test_rows_are_as_the_schema_says(self):
        schema = json.loads(pathlib.Path(SCHEMA).read_text())
        for command in ROWS:
            for capture in captures():
                for row in ndjson(command, capture):
                    self.assertEqual(list(breaches(row, schema['$defs'][command])), [], (capture, command))

    def test_no_cell_is_a_formula(self):
        talk = [(b'GET %s HTTP/1.1\r\nHost: a\r\n\r\n' % target, b'HTTP/1.1 200 OK\r\n+ETag: x\r\nETag: "a"\r\nContent-Length: 2\r\n\r\nok', 1)
                for target in (b'=cmd|x!A1', b'@SUM(1,"2")', b'-1+1', b'+1', b'/=1')]
        octets = connection(*talk)
        table = list(csv.DictReader(io.StringIO(capan('exchanges', '--format', 'csv', '-', stdin=octets)[1], newline='')))
        self.assertEqual([row['target'] for row in table], ["'=cmd|x!A1", "'@SUM(1,\"2\")", "'-1+1", "'+1", '/=1'])
        for command in ROWS:
            for row in csv.reader(io.StringIO(capan(command, '--format', 'csv', '-', stdin=octets)[1], newline='')):
                for cell in row:
                    self.assertRegex(cell, r'\A(?:[^=+@\t\r-]|-[0-9.]+\Z|\Z)')
        self.assertEqual([row['target'] for row in ndjson('exchanges', '-', stdin=octets)][0], '=cmd|x!A1')

    def test_absent_values_are_left_out(self):
        for command in ROWS:
            for row in ndjson(command, RESENT):
                self.assertNotIn(None, flatten(row).values())
                self.assertNotIn('', flatten(row).values())

    def test_names_that_scripts_rely_on(self):
        row = ndjson('segments', ARTICLE)[0]
        for name in ('frame', 'time', 'stream', 'direction', 'seq', 'len', 'explain'):
            self.assertIn(name, row)
        for name in ('tcp.kind', 'tcp.client.state', 'tcp.server.state', 'tcp.certainty'):
            self.assertIn(name, flatten(row))
        row = ndjson('exchanges', ARTICLE)[0]
        for name in ('stream', 'index', 'client', 'server', 'method', 'target', 'status', 'request_frame', 'response_frame'):
            self.assertIn(name, row)
        for name in ('http.cond', 'http.outcome', 'http.request_in', 'http.response_in'):
            self.assertIn(name, flatten(row))

    def test_no_rows_is_still_a_document(self):
        self.assertEqual(json.loads(capan('exchanges', '--format', 'json', ARTICLE, 'port 1')[1]), [])
        self.assertEqual(len(capan('exchanges', '--format', 'csv', ARTICLE, 'port 1')[1].splitlines()), 1)
        self.assertEqual(capan('exchanges', '--format', 'ndjson', ARTICLE, 'port 1')[1], '')

    def test_the_same_twice(self):
        for command in ('summary', *ROWS):
            self.assertEqual(capan(command, RESENT), capan(command, RESENT))


class Archive(unittest.TestCase):
    """HAR 1.2: what its readers insist on."""

    ENTRY = {'startedDateTime', 'time', 'request', 'response', 'cache', 'timings'}
    REQUEST = {'method', 'url', 'httpVersion', 'cookies', 'headers', 'queryString', 'headersSize', 'bodySize'}
    RESPONSE = {'status', 'statusText', 'httpVersion', 'cookies', 'headers', 'content', 'redirectURL', 'headersSize', 'bodySize', '_transferSize'}

    def test_entries_are_the_exchanges(self):
        for capture in captures():
            log = json.loads(capan('har', capture)[1])['log']
            self.assertEqual(log['version'], '1.2')
            self.are_the_exchanges(log['entries'], ndjson('exchanges', capture))

    def are_the_exchanges(self, entries, rows):
        self.assertEqual(len(entries), len(rows))
        for entry, row in zip(entries, rows):
            self.assertLessEqual(self.ENTRY, set(entry))
            self.assertEqual((set(entry['request']), set(entry['response'])), (self.REQUEST, self.RESPONSE))
            self.assertEqual((entry['response']['status'], entry['_outcome']), (row.get('status', 0), row['http']['outcome']))
            self.assertRegex(entry['startedDateTime'], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$')
            self.assertGreaterEqual(min(entry['time'], *(entry['timings'][part] for part in ('send', 'wait', 'receive'))), 0)

    def test_an_entry(self):
        entry = json.loads(capan('har', ARTICLE)[1])['log']['entries'][0]
        self.assertEqual(entry['startedDateTime'], '2009-07-14T06:00:00.250400000Z')  # its handshake is a part of it
        self.assertEqual(entry['request']['url'], 'http://www.baidu.com/')
        self.assertEqual(entry['response']['content'], {'size': 2557, 'compression': 418, 'mimeType': 'text/html;charset=gb2312'})

    def test_query(self):
        octets = one_exchange(b'GET /x?a=1&b=&c&=d HTTP/1.1\r\nHost: h\r\n\r\n', b'HTTP/1.0 204 No Content\r\n\r\n')
        request = json.loads(capan('har', '-', stdin=octets)[1])['log']['entries'][0]['request']
        self.assertEqual([(pair['name'], pair['value']) for pair in request['queryString']],
                         [('a', '1'), ('b', ''), ('c', ''), ('', 'd')])
        self.assertEqual(request['url'], 'http://h/x?a=1&b=&c&=d')

    def test_no_entry_is_still_an_archive(self):
        self.assertEqual(json.loads(capan('har', ARTICLE, 'port 1')[1])['log']['entries'], [])


class Page(unittest.TestCase):
    def tags(self, *words, **more):
        status, out, err = capan('report', *words, **more)
        self.assertEqual((status, err), (0, ''))
        seen = collections.Counter()

        class Reader(html.parser.HTMLParser):
            def handle_starttag(self, tag, attributes):
                seen[tag] += 1
                outside.extend(value for name, value in attributes
                               if name in ('src', 'href', 'srcset') and not value.startswith('#'))

            def handle_endtag(self, tag):
                seen['/' + tag] += 1

        outside = []
        Reader().feed(out)
        self.assertEqual(outside, [])
        for tag in ('html', 'body', 'table', 'svg', 'g', 'details', 'style', 'h2', 'text', 'title', 'figure', 'script', 'div'):
            self.assertEqual(seen[tag], seen['/' + tag], tag)
        return seen, out

    def test_article(self):
        seen, out = self.tags(ARTICLE)
        # Routine findings, four exchanges, two connections with a ladder each; a plane inside each chart.
        self.assertEqual((seen['details'], seen['svg']), (1 + 4 + 2 * 2, 2 * seen['figure']))
        self.assertEqual(seen['figure'], 20)
        self.assertIn('/img/baidu_logo.gif', out)

    def test_nothing_of_the_capture_is_markup(self):
        octets = one_exchange(b'GET /<script>alert(1)</script>"&amp; HTTP/1.1\r\nHost: a\r\n\r\n', b'HTTP/1.1 204 N\r\n\r\n')
        seen, out = self.tags('-', stdin=octets)
        self.assertNotIn('<script>alert', out)
        self.assertIn('&lt;script&gt;', out)
        self.assertEqual(seen['script'], 2 + seen['figure']) # the report's own, and what it needs to know


class Input(unittest.TestCase):
    def test_standard_input_and_gzip(self):
        octets = ARTICLE.read_bytes()
        rows = ndjson('segments', ARTICLE)
        self.assertEqual(ndjson('segments', '-', stdin=octets), rows)
        self.assertEqual(ndjson('segments', '-', stdin=gzip.compress(octets)), rows)
        self.assertEqual(ndjson('segments', '-r', ARTICLE), rows)

    def test_filter_as_words_or_option(self):
        wanted = [row for row in ndjson('segments', ARTICLE) if row['stream'] == 1]
        for words in ((ARTICLE, 'port 5673'), (ARTICLE, 'port', '5673'), ('-f', 'port 5673', ARTICLE)):
            rows = ndjson('segments', *words)
            self.assertEqual([row['frame'] for row in rows], [row['frame'] for row in wanted])

    def test_command_behind_options(self):
        self.assertEqual(capan('--format', 'csv', 'exchanges', ARTICLE), capan('exchanges', '--format', 'csv', ARTICLE))
        self.assertEqual(capan('--fail-on', 'note', '-q', 'findings')[0], 2)

    def test_stream_and_frame(self):
        rows = ndjson('segments', ARTICLE)
        self.assertEqual(ndjson('segments', '--stream', '1', ARTICLE), [row for row in rows if row['stream'] == 1])
        self.assertEqual(ndjson('segments', '--frame', '4', ARTICLE), [row for row in rows if row['frame'] == 4])
        exchange = ndjson('exchanges', ARTICLE)[0]
        self.assertEqual(ndjson('exchanges', '--frame', str(exchange['response_frame']), ARTICLE), [exchange])

    def test_conditions(self):
        def frames(*conditions):
            words = [word for condition in conditions for word in ('--where', condition)]
            return [row['frame'] for row in ndjson('segments', *words, ARTICLE)]

        rows = [flatten(row) for row in ndjson('segments', ARTICLE)]
        for condition, holds in (
                ('len>363', lambda row: row['len'] > 363), ('len >= 363', lambda row: row['len'] >= 363),
                ('len<1', lambda row: row['len'] < 1), ('tcp.kind==fin', lambda row: row['tcp.kind'] == 'fin'),
                ('tcp.kind!=fin', lambda row: row['tcp.kind'] != 'fin'), ('tcp.rtt>0.05', lambda row: row.get('tcp.rtt', 0) > 0.05),
                ('tcp.acks==7', lambda row: 7 in row.get('tcp.acks', [])), ('tcp.acked_in', lambda row: 'tcp.acked_in' in row),
                ('tcp.flags==push', lambda row: 'push' in row.get('tcp.flags', [])),
                ('tcp.flags!=push', lambda row: 'push' not in row.get('tcp.flags', [])),
                ('tcp.kind==syn && len==0', lambda row: row['tcp.kind'] == 'syn'),
                ('tcp.kind==fin || tcp.kind == "syn"', lambda row: row['tcp.kind'] in ('fin', 'syn')),
                ('len>0&&stream==1||tcp.kind==fin', lambda row: row['len'] > 0 and row['stream'] == 1 or row['tcp.kind'] == 'fin')):
            self.assertEqual(frames(condition), [row['frame'] for row in rows if holds(row)], condition)
        for condition, holds in (
                ('tcp.kind==fin || tcp.kind==syn', lambda row: row['tcp.kind'] in ('fin', 'syn')),
                ('len>0&&tcp.flags==push || stream==1 && len==0',
                 lambda row: row['len'] > 0 and 'push' in row.get('tcp.flags', []) or row['stream'] == 1 and row['len'] == 0),
                ('source=="RFC 9293 3.5" && direction==c2s',
                 lambda row: row['source'] == 'RFC 9293 3.5' and row['direction'] == 'c2s')):
            self.assertEqual(frames(condition), [row['frame'] for row in rows if holds(row)], condition)
        self.assertEqual(frames('len>1000', 'stream==1'), [row['frame'] for row in rows if row['len'] > 1000 and row['stream'] == 1])
        asked = ndjson('exchanges', '--where', 'request_fields==if-none-match', RESENT)
        self.assertEqual(asked, [row for row in ndjson('exchanges', RESENT) if 'if-none-match' in row.get('request_fields', {})])

    def test_times_beyond_all_clocks(self):
        octets = (HERE.parent / 'plugin' / 'captures' / 'tls-h1.pcapng').read_bytes()
        at, times = 0, []
        while at < len(octets):
            kind, length = struct.unpack_from('<II', octets, at)
            if kind == 6:  # enhanced packet block: from the twelfth octet on its time
                times.append(at + 12)
            at += length
        for at in times:
            odd = octets[:at] + b'\xff' * 8 + octets[at + 8:]
            status, _, err = capan('segments', '--format', 'csv', '-', stdin=odd)
            self.assertRegex(f'{status} {err}', r'\A0 (capan: standard input: given up: \d segments? before [^\n]*\n)?\Z', at)

    def test_several_files_are_one_capture(self):
        octets = ARTICLE.read_bytes()
        frames, at = [], 24
        while at < len(octets):
            end = at + 16 + struct.unpack_from('<I', octets, at + 8)[0]
            frames.append(octets[at:end])
            at = end
        cut = len(frames) // 3
        rotated = [frames[:cut], frames[cut:2 * cut], frames[2 * cut:]]
        with tempfile.TemporaryDirectory() as folder:
            for parts in (rotated, rotated[::-1], [frames[::2], frames[1::2]]):
                files = [pathlib.Path(folder) / str(number) for number in range(len(parts))]
                for number, (file, part) in enumerate(zip(files, parts)):
                    whole = octets[:24] + b''.join(part)
                    file.write_bytes(gzip.compress(whole) if number == 1 else whole)
                for command in ROWS:
                    self.assertEqual(ndjson(command, *files), ndjson(command, ARTICLE), command)
                self.assertEqual(ndjson('segments', '-', *files[1:], stdin=files[0].read_bytes()), ndjson('segments', ARTICLE))
            self.assertEqual(capan('segments', '-', '-', stdin=octets)[0], 2)
            short = pathlib.Path(folder) / 'short'
            short.write_bytes(files[0].read_bytes()[:-1])
            status, out, err = capan('segments', '--format', 'ndjson', short, files[1])
            self.assertEqual((status, len(out.splitlines())), (3, len(frames) - 1))
            self.assertIn('short: packet %d' % len(frames[::2]), err)

    def test_rows_come_while_the_input_waits(self):
        child = subprocess.Popen([CAPAN, 'exchanges', '--format', 'ndjson', '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        child.stdin.write(ARTICLE.read_bytes())
        child.stdin.flush()
        ready, _, _ = select.select([child.stdout], [], [], 20)
        first = os.read(child.stdout.fileno(), 1 << 16) if ready else b''
        child.stdin.close()
        child.stdout.close()
        child.wait()
        self.assertTrue(first.startswith(b'{"index":0,'), first[:80])


class GivenUp(unittest.TestCase):
    """What could not be kept is said at the end, with the option that would keep it, whatever the command."""

    COMMANDS = ('summary', *ROWS, 'explain', 'har', 'report')

    def said(self, *words, **more):
        status, _, err = capan(*words, **more)
        self.assertEqual(status, 0, words)
        return re.sub(r'\Acapan: [^:]+: ', '', err)

    def test_fragments(self):
        for command in self.COMMANDS:
            self.assertEqual(self.said(command, PCAPS / 'link' / 'fragments-unfinished.pcap'),
                             'given up: 10 IP fragments that never became whole\n', command)

    def test_nothing(self):
        for command in self.COMMANDS:
            self.assertEqual(self.said(command, ARTICLE), '', command)

    def test_responses(self):
        talk = [(b'GET /%d HTTP/1.1\r\nHost: a\r\n\r\n' % number,
                 b'HTTP/1.1 200 OK\r\nCache-Control: max-age=9\r\nETag: "%s"\r\nContent-Length: 2\r\n\r\nok' % (b'x' * 900), 1)
                for number in range(2000)]
        octets = connection(*talk)
        for command in ('summary', 'exchanges', 'har'):
            self.assertRegex(self.said(command, '--memory', '1', '-', stdin=octets),
                             r'\Agiven up: \d+ stored responses \(more with --memory\)')
            self.assertNotIn('stored', self.said(command, '-', stdin=octets))

    def test_frames(self):
        octets = bytearray(ARTICLE.read_bytes())
        octets[24 + 16 + 12 + 2] = 0x41  # the first frame's IP header has no length of its own
        for command in self.COMMANDS:
            self.assertEqual(self.said(command, '-', stdin=bytes(octets)), 'given up: 1 frame that cannot be decoded\n', command)


class Article(unittest.TestCase):
    """What the article explains by hand, capan says by itself."""

    @classmethod
    def setUpClass(cls):
        cls.story = ' '.join(capan('explain', ARTICLE)[1].split())

    def test_arithmetic(self):
        for words in ('417 octets = 14 link + 20 IP + 20 TCP + 363 payload',
                      '60 octets = 14 link + 20 IP + 20 TCP + 0 payload + 6 padding',
                      'seq 1 + 363 = 364', 'ack 364 (364 - 1 = 363 in #4)',
                      'ack 1832 (1832 - 1 = 1831 = 411 in #6 + 1420 in #7)',
                      '2550 octets = header 411 + body 2139 (coded: gzip, decoded 2557) = 411 in #6 + 1420 in #7 + 719 in #9',
                      '1801 octets = header 312 + body 1489 = 312 in #13 + 1420 in #14 + 28 in #16 + 41 in #17',
                      '3897 octets = header 310 + body 3587 = 310 in #23 + 1420 in #24 + 1420 in #26 + 747 in #27',
                      'body 1420 of 2139 octets, 719 to come', '3898 + 1: the FIN of #34 took a number'):
            self.assertIn(words, self.story)

    def test_who_and_when(self):
        for words in ('The client is who sent the SYN (#1)', 'Opened beside 1 other connection',
                      'Request 2 on this connection: GET /img/baidu_logo.gif of www.baidu.com, 92.0 ms after the last answer',
                      'Completes the response 200 to #4', 'server-first-fin', 'server holds TIME-WAIT',
                      'After 9.77 s of silence', 'captured at the client', 'port-name-misleading'):
            self.assertIn(words, self.story)

    def test_sizes_and_states(self):
        for words in ('segments up to 1460 octets (MSS), no window scaling, SACK',
                      'The server never put more than 1420 octets into a segment, 40 fewer than the 1460 announced to it',
                      'SYN-SENT #1 --- <SYN> seq 0 --> SYN-RECEIVED',
                      'CLOSED #41 <-- <ACK> seq 4974 ack 1202 --- TIME-WAIT'):
            self.assertIn(words, self.story)

    def test_what_the_article_leaves_out(self):
        for words in ('CLOSED LISTEN SYN-SENT #1', 'so far sent 363, received 1831', '[push: PSH: the sender had nothing more buffered]',
                      'captured at the client (its frames are not padded', 'Three segments opened it: #2 acknowledges the one SYN',
                      'Four closed it: each direction ends by itself, and #40 and #38 are acknowledged apart'):
            self.assertIn(words, self.story)

    def test_over_pppoe(self):
        out = capan('explain', PCAPS / 'article' / 'baidu-pppoe.pcap')[1]
        self.assertIn('425 octets = 14 link + 8 PPPoE + 20 IP + 20 TCP + 363 payload', out)
        self.assertNotIn(' PPPoE', capan('explain', ARTICLE)[1])

    def test_pings_before_the_page(self):
        out = ' '.join(capan('explain', PCAPS / 'article' / 'ping-then-page.pcap')[1].split())
        for words in ('it pinged 220.181.6.18: with #1 a packet of 1480 octets that must not be fragmented came through',
                      '#4 refuses one of 1481: the next hop takes 1480', '1460 announced to the server, 1440 fit into what passed, '
                      '1420 it put into a segment at most: neither set the size'):
            self.assertIn(words, out)

    def test_pings_to_another_address(self):
        out = ' '.join(capan('connections', PCAPS / 'article' / 'ping-then-page.pcap')[1].split())
        for words in ('pings to 220.181.6.18: ', '1480 octets passed', 'segments of 1440', 'another address'):
            self.assertIn(words, out)

    def test_pages_and_validators(self):
        for words in ('The page / (#4) brought /img/baidu_logo.gif (#10), /js/bdsug.js?v=1.0.3.0 (#21).',
                      'Asked for without a Referer: / (#4), /favicon.ico (#29).', 'Conditional exchanges: 0 of 4.',
                      'conditionally next time: #17, #27, #32.', 'only the whole can be had again: #9.'):
            self.assertIn(words, self.story)

    def test_proof_for_a_program(self):
        """Rule, section, facts with their truth, quantities with units, frames."""
        proof, = json.loads(capan('explain', '--frame', '23', '--format', 'json', FAST_AND_SACK)[1])
        self.assertEqual((proof['of'], proof['verdict'], proof['cause']), ('segment', 'retransmit-sack', 'sack'))
        self.assertEqual(proof['rule'], {'name': 'resend-next-hole', 'section': 'RFC 6675 4',
                                         'sentence': 'a further hole of the recovery that goes on'})
        self.assertEqual(proof['facts'], {'in-fast': True, 'sack-ok': True})
        self.assertEqual(proof['quantities'], {'since': {'value': 21780000, 'unit': 'ns'},
                                               'sacked_to': {'value': 14601, 'unit': 'sequence-number'},
                                               'earlier': {'value': 8, 'unit': 'frame'},
                                               'report': {'value': 21, 'unit': 'frame'}})
        self.assertEqual(proof['frames'], [8, 21])

    def test_proof_of_an_exchange_for_a_program(self):
        proof = ndjson('explain', '--where', 'of==exchange', RESENT)[-1]
        row = ndjson('exchanges', RESENT)[-1]
        self.assertEqual((proof['verdict'], proof['rule']['name']), (row['http']['outcome'], row['http']['reason']))
        self.assertIs(proof['facts']['wastes'], True)
        self.assertIs(proof['facts']['spares'], False)
        self.assertEqual(proof['quantities']['wasted'], {'value': row['http']['wasted'], 'unit': 'octets'})
        self.assertEqual(proof['frames'][:2], [row['request_frame'], row['response_frame']])

    def test_proofs_say_what_the_rows_say(self):
        proofs = ndjson('explain', ARTICLE)
        self.assertEqual(proofs, json.loads(capan('explain', '--format', 'json', ARTICLE)[1]))
        segments = [(row['frame'], row['tcp']['kind'], row['explain']) for row in ndjson('segments', ARTICLE)]
        self.assertEqual([(row['frame'], row['verdict'], row['explain']) for row in proofs if row['of'] == 'segment'],
                         segments)
        exchanges = [(row['index'], row['http']['outcome'], row['explain']) for row in ndjson('exchanges', ARTICLE)]
        self.assertEqual([(row['index'], row['verdict'], row['explain']) for row in proofs if row['of'] == 'exchange'],
                         exchanges)

    @unittest.skipUnless('--schema' in sys.argv, 'no schema given')
    def test_proofs_are_as_the_schema_says(self):
        schema = json.loads(pathlib.Path(SCHEMA).read_text())['$defs']['proofs']
        for proof in each('explain'):
            self.assertEqual(list(breaches(proof, schema)), [])

    def test_no_bare_number_is_an_operand(self):
        """Each part of the line has words; only what the proof of a program has as a number stands there."""
        for capture in captures()[::4]:
            frames = {str(row['frame']) for row in ndjson('explain', '--where', 'quantities', capture)
                      if row['of'] == 'segment'}
            for frame in sorted(frames)[:3]:
                for line in capan('explain', '--frame', frame, capture)[1].splitlines():
                    if line.startswith('  operands '):
                        for part in line[len('  operands '):].split(';'):
                            self.assertRegex(part, '[a-z]{2}', (capture, frame))

    def test_proof_of_one_frame(self):
        proof = capan('explain', '--frame', '8', ARTICLE)[1]
        for words in ('ack-advance', 'covers      #6 at 0.064200', 'covers      #7 at 0.064390', 'raw ', 'RFC 9293'):
            self.assertIn(words, proof)
        proof = capan('explain', '--frame', '9', ARTICLE)[1]
        for words in ('asked in    #4', 'waited      1.0 round trips of 31.0 ms, and before it 1 for TCP, 0 for CONNECT, 0 for TLS',
                      'page        1, of which it is the document; request 1, 2.0 round trips on the longest chain'):
            self.assertIn(words, proof)
        self.assertIn('no TCP segment', capan('explain', '--frame', '999', ARTICLE)[1])


class Cost(unittest.TestCase):
    """What an exchange made its client wait for, wherever on the path it was captured."""

    def rows(self, *talk, **how):
        return ndjson('exchanges', '-', stdin=connection(*talk, **how))

    def test_round_trips_at_any_place_of_the_path(self):
        for vantage in ('client', 'middle', 'server'):
            first, second = self.rows((GET, EMPTY, 15), (GET, EMPTY, 5), vantage=vantage, rtt=20)
            self.assertAlmostEqual(first['http']['round_trip'], 0.020, delta=0.0003, msg=vantage)
            for row, server_ms in ((first, 15), (second, 5)):  # the server's own time is no wait for the network
                self.assertAlmostEqual(row['http']['round_trips'], 1, delta=0.02, msg=vantage)
                self.assertAlmostEqual(row['server_time'] * 1000, server_ms, delta=0.3, msg=vantage)
            self.assertEqual(first['http']['handshake_tcp'], 1)
            self.assertNotIn('handshake_tcp', second['http'])

    def test_unknown_without_a_measured_round_trip(self):
        row, = self.rows((GET, EMPTY, 5), opened=False)
        for name in ('round_trip', 'round_trips', 'handshake_tcp'):
            self.assertNotIn(name, row['http'])
        self.assertNotIn('server_time', row)

    def test_requests_through_a_tunnel_paid_for_connect(self):
        connect, first, second = self.rows((b'CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n', b'HTTP/1.1 200 OK\r\n\r\n', 5),
                                           (GET, EMPTY, 5), (GET, EMPTY, 5))
        self.assertEqual([row['http'].get('handshake_tcp') for row in (connect, first, second)], [1, None, None])
        self.assertEqual([row['http'].get('handshake_tunnel') for row in (connect, first, second)], [None, 1, None])
        self.assertIn('before it 1 for the handshake of CONNECT', first['explain'])

    def test_tls_handshakes(self):
        """Seven of TLS 1.3, of which the sixth is asked to try again (RFC 8446 4.1.4), then nine full ones of 1.2."""
        rows = ndjson('exchanges', HERE.parent / 'tls' / 'suites.pcapng')
        paid = {row['stream']: row['http']['handshake_tls'] for row in rows if 'handshake_tls' in row['http']}
        self.assertEqual(list(paid.values()), [1, 1, 1, 1, 1, 2, 1] + [2] * 9)

    def test_a_304_on_a_connection_of_its_own(self):
        octets = connection((GET, b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n', 5), request_fields=b'If-None-Match: "a"\r\n')
        row, = ndjson('exchanges', '-', stdin=octets)
        self.assertIn('304-new-connection', row['http']['advice'])
        self.assertIn('round trips: 1 for the handshake of TCP', row['explain'])

    def test_totals(self):
        out = capan('-', stdin=two_hosts())[1]
        self.assertRegex(out, r'\nWaiting: 4\.0 round trips for answers, 2 for handshakes\n')
        self.assertRegex(out, r'\n +2 +1 +3,000 B +0 B +2\.0 +1  a.test\n')
        self.assertRegex(out, r'\n +2 +1 +500 B +0 B +2\.0 +1  b.test\n')


GET, EMPTY = b'GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n', b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'


def talk_on(capture, *talk, rtt=20, vantage='middle', opened=True, request_fields=b'', port=40000):
    """(request, response, milliseconds between the server's getting the one and sending the other), in turn."""
    client, server = (packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2))
    flow = packets.Flow(capture, client, server, (port, 80), vantage=vantage)
    flow.handshake(rtt)
    if not opened:
        capture.records.clear()
    for request, response, think in talk:
        flow.client('PA', request[:-2] + request_fields + request[-2:])
        capture.wait(think)
        flow.answer_after(1, rtt)
        flow.server('PA', response)
        flow.answer_after(0, rtt)
        flow.client()
        capture.wait(100)


def connection(*talk, **how):
    """The octets of a capture with one connection that goes on at its end."""
    capture = packets.Capture(1767225600)
    talk_on(capture, *talk, **how)
    return capture.octets()


def two_hosts():
    """Two names behind one address, each with one 304."""
    capture = packets.Capture(1767225600)
    for port, (host, size) in enumerate(((b'a.test', 3000), (b'b.test', 500)), 40000):
        ask = b'GET /x HTTP/1.1\r\nHost: %s\r\n%s\r\n'
        talk_on(capture, (ask % (host, b''), b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % size + bytes(size), 5),
                (ask % (host, b'If-None-Match: "1"\r\n'), b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n', 5), port=port)
    return capture.octets()


class Unrelated(unittest.TestCase):
    """Connections that have nothing to do with each other do not change what is said of them, in whatever order they come."""

    NAMES = ('not-modified', 'unchanged-resent', 'ranges', 'refetch', 'variants', 'framing', 'pipelining', 'gap-in-body',
             'unanswered', 'pages', 'objects')

    @staticmethod
    def packets_of(name, world):
        """(time, header, octets) of each packet, among hosts and under a name of their own."""
        octets = (PCAPS / 'http' / f'{name}.pcap').read_bytes()
        at, found = 24, []
        while at < len(octets):
            seconds, micros, captured = struct.unpack_from('<III', octets, at)
            frame = bytearray(octets[at + 16:at + 16 + captured])
            for address in (26, 30):
                frame[address:address + 3] = bytes((10, 0, world))
            frame = bytes(frame).replace(b'example.test', b'world%02d.test' % world)
            found.append((seconds * 1_000_000 + micros, octets[at:at + 16], frame))
            at += 16 + captured
        return found

    def verdicts(self, merged):
        header = (PCAPS / 'http' / 'pages.pcap').read_bytes()[:24]
        octets = header + b''.join(header + frame for _, header, frame in merged)
        kept = collections.defaultdict(list)
        for row in ndjson('exchanges', '-', stdin=octets):
            row = {name: value for name, value in flatten(row).items() if not re.search(
                r'frame|_in$|crossed_fin|^index$|^stream$|relative_time|digest|explain|^page$', name)}
            kept[row['client']].append(row)
        return kept

    def test_order_does_not_matter(self):
        worlds = [self.packets_of(name, number) for number, name in enumerate(self.NAMES)]
        alone = {}
        for world in worlds:
            alone.update(self.verdicts(world))
        self.assertGreater(len(alone), len(self.NAMES))
        for seed in range(12):
            order = random.Random(seed)
            order.shuffle(worlds)
            merged = [packet for world in worlds for packet in world]
            if seed % 2:  # side by side instead of one behind the other
                merged.sort(key=lambda packet: packet[0])
            together = self.verdicts(merged)
            self.assertEqual(set(together), set(alone))
            for client, rows in alone.items():
                self.assertEqual(together[client], rows, (seed, client))


class WhatIf(unittest.TestCase):
    """The exchanges of a capture through a cache that was not there."""

    PAGES = PCAPS / 'http' / 'pages.pcap'

    def test_rows_are_the_exchanges(self):
        for capture in captures():
            rows = ndjson('whatif', capture)
            frames = [(row['index'], row.get('request_frame'), row.get('response_frame')) for row in rows]
            exchanges = [(row['index'], row.get('request_frame'), row.get('response_frame'))
                         for row in ndjson('exchanges', capture)]
            self.assertEqual(frames, exchanges)
            for row in rows:
                self.assertEqual('stored' in row, row['served'] != 'cache')
                self.assertRegex(row['why_section'], r'^RFC 9111 ')

    def test_rows_are_as_the_schema_says(self):
        schema = json.loads(pathlib.Path(SCHEMA).read_text())['$defs']
        for by, name in (('exchange', 'whatif'), ('host', 'whatif-sums'), ('target', 'whatif-sums'), ('change', 'whatif-changes')):
            rows = ndjson('whatif', '--by', by, self.PAGES)
            self.assertTrue(rows, by)
            self.assertEqual([breach for row in rows for breach in breaches(row, schema[name])], [])
            self.assertEqual(json.loads(capan('whatif', '--by', by, '--format', 'json', self.PAGES)[1]), rows)
            header, *lines = csv.reader(io.StringIO(capan('whatif', '--by', by, '--format', 'csv', self.PAGES)[1]))
            self.assertEqual(len(lines), len(rows))
            self.assertEqual({key for row in rows for key in row} - set(header), set())

    def test_sums_are_of_the_rows(self):
        rows = ndjson('whatif', self.PAGES)
        for by in ('host', 'target'):
            whole, *parts = ndjson('whatif', '--by', by, self.PAGES)
            self.assertEqual((whole['scope'], whole['exchanges']), ('all', len(rows)))
            for served in ('cache', 'validated', 'server', 'bypass'):
                self.assertEqual(whole[served], sum(row['served'] == served for row in rows))
                self.assertEqual(whole[served], sum(part[served] for part in parts))
            self.assertEqual(whole['spared_bytes'], sum(row.get('spared_bytes', 0) for row in rows))

    def test_what_is_advised_comes_true(self):
        for kind in ('private', 'shared'):
            before = ndjson('whatif', '--cache', kind, '--by', 'host', self.PAGES)[0]
            changes = ndjson('whatif', '--cache', kind, '--by', 'change', self.PAGES)
            self.assertTrue(changes)
            for change in changes:
                after = ndjson('whatif', '--cache', kind, '--by', 'host', '--set', f"{change['urls']}: {change['field']}", self.PAGES)[0]
                self.assertEqual(after['cache'] - before['cache'], change['spared_requests'], change)
                self.assertEqual(after['spared_bytes'] - before['spared_bytes'], change['spared_bytes'], change)
                self.assertEqual(after['outdated'] - before['outdated'], change['outdated'], change)

    def test_no_store_everywhere_stores_nothing(self):
        rows = ndjson('whatif', '--set', '*: Cache-Control: no-store', self.PAGES)
        self.assertFalse(any(row.get('stored') or row['served'] == 'cache' for row in rows))
        kept = ndjson('whatif', '--set', '*: Cache-Control: no-store', '--unset', '*: Cache-Control', self.PAGES)
        self.assertTrue(any(row['stored'] for row in kept if 'stored' in row))

    def test_people_are_told_what_it_comes_to(self):
        status, out, err = capan('whatif', self.PAGES)
        self.assertEqual((status, err), (0, ''))
        self.assertRegex(out, r'(?m)^ asked answer .*\n(.*\n)+\nexchanges .*\n +\d.* all\n(.*\n)+\nrequests ')

    def test_usage(self):
        for words in (('--cache', 'warm'), ('--by', 'colour'), ('--set', 'nothing'), ('--unset', '*'), ('--set', '*: a b: c')):
            status, out, err = capan('whatif', *words, ARTICLE)
            self.assertEqual((status, out), (2, ''), words)
            self.assertRegex(err, r'\Acapan: [^\n]+\n\Z')
        self.assertEqual(capan('exchanges', '--cache', 'shared', ARTICLE)[0], 2)


class Etags(unittest.TestCase):
    """Entity tags read like fingerprints."""

    ASK = b'GET %s HTTP/1.1\r\nHost: made.example\r\n\r\n'

    @staticmethod
    def answer(tag, content, more=b''):
        return b'HTTP/1.1 200 OK\r\nETag: %s\r\n%sContent-Length: %d\r\n\r\n%s' % (tag.encode(), more, len(content), content)

    def rows(self, *talk):
        octets = connection(*((self.ASK % target, answer, 5) for target, answer in talk))
        return ndjson('etags', '-', stdin=octets)

    def test_digests_are_held_against_the_content(self):
        text = b'The quick brown fox'
        digests = [hashlib.md5(text).hexdigest(), hashlib.sha1(text).hexdigest(), hashlib.sha256(text).hexdigest(),
                   hashlib.sha1(b'blob %d\0' % len(text) + text).hexdigest()]
        rows = self.rows(*((b'/%d' % i, self.answer(f'"{digest}"', text)) for i, digest in enumerate(digests)),
                         (b'/other', self.answer(f'"{digests[0]}"', b'another')))
        self.assertEqual([(row['generator'], row['certainty'], row['digest_check']) for row in rows],
                         [('md5', 'certain', 'equal'), ('sha1', 'certain', 'equal'), ('sha256', 'certain', 'equal'),
                          ('git-blob', 'certain', 'equal'), ('md5', 'ambiguous', 'differs')])

    def test_nodes_are_told_from_a_file_written_anew(self):
        modified = b'Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\n'
        rows = self.rows(*((b'/by-turns', self.answer(tag, b'x' * 177, modified)) for tag in ('"6553f100-b1"', '"6553f0ff-b1"') * 2),
                         *((b'/anew', self.answer(tag, b'x' * 177)) for tag in ('"6553f100-b1"', '"6553f1ff-b1"', '"6553f1ff-b1"')))
        self.assertEqual([(row['target'], row['relation'], row['nodes'], row['host_nodes'], row['responses']) for row in rows],
                         [('/by-turns', 'first', 2, 2, 2), ('/by-turns', 'other-node', 2, 2, 2),
                          ('/anew', 'first', 1, 2, 1), ('/anew', 'rebuilt', 1, 2, 2)])
        self.assertEqual([row.get('mtime_check') for row in rows], ['equal', 'differs', None, None])
        self.assertEqual({row['size'] for row in rows}, {177})

    def test_formats_agree(self):
        schema = json.loads(pathlib.Path(SCHEMA).read_text())['$defs']['etags']
        for capture in captures():
            rows = ndjson('etags', capture)
            self.assertEqual([breach for row in rows for breach in breaches(row, schema)], [])
            self.assertEqual(json.loads(capan('etags', '--format', 'json', capture)[1]), rows)
            header, *lines = csv.reader(io.StringIO(capan('etags', '--format', 'csv', capture)[1]))
            self.assertEqual((len(lines), {key for row in rows for key in row} - set(header)), (len(rows), set()))
            status, out, _ = capan('etags', capture)
            self.assertIn(status, (0, 3))
            self.assertEqual(len(re.findall(r'(?m)^ *\d+ +\d+  [a-z]', out)), len(rows))

    def test_tags_without_end_are_given_up(self):
        octets = connection(*((self.ASK % b'/', self.answer(f'"{number}"', b'x'), 5) for number in range(40)))
        status, out, err = capan('etags', '--format', 'ndjson', '-', stdin=octets)
        self.assertEqual((status, len(out.splitlines())), (0, 32))
        self.assertEqual(err, 'capan: standard input: given up: 8 responses with one entity tag too many\n')

    def test_wrong_with_certainty_never(self):
        for row in each('etags'):
            if row['certainty'] == 'certain':
                self.assertIn('equal', (row.get('mtime_check'), row.get('digest_check')))
                self.assertNotIn('differs', (row.get('mtime_check'), row.get('digest_check')))


class Stitch(unittest.TestCase):
    """Captures of the same traffic held against each other; tests/lab/far.py has what paths do to packets."""

    def rows(self, *files):
        return ndjson('stitch', *files)

    def test_with_itself_all_pass_at_once(self):
        for capture in captures():
            rows = self.rows(capture, capture)
            packets = [row for row in rows if row['row'] == 'packet']
            self.assertEqual([row for row in packets if row['fate'] in ('lost', 'duplicated')], [], capture)
            twins = [row for row in packets if row['fate'] == 'passed']
            same = [row for row in twins if row['a_frame'] == row['b_frame']]
            self.assertGreaterEqual(len(same), .9 * len(twins), capture)
            clock = next(row for row in rows if row['row'] == 'clock')
            if twins and 'offset_low' in clock and 'offset_high' in clock:
                self.assertLessEqual(clock['offset_low'], 0)
                self.assertGreaterEqual(clock['offset_high'], 0)

    def test_other_traffic_is_said_to_be(self):
        status, out, err = capan('stitch', PCAPS / 'http/pages.pcap', PCAPS / 'tcp/nagle.pcap')
        self.assertEqual((status, err), (0, ''))
        self.assertIn('No packet was found in both', out)
        self.assertIn('in A alone', out)
        self.assertIn('in B alone', out)

    def test_one_place_is_no_two(self):
        status, out, _ = capan('stitch', PCAPS / 'http/pages.pcap')
        self.assertEqual(status, 0)
        self.assertIn('No packet came by twice', out)

    def test_a_mirror_of_two_ports_is_stitched_with_itself(self):
        rows = self.rows(PCAPS / 'tcp/span-duplicates.pcap')
        twins = [row for row in rows if row['row'] == 'packet' and row['fate'] == 'passed']
        self.assertEqual(len(twins), 11)
        self.assertTrue(all(row['b_frame'] > row['a_frame'] for row in twins))

    def test_three_in_a_row_are_two_hops(self):
        capture = PCAPS / 'tcp/fast-and-sack.pcap'
        rows = self.rows(capture, capture, capture)
        self.assertEqual(collections.Counter(row['hop'] for row in rows), {1: len(rows) / 2, 2: len(rows) / 2})

    def test_formats_agree(self):
        schema = json.loads(pathlib.Path(SCHEMA).read_text())['$defs']['stitch']
        for capture in captures()[:20]:
            rows = self.rows(capture, capture)
            self.assertEqual([breach for row in rows for breach in breaches(row, schema)], [])
            self.assertEqual(json.loads(capan('stitch', '--format', 'json', capture, capture)[1]), rows)
            header, *lines = csv.reader(io.StringIO(capan('stitch', '--format', 'csv', capture, capture)[1]))
            self.assertEqual(len(lines), len(rows))

    def test_explain_names_the_twin(self):
        """As stitch does, but for the frame of its own capture alone; and says first what it says without."""
        client, server = PCAPS / 'lab/client.pcap', PCAPS / 'lab/server.pcap'
        _, alone, _ = capan('explain', '--frame', '30', client)
        status, out, err = capan('explain', '--frame', '30', '--twin', server, client)
        self.assertEqual((status, err), (0, ''))
        self.assertTrue(out.startswith(alone))
        self.assertRegex(out[len(alone):], r'(?m)^ +30 +47 +0 > .* passed ')
        self.assertIn(f'B, frame 47 of {server}: ack-advance', out)
        self.assertNotIn('A, frame 34', out)
        for words in (['--twin', server, client], ['--frame', '30', '--twin', server, client, server],
                      ['--frame', '30', '--format', 'json', '--twin', server, client]):
            self.assertEqual(capan('explain', *words)[0], 2)

    def test_a_frame_names_its_twin(self):
        status, out, _ = capan('stitch', '--frame', '4', PCAPS / 'tcp/nagle.pcap', PCAPS / 'tcp/nagle.pcap')
        self.assertEqual(status, 0)
        self.assertRegex(out, r'(?m)^ +4 +4 .*passed')

    def test_one_that_began_much_earlier_loses_none(self):
        def record(number):
            connection, at = divmod(number, 50)
            head = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 60, number & 0xffff, 0, 64, 6, 0,
                               bytes([10, 0, connection >> 16 & 255, 1]), bytes([10, 0, 0, 2]))
            segment = struct.pack('>HHIIBBHHH', 1024 + connection % 60000, 80, 1000 + connection * 102947 + at * 100 & 0xffffffff,
                                  connection * 104729 + 1, 0x50, 0x10, 8192, 0, 0) + bytes(number * k % 251 for k in range(1, 21))
            return struct.pack('<IIII', *divmod(1700000000000000 + number * 200, 1000000), 60, 60) + head + segment
        records = [record(number) for number in range(300000)]
        with tempfile.TemporaryDirectory() as folder:
            files = [pathlib.Path(folder) / name for name in ('early.pcap', 'late.pcap')]
            for file, first in zip(files, (0, 150000)):
                file.write_bytes(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101) + b''.join(records[first:]))
            out = capan('stitch', '--format', 'csv', '--columns', 'a_frame,b_frame', *files)[1]
        twins = [row for row in csv.reader(io.StringIO(out)) if row[0] and row[1]][1:]
        self.assertEqual(len(twins), 150000)
        self.assertTrue(all(int(a) == int(b) + 150000 for a, b in twins))

    def test_a_page_draws_every_packet_or_counts_it(self):
        lab = PCAPS / 'lab/client.pcap', PCAPS / 'lab/server.pcap'
        packets = [row for row in self.rows(*lab) if row['row'] == 'packet']
        status, page, err = capan('stitch', '--format', 'html', *lab)
        self.assertEqual((status, err), (0, ''))
        drawn = page.count('<g>')
        self.assertEqual(drawn + sum(map(int, re.findall(r'>(\d+) packets? (?:that|more)', page))), len(packets))
        lost = [row for row in packets if row['fate'] == 'lost']
        self.assertEqual(page.count('lost mark'), len(lost))
        for row in lost:
            self.assertIn(f">#{row['b_frame']} &#160;", page)
        self.assertIn('<text class="mid again"', page)

    def test_a_page_is_of_two_captures_and_has_no_rows(self):
        capture = PCAPS / 'tcp/nagle.pcap'
        self.assertEqual(capan('stitch', '--format', 'html', capture, capture, capture)[0], 2)
        for words in (('--frame', 1), ('--where', 'len'), ('--columns', 'len')):
            self.assertEqual(capan('stitch', '--format', 'html', *words, capture, capture)[0], 2)

    def test_a_frame_has_the_verdicts_of_both_captures(self):
        lab = PCAPS / 'lab'
        rows = self.rows(lab / 'client.pcap', lab / 'server.pcap')
        again = next(row for row in rows if row['row'] == 'verdict' and 'a_frame' in row)
        status, out, err = capan('stitch', '--frame', again['a_frame'], lab / 'client.pcap', lab / 'server.pcap')
        self.assertEqual((status, err), (0, ''))
        for side, file in (('a', lab / 'client.pcap'), ('b', lab / 'server.pcap')):
            frame = again[side + '_frame']
            own = next(row for row in ndjson('segments', '--frame', frame, file))
            said = re.escape(f"{side.upper()}, frame {frame} of {file}: {own['tcp']['kind']}, {own['tcp']['certainty']}")
            self.assertRegex(out, f'(?m)^{said}$')


    def test_a_verdict_joins_what_both_captures_say(self):
        files = PCAPS / 'lab/client.pcap', PCAPS / 'lab/server.pcap'
        rows = self.rows(*files)
        lost = {row['b_frame'] for row in rows if row['row'] == 'packet' and row['fate'] == 'lost'}
        verdicts = [row for row in rows if row['row'] == 'verdict']
        self.assertGreater(len(verdicts), 1)
        for row in verdicts:
            self.assertEqual((row['died'], row['needed'], row['certainty']), ('between', True, 'certain'))
            self.assertIn(row['lost_frame'], lost)
            self.assertEqual(row['kind'], row['kind_b'])
            for side, file in zip('ab', files):
                own = next(own for own in ndjson('segments', '--frame', row[side + '_frame'], file))
                self.assertEqual((row['kind_' + side], row['certainty_' + side]), (own['tcp']['kind'], own['tcp']['certainty']))
                self.assertNotIn('needless_' + side, row)
        out = capan('stitch', '--where', 'row==verdict', *files)[1]
        for row in verdicts:
            self.assertIn(f"{row['kind']}: needed, the copy before it, frame {row['lost_frame']} of B, was lost between", out)


class Diff(unittest.TestCase):
    """Two captures of the same work."""

    ASK = b'GET /%d HTTP/1.1\r\nHost: made.example\r\n\r\n'

    def work(self, name, fields):
        """Twenty exchanges with these fields, in a file."""
        answer = b'HTTP/1.1 200 OK\r\n%sContent-Length: 4\r\n\r\nmade' % fields
        path = pathlib.Path(self.folder.name) / name
        path.write_bytes(connection(*((self.ASK % (number % 4), answer, 5) for number in range(20))))
        return path

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def test_a_capture_does_not_differ_from_itself(self):
        for capture in captures():
            status, out, _ = capan('diff', capture, capture)
            self.assertIn(status, (0, 3))
            self.assertEqual(out, 'Nothing differs by more than chance.\n')

    def test_a_field_that_went_is_told_first(self):
        before = self.work('before.pcap', b'Cache-Control: max-age=60\r\nETag: "a"\r\n')
        after = self.work('after.pcap', b'ETag: "a"\r\n')
        rows = [json.loads(line) for line in capan('diff', '--format', 'ndjson', before, after)[1].splitlines()]
        first = rows[0]
        self.assertEqual((first['measure'], first['name'], first['change']), ('field', 'cache-control', 'went'))
        self.assertEqual((first['before'], first['after']), ({'count': 20, 'of': 20}, {'count': 0, 'of': 20}))
        self.assertTrue(all(row['follows'] for row in rows[1:]), rows)
        self.assertEqual(capan('diff', '--quiet', before, after)[:2], (1, ''))
        self.assertEqual(capan('diff', '--quiet', before, before)[:2], (0, ''))

    def test_two_captures_are_needed(self):
        status, _, err = capan('diff', PCAPS / 'http/pages.pcap')
        self.assertEqual(status, 2)
        self.assertIn('before and after', err)


class Objects(unittest.TestCase):
    """What messages carried, as files."""

    def test_chosen(self):
        """By what is known when they are decoded; others take neither room nor a name."""
        capture = PCAPS / 'http' / 'objects.pcap'
        every = self.objects(capture)
        for condition, holds in (('bytes>100', lambda row: row['bytes'] > 100),
                                 ("media_type contains text", lambda row: 'text' in row.get('media_type', '')),
                                 ('state==decoded', lambda row: row['state'] == 'decoded')):
            self.out = self.root / 'found'
            for file in self.out.iterdir():
                file.unlink()
            chosen = self.objects('--where', condition, capture)
            self.assertEqual({row['sha256'] for row in chosen.values()},
                             {row['sha256'] for row in every.values() if holds(row)}, condition)
            self.assertTrue(0 < len(chosen) < len(every), condition)
            self.assertEqual({file.name for file in self.out.iterdir()} - {'index.ndjson'}, set(chosen))
        self.assertEqual(capan('objects', '-q', '--where', 'size>1', '-o', self.out, capture)[0], 2)

    def test_names_have_no_bidirectional_controls(self):
        """U+202E as it is, and as percent-encoded, which stays so."""
        octets = one_exchange(b'GET /\xe2\x80\xaegpj.exe HTTP/1.1\r\nHost: h\r\n\r\n', b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx')
        self.assertEqual(set(self.objects('-', stdin=octets)), {'___gpj.exe'})
        octets = one_exchange(b'GET /%E2%80%AEgpj.exe HTTP/1.1\r\nHost: h\r\n\r\n', b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx')
        self.assertEqual(set(self.objects('-', stdin=octets)), {'%E2%80%AEgpj.exe'})

    SAFE = re.compile(r'(?![.~-])[A-Za-z0-9._~+=@,%-]{1,127}(?<!\.)\Z')
    TEXT = b'The quick brown fox jumps over the lazy dog. ' * 40

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.out = self.root / 'found'

    def objects(self, *words, status=0, **more):
        """{file's name: its row}, after what holds for all of them."""
        before = set(self.out.glob('*'))
        done, out, err = capan('objects', '-o', self.out, *words, **more)
        self.assertEqual((done, err), (status, ''))
        index = min(set(self.out.glob('index*.ndjson')) - before, key=lambda file: (len(file.name), file.name))
        rows = {row['name']: row for row in map(json.loads, index.read_text().splitlines())}
        self.assertEqual(sorted(self.root.iterdir()), [self.out])
        for name, row in rows.items():
            file = self.out / name
            self.assertRegex(name, self.SAFE)
            self.assertTrue(file.is_file() and not file.is_symlink(), name)
            octets = file.read_bytes()
            self.assertEqual((row['bytes'], row['sha256']), (len(octets), hashlib.sha256(octets).hexdigest()), name)
            self.assertEqual('whole' not in row, '.partial' in name, name)
        lower = [file.name.lower() for file in self.out.iterdir()]
        self.assertEqual(len(lower), len(set(lower)))
        self.assertEqual(sum(file.is_dir() for file in self.out.iterdir()), 0)
        self.assertEqual(len(re.findall(r'(?m)^ +\d+ +\d+ ', out)), len(rows))
        return rows

    def octets(self, name):
        return (self.out / name).read_bytes()

    def test_article(self):
        rows = self.objects(ARTICLE)
        self.assertEqual(list(rows), ['index.html', 'baidu_logo.gif', 'bdsug.js', 'favicon.ico'])
        page = rows['index.html']
        self.assertEqual((page['coded_bytes'], page['coding'], page['state'], page['http']), (2139, 'gzip', 'decoded', {'outcome': 'first-fetch'}))
        self.assertEqual((page['first_frame'], page['last_frame'], page['status']), (6, 9, 200))
        self.assertIn('charset=gb2312'.encode(), self.octets('index.html'))

    def test_codings(self):
        rows = self.objects(PCAPS / 'http' / 'objects.pcap')
        for name in ('page.html', 'old.html', 'zlib.txt', 'raw.txt', 'twice.txt', 'members.txt'):
            self.assertEqual((rows[name]['state'], self.octets(name)), ('decoded', self.TEXT), name)
        self.assertEqual((rows['new.txt.zstd']['state'], self.octets('new.txt.zstd')[4:]), ('unknown', self.TEXT[:60]))
        self.assertEqual((rows['lie.txt.gzip']['state'], self.octets('lie.txt.gzip')), ('unknown', self.TEXT))
        cut = rows['cut.txt.partial']
        self.assertEqual(cut['state'], 'damaged')
        self.assertTrue(0 < cut['bytes'] < len(self.TEXT) and self.TEXT.startswith(self.octets('cut.txt.partial')))
        self.assertEqual(self.octets('chunks'), self.TEXT[:45])
        self.assertEqual((rows['upload.bin.request']['message'], rows['upload.bin.request']['bytes']), ('request', 700))

    def test_brotli(self):
        coded = bytes.fromhex(BROTLI)
        octets = one_exchange(GET, b'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: %d\r\n\r\n' % len(coded) + coded)
        self.assertEqual(self.objects('-', stdin=octets)['a']['state'], 'decoded')
        self.assertEqual(self.octets('a'), b' '.join([b'Brotli, as browsers ask for it over TLS.'] * 2))

    def test_names(self):
        rows = self.objects(PCAPS / 'http' / 'objects.pcap')
        named = {row['url'].removeprefix('http://example.test'): name for name, row in rows.items()}
        for target, name in (('/../../etc/passwd', 'passwd'), ('/.profile', '_profile'), ('/-rf', '_rf'), ('/PAGE.HTML', 'PAGE-2.HTML'),
                             ('/con', '_con'), ('/nul.txt', '_nul.txt'), ('/~root', '_root'), ('/a/', 'index.txt'),
                             ('/a%2f..%2fb', 'a%2f..%2fb'), ('/end.', 'end_'), ('/pipe|name;x`y`', 'pipe_name_x_y_'),
                             ('/over/there.gif?x=../../y', 'there.gif'), ('/index.ndjson', 'index-2.ndjson'),
                             ('/' + 'long' * 60 + '.jpeg', 'long' * 16 + '.jpeg')):
            self.assertEqual(named[target], name)

    def test_any_octets_as_target(self):
        noise = packets.noise(4000)
        targets = [b'/' + bytes(octet for octet in noise[at:at + 40] if octet not in b' \r\n\0') for at in range(0, 4000, 40)]
        talk = [(b'GET ' + target + b' HTTP/1.1\r\nHost: a\r\n\r\n', b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 1) for target in targets]
        self.assertEqual(len(self.objects('-', stdin=connection(*talk))), len(targets))

    def test_many_of_one_name(self):
        talk = [(GET, b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 1)] * 300
        rows = self.objects('-', stdin=connection(*talk))
        self.assertEqual(list(rows), ['a'] + [f'a-{number}' for number in range(2, 301)])

    def test_ranges(self):
        rows = self.objects(PCAPS / 'http' / 'ranges.pcap')
        self.assertEqual(rows['a.bytes_500-999']['range'], 'bytes 500-999/1000')
        self.assertEqual(self.octets('a.bytes_0-499') + self.octets('a.bytes_500-999'), self.octets('a'))
        whole = rows['a']
        self.assertEqual((whole['exchange'], whole['status'], whole['coded_bytes'], whole['whole']), (1, 206, 1000, True))
        self.assertNotIn('range', whole)
        self.assertEqual(whole['sha256'], rows['a-2']['sha256'])

    def ranges(self, *pieces, total=1000, status=0):
        """Files of 206s: (entity tag, first octet, octets)."""
        talk = [(GET, b'HTTP/1.1 206 Partial Content\r\nETag: %s\r\nContent-Range: bytes %d-%d/%d\r\nContent-Length: %d\r\n\r\n%s' % (
            tag, first, first + len(octets) - 1, total, len(octets), octets), 1) for tag, first, octets in pieces]
        return self.objects('-', stdin=connection(*talk), status=status)

    def test_ranges_become_the_whole(self):
        """Of one representation, in whatever order they come, also where they overlap (RFC 9110 15.3.7.3)."""
        text, strong = self.TEXT[:1000], b'"a"'
        rows = self.ranges((strong, 700, text[700:]), (strong, 0, text[:400]), (b'"b"', 400, text[400:700]), (strong, 300, text[300:700]))
        self.assertEqual(len(rows), 5)
        self.assertEqual(self.octets('a'), text)
        self.assertTrue(rows['a']['whole'])

    def test_ranges_are_not_joined(self):
        """A weak entity tag promises nothing (RFC 9110 8.8.1); nor does none; and where octets lack, there is no whole."""
        text = self.TEXT[:1000]
        for pieces in (((b'W/"a"', 0, text[:500]), (b'W/"a"', 500, text[500:])), ((b'"a"', 0, text[:500]), (b'"b"', 500, text[500:])),
                       ((b'"a"', 0, text[:500]), (b'"a"', 501, text[501:])), ((b'"a"', 0, text),)):
            self.assertEqual(len(self.ranges(*pieces)), len(pieces))
            for file in self.out.iterdir():
                file.unlink()

    def test_a_hole_is_zeros_and_said(self):
        row = self.objects(PCAPS / 'http' / 'gap-in-body.pcap')['a.partial']
        octets = self.octets('a.partial')
        whole = packets.text_noise(6000, 1).encode()
        self.assertEqual((row['bytes'], row['missing_bytes'], row['state']), (6000, 1460, 'as-sent'))
        hole = octets.index(bytes(1460))
        self.assertEqual(octets, whole[:hole] + bytes(1460) + whole[hole + 1460:])

    def test_a_coded_content_is_decoded_up_to_its_hole(self):
        text = packets.text_noise(40000).encode()
        coded = gzip.compress(text)
        capture = packets.Capture(1767225600)
        client, server = (packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2))
        flow = packets.Flow(capture, client, server, (40000, 80))
        flow.handshake()
        flow.client('PA', GET)
        octets = b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n' % len(coded) + coded
        for number in range(0, len(octets), 1460):
            flow.server('A', octets[number:number + 1460], captured=number // 1460 != 5)
            flow.client()
            capture.wait(6)
        flow.close()
        row = self.objects('-', stdin=capture.octets())['a.partial']
        self.assertEqual((row['state'], row['missing_bytes']), ('holed', 1460))
        self.assertTrue(5000 < row['bytes'] < 20000 and text.startswith(self.octets('a.partial')))

    def test_a_bomb_goes_off_in_a_box(self):
        bomb = gzip.compress(bytes(64 << 20))
        octets = one_exchange(GET, b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n' % len(bomb) + bomb)
        row = self.objects('--file-limit', '1', '-', stdin=octets)['a.partial']
        self.assertEqual((row['state'], row['bytes']), ('limited', 1 << 20))
        self.assertLess((self.out / 'a.partial').stat().st_blocks * 512, 1 << 19)  # zeros, as holes are, take no room

    def test_many_bombs_share_a_limit(self):
        bomb = gzip.compress(bytes(1 << 20))
        answer = b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n' % len(bomb) + bomb
        rows = self.objects('--file-limit', '1', '-', stdin=connection(*[(GET, answer, 1)] * 30))
        self.assertLess(sum(row['bytes'] for row in rows.values()), (16 << 20) + 30 * 2 * len(bomb))
        self.assertEqual(len(rows), 30)

    def test_bombs_leave_others_their_part(self):
        def answer(content):
            coded = gzip.compress(content)
            return b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n' % len(coded) + coded

        text = packets.text_noise(3000).encode() * 30
        self.assertGreater(len(text), 10 * len(gzip.compress(text)))
        talk = [(GET, answer(bytes(2 << 20)), 1)] * 40 + [(b'GET /text HTTP/1.1\r\nHost: a\r\n\r\n', answer(text), 1)]
        rows = self.objects('--file-limit', '1', '-', stdin=connection(*talk))
        self.assertEqual((rows['text']['state'], self.octets('text')), ('decoded', text))

    def test_a_hole_writes_nothing(self):
        fill = 2000
        capture = packets.Capture(1767225600)
        client, server = (packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2))
        flow = packets.Flow(capture, client, server, (40000, 80))
        flow.handshake()
        flow.client('PA', GET)
        flow.server('PA', b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % (fill + 60 * 60000 + 1) + b'x' * fill)
        for _ in range(60):
            flow.client()
            flow.server('A', bytes(60000), captured=False)
        flow.server('PA', b'y')
        flow.close()
        row = self.objects('-', stdin=capture.octets())['a.partial']
        self.assertEqual((row['bytes'], row['missing_bytes'], row['state']), (fill, 60 * 60000, 'holed'))

    def test_what_all_files_may_take(self):
        content = packets.noise(1 << 12) * 15
        answer = b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(content) + content
        octets = connection(*[(GET, answer, 1)] * 20)
        status, _, err = capan('objects', '-o', self.out, '--output-limit', '1', '-', stdin=octets)
        self.assertEqual((status, err), (0, 'capan: standard input: given up: 2 contents that were not written '
                                            '(more with --output-limit)\n'))
        rows = [json.loads(line) for line in (self.out / 'index.ndjson').read_text().splitlines()]
        self.assertEqual([row['state'] for row in rows], ['as-sent'] * 17 + ['limited'])
        self.assertEqual(sum((self.out / row['name']).stat().st_size for row in rows), 1 << 20)
        self.assertEqual(capan('objects', '--output-limit', '0', ARTICLE)[0], 2)

    def test_what_a_killed_run_left(self):
        self.out.mkdir()
        for name, files in (('.capan-aaaaaa', ('1+0', '12+3')), ('.capan-bbbbbb', ('1+0',)), ('.capan-cccccc', ('1+0', 'mine'))):
            (self.out / name).mkdir()
            for file in files:
                (self.out / name / file).write_text('left')
        busy = os.open(self.out / '.capan-bbbbbb', os.O_RDONLY)
        fcntl.flock(busy, fcntl.LOCK_EX)  # as a run that goes on has its own
        self.assertEqual(capan('objects', '-q', '-o', self.out, ARTICLE), (0, '', ''))
        os.close(busy)
        left = sorted(str(file.relative_to(self.out)) for file in self.out.glob('.capan-*/*'))
        self.assertEqual(left, ['.capan-bbbbbb/1+0', '.capan-cccccc/mine'])
        self.assertFalse((self.out / '.capan-aaaaaa').exists())

    def test_a_killed_run_leaves_its_index_and_nothing_half(self):
        child = subprocess.Popen([CAPAN, 'objects', '-q', '-o', self.out, '-'], stdin=subprocess.PIPE)
        child.stdin.write(ARTICLE.read_bytes())
        child.stdin.flush()
        index, end = self.out / 'index.ndjson', time.monotonic() + 20
        while not (index.exists() and index.read_text().count('\n') >= 1) and time.monotonic() < end:
            time.sleep(0.01)
        child.kill()
        child.wait()
        child.stdin.close()
        rows = [json.loads(line) for line in index.read_text().splitlines()]
        self.assertGreaterEqual(len(rows), 1)
        for row in rows:
            self.assertEqual(hashlib.sha256(self.octets(row['name'])).hexdigest(), row['sha256'])
        self.assertLessEqual({file.name for file in self.out.iterdir() if file.is_file()},
                             {'index.ndjson', *(row['name'] for row in rows)})
        self.assertEqual(list(self.objects(ARTICLE))[0], 'index-2.html')

    def test_no_name_is_a_formula(self):
        talk = [(b'GET /%s HTTP/1.1\r\nHost: a\r\n\r\n' % name, b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 1)
                for name in (b'=1+1', b'+1', b'@a', b'-1', b'1-1')]
        self.assertEqual(list(self.objects('-', stdin=connection(*talk))), ['_1+1', '_1', '_a', '_1-2', '1-1'])

    def test_a_large_content_is_cut_at_the_limit(self):
        content = packets.noise(1 << 12) * 300
        octets = one_exchange(GET, b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(content) + content)
        row = self.objects('--file-limit', '1', '-', stdin=octets)['a.partial']
        self.assertEqual((row['state'], row['bytes'], row['coded_bytes']), ('limited', 1 << 20, len(content)))
        self.assertEqual(self.octets('a.partial'), content[:1 << 20])

    def test_nothing_is_written_over(self):
        victim = self.root / 'victim'
        self.out.mkdir()
        (self.out / 'BAIDU_LOGO.GIF').write_text('mine')
        (self.out / 'bdsug.js').symlink_to(victim)
        first = self.objects(ARTICLE)
        self.assertEqual(list(first), ['index.html', 'baidu_logo-2.gif', 'bdsug-2.js', 'favicon.ico'])
        before = {file: file.read_bytes() for file in self.out.iterdir() if not file.is_symlink()}
        second = self.objects(ARTICLE)
        self.assertEqual(list(second), ['index-2.html', 'baidu_logo-3.gif', 'bdsug-3.js', 'favicon-2.ico'])
        self.assertEqual({file: file.read_bytes() for file in before}, before)
        self.assertFalse(victim.exists())

    def test_choices_and_index(self):
        rows = self.objects('--stream', '1', ARTICLE)
        self.assertEqual(list(rows), ['bdsug.js'])
        self.assertEqual(list(self.objects('--frame', '32', ARTICLE)), ['favicon.ico'])
        out = capan('objects', '--format', 'csv', '--quiet', '-o', self.root / 'csv', ARTICLE)
        self.assertEqual(out, (0, '', ''))
        table = csv.DictReader(io.StringIO((self.root / 'csv' / 'index.csv').read_text()))
        self.assertEqual([row['name'] for row in table], ['index.html', 'baidu_logo.gif', 'bdsug.js', 'favicon.ico'])

    def test_every_capture(self):
        index, kept = [], self.out
        kept.mkdir()
        for number, capture in enumerate(captures()):
            self.out = kept / str(number)
            self.assertIn(capan('objects', '-q', '-o', self.out, capture)[0], (0, 3))  # one is cut short on purpose
            rows = [json.loads(line) for line in (self.out / 'index.ndjson').read_text().splitlines()]
            for row in rows:
                octets = self.octets(row['name'])
                self.assertEqual((row['bytes'], row['sha256']), (len(octets), hashlib.sha256(octets).hexdigest()))
            index += rows
        self.assertGreater(len(index), 100)
        schema = json.loads(pathlib.Path(SCHEMA).read_text())['$defs']['objects'] if SCHEMA else {}
        self.assertEqual([breach for row in index for breach in breaches(row, schema)] if SCHEMA else [], [])

    def test_over_tls(self):
        pages = HERE.parent / 'plugin' / 'captures'
        wanted = None
        for name in ('clear.pcap', 'tls-h1.pcapng', 'tls-h2.pcapng'):
            self.out = self.root / name
            capan('objects', '-q', '-o', self.out, pages / name)
            found = {row['name']: row['sha256'] for row in map(json.loads, (self.out / 'index.ndjson').read_text().splitlines())}
            wanted = wanted or found
            self.assertEqual(found, wanted, name)
        self.assertIn('a.txt', wanted)

    def test_octets_that_come_out_of_order(self):
        capture = packets.Capture(1767225600)
        client, server = (packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2))
        flow = packets.Flow(capture, client, server, (40000, 80))
        flow.handshake()
        flow.client('PA', GET)
        text = packets.text_noise(9000).encode()
        octets = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2328\r\n' + text + b'\r\n0\r\n\r\n'
        pieces = [(at, octets[at:at + 1000]) for at in range(0, len(octets), 1000)]
        for at, piece in pieces[:2] + pieces[4:7] + pieces[2:4] + pieces[7:][::-1]:
            flow.server('A', piece, seq=flow.at(1, 1) + at)
            flow.client()
        self.assertTrue(self.objects('-', stdin=capture.octets())['a']['whole'])
        self.assertEqual(self.octets('a'), text)

    def test_few_open_files(self):
        capture = packets.Capture(1767225600)
        flows = []
        for number in range(200):
            client, server = (packets.Host(f'192.0.2.{side}', f'02:00:5e:00:00:0{side}') for side in (1, 2))
            flows.append(packets.Flow(capture, client, server, (40000 + number, 80)))
            flows[-1].handshake()
            flows[-1].client('PA', GET)
            flows[-1].server('PA', b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n' + b'%04d' % number)
        for number, flow in enumerate(flows):
            flow.server('PA', b'%04d' % number)
            flow.client()
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
        rows = self.objects('-', stdin=capture.octets(), preexec_fn=limit)
        self.assertEqual(sorted(self.octets(name) for name in rows), [b'%04d' % number * 2 for number in range(200)])

    def test_folder_that_cannot_be(self):
        (self.root / 'file').touch()
        for folder in (self.root / 'file', self.root / 'no' / 'such'):
            status, out, err = capan('objects', '-o', folder, ARTICLE)
            self.assertEqual((status, out), (4, ''))
            self.assertRegex(err, r'\Acapan: [^\n]+\n\Z')


BROTLI = '1b50006005c46da98e2e96f06cd3501e148ec2e13f5641564548125ecf1a9a4047a279391e58e17f076bcc8e04'


class Trailers(unittest.TestCase):
    """RFC 9110 6.5: what stands behind the content is kept apart."""

    def rows(self, trailers, *others):
        chunked = (b'HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nTransfer-Encoding: chunked\r\n\r\n'
                   b'5\r\nhello\r\n0\r\n' + trailers + b'\r\n')
        return ndjson('exchanges', '-', stdin=connection((GET, chunked, 5), *others))

    def test_an_entity_tag_is_a_validator_that_was_given(self):
        again = GET.replace(b'\r\n\r\n', b'\r\nIf-None-Match: "t"\r\n\r\n')
        first, second = self.rows(b'ETag: "t"\r\n', (again, b'HTTP/1.1 304 Not Modified\r\nETag: "t"\r\n\r\n', 5))
        self.assertEqual(first['response_trailer_fields'], {'etag': '"t"'})
        self.assertNotIn('etag', first['response_fields'])
        self.assertNotIn('framing', first['http'])
        self.assertEqual((second['http']['provenance'], second['http']['validator_in']), ('seen', first['response_frame']))
        self.assertEqual(second['http']['saved'], 5)

    def test_a_tag_there_proves_no_needless_answer(self):
        """The server did not know it when it had to decide."""
        again = GET.replace(b'\r\n\r\n', b'\r\nIf-None-Match: "t"\r\n\r\n')
        first, second = self.rows(b'ETag: "t"\r\n', (again, b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
                                                         b'5\r\nhello\r\n0\r\nETag: "t"\r\n\r\n', 5))
        self.assertNotIn('unchanged-resent-etag', second['http'].get('violation', []))
        self.assertNotEqual(second['http']['outcome'], 'unchanged-resent')

    def test_what_belongs_before_the_content_is_not_used(self):
        for field in (b'Cache-Control: max-age=600', b'Last-Modified: Wed, 31 Dec 2025 20:00:00 GMT', b'Vary: *',
                      b'Content-Length: 3', b'Content-Encoding: gzip'):
            first, second = self.rows(field + b'\r\n', (GET, EMPTY, 5))
            self.assertEqual(first['http']['framing'], ['trailer-forbidden'], field)
            self.assertEqual(first['response_body_len'], 5)
            self.assertNotIn('lifetime', second['http'])
            self.assertNotIn('explicit-lifetime', first['http'].get('advice', []))
            self.assertNotIn('vary-too-broad', first['http'].get('advice', []))

    def test_for_people(self):
        octets = (PCAPS / 'http' / 'framing.pcap').read_bytes()
        self.assertIn('\n      behind the content: etag: "t1"\n', capan('exchanges', '-', stdin=octets)[1])

    def test_secrets_are_not_shown(self):
        octets = self.rows(b'Set-Cookie: secret=1\r\nX-Other: secret=2\r\n')
        self.assertNotIn('secret', json.dumps(octets))


def split_secrets(octets):
    """A pcapng file of little-endian blocks without its Decryption Secrets Blocks, and the lines in those."""
    rest, lines, at = b'', b'', 0
    while at < len(octets):
        kind, length = struct.unpack_from('<II', octets, at)
        block = octets[at:at + length]
        if kind == 10:
            lines += block[16:16 + struct.unpack_from('<I', block, 12)[0]]
        else:
            rest += block
        at += length
    return rest, lines


class Decrypted(unittest.TestCase):
    """The same requests in clear, in TLS with HTTP/1.1, and in TLS with HTTP/2 (tests/plugin/make_tls.sh)."""
    CAPTURES = HERE.parent / 'plugin' / 'captures'
    OWN = {'request_in', 'response_in', 'validator_in', 'known_in', 'round_trip', 'round_trips', 'handshake_tcp', 'handshake_tls'}

    def verdicts(self, *words):
        return [(row['method'], row['target'], row['status'], row.get('response_body_len'),
                 {name: value for name, value in row['http'].items() if name not in self.OWN})
                for row in ndjson('exchanges', *words)]

    def test_same_verdicts_as_in_clear(self):
        clear = self.verdicts(self.CAPTURES / 'clear.pcap')
        self.assertEqual(11, len(clear))
        for name in ('tls-h1.pcapng', 'tls-h2.pcapng'):
            with self.subTest(name):
                self.assertEqual(clear, self.verdicts(self.CAPTURES / name))

    def test_streams_of_http2(self):
        rows = ndjson('exchanges', self.CAPTURES / 'tls-h2.pcapng')
        self.assertEqual(list(range(1, 23, 2)), [row['h2_stream'] for row in rows])
        self.assertEqual({'2'}, {row['request_version'] for row in rows})

    def test_secrets_in_a_file_of_their_own(self):
        rest, lines = split_secrets((self.CAPTURES / 'tls-h1.pcapng').read_bytes())
        with tempfile.TemporaryDirectory() as folder:
            capture, keylog = pathlib.Path(folder, 'bare.pcapng'), pathlib.Path(folder, 'keys')
            capture.write_bytes(rest)
            keylog.write_bytes(lines)
            self.assertEqual([], ndjson('exchanges', capture))
            self.assertEqual(ndjson('exchanges', self.CAPTURES / 'tls-h1.pcapng'),
                             ndjson('exchanges', '--keylog', keylog, capture))
            self.assertEqual(2, capan('exchanges', '--keylog', pathlib.Path(folder, 'none'), capture)[0])

    def test_every_cipher_suite(self):
        """tests/tls/make_suites.sh; the target names the suite."""
        rows = ndjson('exchanges', HERE.parent / 'tls' / 'suites.pcapng')
        self.assertEqual(16, len(rows))
        for row in rows:
            name = row['target'][1:]
            self.assertEqual((f'"{name}"', 200, len('content of ' + name)),
                             (row['response_fields']['etag'], row['status'], row['response_body_len']))


class Pages(unittest.TestCase):
    """One notion of a page: rows of pages are what the exchanges say they belong to."""

    def test_rows_add_up_the_exchanges(self):
        for capture in captures():
            told = collections.defaultdict(list)
            for row in ndjson('exchanges', capture):
                if 'page' in row:
                    told[row['page']].append(row)
            pages = ndjson('pages', capture)
            self.assertEqual([page['page'] for page in pages], sorted(told), capture.name)
            for page in pages:
                self.add_up(page, told[page['page']])

    def add_up(self, page, parts):
        self.assertEqual(page['requests'], len(parts))
        self.assertEqual(page['outcomes'], dict(collections.Counter(part['http']['outcome'] for part in parts)))
        self.assertEqual(page['connections'], len({part['stream'] for part in parts}))
        self.assertEqual(page['bytes'], sum(part.get('request_len', 0) + part.get('response_len', 0) for part in parts))
        paid = sum(part['http'].get(f'handshake_{name}', 0) for part in parts for name in ('tcp', 'tunnel', 'tls'))
        self.assertEqual(page['handshakes'], paid)
        for cost in ('saved', 'wasted'):
            self.assertEqual(page.get(cost, 0), sum(part['http'].get(cost, 0) for part in parts))
        icons = [part['request_frame'] for part in parts if part['page_role'] == 'favicon']
        self.assertEqual([page['favicon_in']] if icons else [], icons[-1:])

    def test_conditions_and_streams(self):
        pages = PCAPS / 'http' / 'pages.pcap'
        rows = ndjson('pages', pages)
        self.assertEqual([row['page'] for row in ndjson('pages', '--where', 'outcomes==first-fetch', pages)], [1, 2])
        self.assertEqual([row['page'] for row in ndjson('pages', '--where', 'round_trips>6', pages)],
                         [row['page'] for row in rows if row['round_trips'] > 6])
        self.assertEqual(ndjson('pages', '--frame', str(rows[1]['first_frame']), pages), [rows[1]])

    def test_storm(self):
        rows = ndjson('exchanges', '--where', 'http.advice==304-storm', PCAPS / 'http' / 'pages.pcap')
        self.assertEqual([row['target'] for row in rows], ['/face.woff2'])
        self.assertIn('here 4 of 4 requests and 4 round trips in a row', rows[0]['explain'])


class People(unittest.TestCase):
    def test_expected_texts(self):
        for file in sorted(EXPECTED.glob('*.txt')):
            with self.subTest(file=file.name):
                topic, name, command = file.stem.split('--')
                out = capan(command, f'{topic}/{name}.pcap', cwd=PCAPS)[1]
                if UPDATE:
                    file.write_text(out)
                self.assertEqual(out, file.read_text())

    def test_summary_fits(self):
        for line in capan(*(file.relative_to(PCAPS) for file in captures()), cwd=PCAPS)[1].splitlines():
            self.assertLessEqual(len(line), 100, line)

    def test_every_capture_in_every_text(self):
        for command in ('summary', *ROWS, 'explain', 'report'):
            status, out, err = capan(command, *captures())
            # One capture is cut short on purpose, and one holds parts of datagrams.
            self.assertEqual(status, 3, command)
            err = re.sub(r'(?m)^[^\n]* not read: .*\n', '', err)
            self.assertRegex(err, r'\A[^\n]* 10 IP fragments that never became whole\n'
                                  r'[^\n]* cut-short.pcap: packet 13 at octet 2199: the file stops in the middle of it\n\Z')
            self.assertNotRegex(out, r'[\0-\x09\x0b-\x1f\x7f]')
        for capture in captures()[::7]:
            for frame in range(1, 16, 2):
                self.assertIn(capan('explain', '--frame', frame, capture)[0], (0, 3))

    def test_progress_after_a_second(self):
        master, slave = pty.openpty()
        child = subprocess.Popen([CAPAN, 'segments', '-'], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=slave)
        octets = RESENT.read_bytes()
        child.stdin.write(octets)
        for _ in range(14):
            child.stdin.write(octets[24:] * 40)
            child.stdin.flush()
            time.sleep(0.1)
        child.stdin.close()
        child.wait()
        os.close(slave)
        self.assertRegex(read_terminal(master), r'standard input: \d+ packets.*\r\x1b\[K$')

    def test_colour(self):
        self.assertIn('\033[', capan('--color=always', RESENT)[1])
        for words in ((RESENT,), ('--color=never', RESENT)):
            self.assertNotIn('\033', capan(*words)[1])
        self.assertIn('\033[', on_terminal(RESENT))
        self.assertNotIn('\033', on_terminal(RESENT, NO_COLOR='1'))
        self.assertNotIn('\033', on_terminal('--color=never', RESENT))

    def test_terminal_is_not_steered_by_the_capture(self):
        octets = hostile_capture()
        for command in ('summary', 'exchanges'):
            out = capan(command, '--color=never', '-', stdin=octets)[1]
            self.assertNotRegex(out, r'[\0-\x09\x0b-\x1f\x7f-\x9f]')
        target = ndjson('exchanges', '-', stdin=octets)[0]['response_fields']['etag']
        self.assertEqual(target.encode('latin-1'), b'"caf\xe9 \xc3\xa9"')


def one_exchange(request, response):
    """The octets of a capture of it."""
    capture = packets.Capture(1767225600)
    client, server = (packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2))
    flow = packets.Flow(capture, client, server, (40000, 80))
    flow.handshake()
    flow.exchange(request, response)
    flow.close()
    return capture.octets()


def hostile_capture():
    """An exchange whose target and validator try what a terminal, CSV and JSON could trip over."""
    request = b'GET /\xc2\x9b31m,"\\\xff/\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n'
    response = b'HTTP/1.1 200 OK\r\nETag: "caf\xe9 \xc3\xa9"\r\nContent-Length: 2\r\n\r\nok'
    return one_exchange(request, response)


def read_terminal(master):
    """All that was written to it until its other end was closed."""
    parts = []
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    os.close(master)
    return b''.join(parts).decode()


def on_terminal(*words, **environment):
    """What a terminal gets."""
    try:
        master, slave = pty.openpty()
    except OSError as no_terminal:
        raise unittest.SkipTest(f'no terminal to be had here: {no_terminal}')
    clean = {name: value for name, value in os.environ.items() if name != 'NO_COLOR'}
    child = subprocess.Popen([CAPAN, *map(str, words)], stdout=slave, env={**clean, **environment})
    os.close(slave)
    text = read_terminal(master)
    child.wait()
    return text


def main():
    global CAPAN, SCHEMA, UPDATE
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--capan', required=True)
    arguments.add_argument('--schema')
    arguments.add_argument('--update', action='store_true')
    options, rest = arguments.parse_known_args()
    CAPAN, SCHEMA, UPDATE = os.path.abspath(options.capan), options.schema, options.update
    unittest.main(argv=[sys.argv[0], *rest])


main()
