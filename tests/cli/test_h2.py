# SPDX-License-Identifier: MIT
"""What is said in HTTP/2 gets the verdicts that it gets in HTTP/1; and what only HTTP/2 has.

usage: test_h2.py --capan PROGRAM
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/generators'))
import exchanges as http1  # noqa: E402
import h2 as http2  # noqa: E402

PCAPS = ROOT / 'pcaps/http'
TWINS = {name: getattr(http1, name) for name in
         ('not_modified', 'unchanged_resent', 'modified', 'wrong_answers', 'guards', 'ranges', 'refetch', 'overrides', 'variants')}


def rows(path):
    done = subprocess.run([CAPAN, 'exchanges', '--format', 'ndjson', str(path)], capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(row):
    """The verdict, and what identifies its exchange; not frames, which are others for HTTP/2's prefaces."""
    http = {name: value for name, value in row['http'].items() if not name.endswith('_in')}
    return [row.get(name) for name in ('method', 'target', 'status', 'server_time', 'response_body_len')] + [http]


class Twins(unittest.TestCase):
    def test_same_verdicts(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, make in TWINS.items():
                seen = []
                for number, kind in enumerate((http1.Web, http2.Web2)):
                    path = pathlib.Path(folder) / f'{name}-{number}.pcap'
                    path.write_bytes(http1.one(make, kind)().octets())
                    seen.append(rows(path))
                with self.subTest(name):
                    self.assertTrue(seen[0])
                    self.assertEqual([told(row) for row in seen[0]], [told(row) for row in seen[1]])
                    self.assertEqual({'2'}, {row['request_version'] for row in seen[1]})


class Har(unittest.TestCase):
    def test_streams_are_named(self):
        done = subprocess.run([CAPAN, 'har', str(PCAPS / 'h2-upgrade.pcap')], capture_output=True, check=True)
        entries = json.loads(done.stdout)['log']['entries']
        self.assertEqual([('HTTP/1.1', 'HTTP/2', 1), ('HTTP/2', 'HTTP/2', 3)],
                         [(entry['request']['httpVersion'], entry['response']['httpVersion'], entry['_stream']) for entry in entries])


class OnlyHttp2(unittest.TestCase):
    """(stream, method, target, status, outcome, request's frame, response's frame)"""

    def check(self, name, expected):
        self.assertEqual(expected, [(row.get('h2_stream'), row.get('method'), row.get('target'), row.get('status'),
                                     row['http']['outcome'], row.get('request_frame'), row.get('response_frame'))
                                    for row in rows(PCAPS / name)])

    def test_streams(self):
        self.check('h2-streams.pcap', [
            (3, 'GET', '/2', 304, 'not-modified', 8, 9),
            (1, 'GET', '/1', 200, 'first-fetch', 8, 10),
            (5, 'GET', '/3', 200, 'modified', 8, 10),
            (2, 'GET', '/style.css', 200, 'first-fetch', 9, 11),
            (7, 'GET', '/long', 200, 'first-fetch', 13, 14),
            (9, 'POST', '/form', 201, 'plain', 19, 18),
            (11, 'HEAD', '/1', 304, 'not-modified', 20, 21)])
        hinted = rows(PCAPS / 'h2-streams.pcap')[1]
        self.assertEqual(([103], 300), (hinted['interim'], hinted['response_body_len']))

    def test_upgrade(self):
        self.check('h2-upgrade.pcap', [(1, 'GET', '/a', 200, 'first-fetch', 4, 6), (3, 'GET', '/a', 304, 'not-modified', 9, 10)])
        first = rows(PCAPS / 'h2-upgrade.pcap')[0]
        self.assertEqual(([101], '1.1', '2'), (first['interim'], first['request_version'], first['response_version']))

    def test_gaps(self):
        """A hole inside DATA costs its octets; one over a head costs what follows on that side; without requests, orphans."""
        self.check('h2-gaps.pcap', [
            (1, 'GET', '/a', 200, 'modified', 8, 12), (3, 'GET', '/b', 304, 'not-modified', 14, 15),
            (1, 'GET', '/a', None, 'no-response', 28, None), (3, 'GET', '/b', None, 'no-response', 34, None),
            (1, None, None, 200, 'orphan-response', None, 44)])
        found = rows(PCAPS / 'h2-gaps.pcap')
        self.assertEqual((4540, 1460), (found[0]['response_body_len'], found[0]['response_body_missing']))
        self.assertEqual(['capture-gap'] * 2, [row['http']['reason'] for row in found[2:4]])

    def test_oddities(self):
        found = rows(PCAPS / 'h2-oddities.pcap')
        self.assertEqual([['malformed'], ['malformed'], ['unreadable'], ['unreadable']], [row['http']['framing'] for row in found])
        self.assertEqual('unreadable', found[2]['http']['reason'])
        self.assertEqual((304, 'plain'), (found[3]['status'], found[3]['http']['outcome']))  # the status needs no table


if __name__ == '__main__':
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--capan', required=True)
    options, rest = arguments.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
