#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""--redact: what is secret stands in no output, what is the same stays the same, and no verdict changes.

usage: test_redact.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'generators'))
import packets  # noqa: E402

CAPAN = None
SECRETS = ('s3cret', 'hunter2', 'dGVzdA', 'fragm3nt', 't0ken')
PSEUDONYM = r'~[0-9a-f]{8}'
REQUESTS = (('GET /a?user=s3cret&page=2 HTTP/1.1', 'Referer: http://bob:hunter2@example.test/from?key=s3cret#fragm3nt',
             'Authorization: Basic dGVzdA', 'Cookie: id=t0ken; lang=t0ken'),
            ('GET /a?user=s3cret&page=2 HTTP/1.1', 'Referer: http://bob:hunter2@example.test/from?key=s3cret#fragm3nt',
             'If-None-Match: "e1"'),
            ('GET /b?s3cret HTTP/1.1', ))
ANSWERS = (('HTTP/1.1 200 OK', 'ETag: "e1"', 'Content-Type: text/html', 'Content-Location: /a?key=s3cret', 'Set-Cookie: id=t0ken; Path=/'),
           ('HTTP/1.1 200 OK', 'ETag: "e1"', 'Content-Type: text/html'),
           ('HTTP/1.1 302 Found', 'Location: http://example.test/c?to=s3cret', 'Cache-Control: no-store'))


def message(lines, content=b''):
    more = [f'Content-Length: {len(content)}'] if lines[0].startswith('HTTP') else ['Host: example.test']
    return '\r\n'.join([lines[0], *more, *lines[1:], '', '']).encode() + content


def conversation():
    """The octets of a capture."""
    capture = packets.Capture(1767225600)
    client, server = (packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2))
    flow = packets.Flow(capture, client, server, (40000, 80), vantage='middle')
    flow.handshake(20)
    for request, answer in zip(REQUESTS, ANSWERS, strict=True):
        flow.client('PA', message(request))
        flow.answer_after(1, 20)
        flow.server('PA', message(answer, b'x' * 100))
        flow.answer_after(0, 20)
        flow.client()
        capture.wait(100)
    return capture.octets()


def capan(*words):
    done = subprocess.run([CAPAN, *map(str, words)], capture_output=True, timeout=60)
    return done.returncode, done.stdout.decode(errors='replace'), done.stderr.decode()


class Redacted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.capture = pathlib.Path(cls.folder.name) / 'talk.pcap'
        cls.capture.write_bytes(conversation())

    def test_nothing_secret_in_any_output(self):
        commands = [['summary'], ['explain'], ['report'], ['har'], ['plot'], ['explain', '--frame', 5]]
        for command in ('segments', 'connections', 'exchanges', 'pages', 'findings', 'etags', 'whatif', 'explain'):
            commands += [[command, '--format', form] for form in ('text', 'csv', 'json', 'ndjson')]
        commands += [['findings', '--format', 'sarif'], ['findings', '--by', 'place'], ['whatif', '--by', 'target'],
                     ['whatif', '--by', 'change', '--format', 'json'], ['exchanges', '--sort', 'target']]
        for words in commands:
            status, out, err = capan(*words, '--redact', self.capture)
            self.assertEqual(status, 0, (words, err))
            for secret in SECRETS:
                self.assertNotIn(secret, out + err, words)
        self.assertIn('s3cret', capan('exchanges', self.capture)[1])
        self.assertIn('hunter2', capan('exchanges', '--format', 'json', self.capture)[1])

    def test_database(self):
        database = pathlib.Path(self.folder.name) / 'talk.sqlite'
        status, _, err = capan('database', database, self.capture, '--redact')
        self.assertEqual(status, 0, err)
        text = '\n'.join(sqlite3.connect(database).iterdump())
        self.assertIn('/a?user=', text)
        for secret in SECRETS:
            self.assertNotIn(secret, text)

    def rows(self, *more):
        return [json.loads(line) for line in capan('exchanges', '--format', 'ndjson', *more, self.capture)[1].splitlines()]

    def test_names_stay_and_the_same_stays_the_same(self):
        first, again, third = (row['target'] for row in self.rows('--redact'))
        self.assertEqual(first, again)
        self.assertRegex(first, f'^/a[?]user={PSEUDONYM}&page={PSEUDONYM}$')
        self.assertRegex(third, f'^/b[?]{PSEUDONYM}$')
        self.assertEqual(first[8:17], third[3:])  # both are s3cret
        fields = self.rows('--redact')[1]['request_fields']
        self.assertRegex(fields['referer'], f'^http://{PSEUDONYM}@example.test/from[?]key={PSEUDONYM}#{PSEUDONYM}$')
        self.assertNotEqual(self.rows('--redact')[0]['target'], first)  # in another run nobody knows

    def test_verdicts_are_the_same(self):
        def verdicts(rows):
            return [(row['http'], row['authority'], row['status'], row['request_frame']) for row in rows]
        self.assertEqual(verdicts(self.rows('--redact')), verdicts(self.rows()))
        self.assertEqual(capan('findings', '--redact', self.capture), capan('findings', self.capture))

    def test_what_is_about_what_was_sent_refuses(self):
        for words in (['objects', '-o', f'{self.folder.name}/found'], ['diff', self.capture], ['prove', self.capture]):
            self.assertEqual(capan(*words, '--redact', self.capture)[0], 2, words)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = str(pathlib.Path(options.capan).resolve())
    unittest.main(argv=[sys.argv[0], *rest])
