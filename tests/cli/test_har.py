#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Archives: what HAR 1.2 asks of each object, times that add up, pages that are there; and, with --truth, a browser's
own archive of the same capture.

usage: test_har.py --capan PROGRAM [--truth FOLDER] [unittest's arguments]
"""
import argparse
import collections
import datetime
import gzip
import json
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CAPTURES = sorted([*ROOT.glob('pcaps/http/*.pcap'), *ROOT.glob('pcaps/article/*.pcap'), *ROOT.glob('tests/plugin/captures/*.pcapng')])
OPTIONS = None

NUMBER = (int, float)
# Member: type, [type of the items] or the name of an object; "?" marks those that may be absent. Others begin with "_".
HAR = {
    'log': {'version': str, 'creator': 'creator', 'pages?': ['page'], 'entries': ['entry'], 'comment?': str},
    'creator': {'name': str, 'version': str},
    'page': {'startedDateTime': str, 'id': str, 'title': str, 'pageTimings': 'pageTimings'},
    'pageTimings': {'onContentLoad': NUMBER, 'onLoad': NUMBER},
    'entry': {'pageref?': str, 'startedDateTime': str, 'time': NUMBER, 'request': 'request', 'response': 'response', 'cache': 'cache',
              'timings': 'timings', 'serverIPAddress?': str, 'connection?': str},
    'cache': {'beforeRequest?': 'stored', 'afterRequest?': 'stored'},
    'stored': {'expires?': str, 'lastAccess': str, 'eTag': str, 'hitCount': int},
    'request': {'method': str, 'url': str, 'httpVersion': str, 'cookies': list, 'headers': ['record'], 'queryString': ['record'],
                'headersSize': int, 'bodySize': int},
    'response': {'status': int, 'statusText': str, 'httpVersion': str, 'cookies': list, 'headers': ['record'], 'content': 'content',
                 'redirectURL': str, 'headersSize': int, 'bodySize': int},
    'content': {'size': int, 'compression?': int, 'mimeType': str},
    'record': {'name': str, 'value': str, 'comment?': str},
    'timings': {'blocked': NUMBER, 'dns': NUMBER, 'connect': NUMBER, 'ssl': NUMBER, 'send': NUMBER, 'wait': NUMBER, 'receive': NUMBER},
}


def log_of(capture):
    done = subprocess.run([OPTIONS.capan, 'har', str(capture)], capture_output=True, timeout=60, check=False)
    return json.loads(done.stdout)['log']


def complaints(value, kind, path):
    """Why a value is not what HAR asks."""
    if isinstance(kind, list):
        for i, item in enumerate(value):
            yield from complaints(item, kind[0], f'{path}[{i}]')
    elif not isinstance(kind, str):
        if not isinstance(value, kind) or isinstance(value, bool):
            yield f'{path}: {value!r}'
    else:
        members = {name.rstrip('?'): of for name, of in HAR[kind].items()}
        yield from (f'{path} lacks {name}' for name in HAR[kind] if not name.endswith('?') and name not in value)
        for name, inner in value.items():
            if name in members:
                yield from complaints(inner, members[name], f'{path}.{name}')
            elif not name.startswith('_'):
                yield f'{path} has {name}'


def moment(text):
    return datetime.datetime.fromisoformat(text[:26] + '+00:00').timestamp()


class Archives(unittest.TestCase):
    def test_are_what_the_format_asks(self):
        for capture in CAPTURES:
            self.assertEqual(list(complaints(log_of(capture), 'log', 'log')), [], capture)

    def test_times_add_up(self):
        for capture in CAPTURES:
            for entry in log_of(capture)['entries']:
                timings = dict(entry['timings'])
                self.assertTrue(timings['ssl'] <= timings['connect'], capture)
                timings.pop('ssl')
                self.assertAlmostEqual(entry['time'], sum(part for part in timings.values() if part >= 0), places=5)

    def test_pages_are_those_of_the_entries(self):
        seen = 0
        for capture in CAPTURES:
            log = log_of(capture)
            pages = {page['id']: page for page in log['pages']}
            self.assertEqual(len(pages), len(log['pages']))
            self.assertEqual(set(pages), {entry['pageref'] for entry in log['entries'] if 'pageref' in entry})
            for entry in log['entries']:
                if 'pageref' in entry:
                    seen += 1
                    self.assertGreaterEqual(moment(entry['startedDateTime']), moment(pages[entry['pageref']]['startedDateTime']))
        self.assertGreater(seen, 20)

    def test_the_article(self):
        log = log_of(ROOT / 'pcaps/article/baidu.pcap')
        (page,) = log['pages']
        self.assertEqual(page['title'], 'http://www.baidu.com/')
        first = log['entries'][0]
        self.assertEqual(first['response']['statusText'], 'OK')
        self.assertAlmostEqual(first['timings']['connect'], 31.1, places=1)
        self.assertEqual(first['timings']['ssl'], -1)
        self.assertIn('Accept-Encoding', {line['name'] for line in first['request']['headers']})

    def test_field_lines_are_those_of_the_wire(self):
        first = log_of(ROOT / 'pcaps/article/baidu.pcap')['entries'][0]
        frames = (ROOT / 'pcaps/article/baidu.pcap').read_bytes()
        head = frames[frames.index(b'HTTP/1.1 200 OK\r\n'):].split(b'\r\n\r\n')[0].decode().split('\r\n')[1:]
        self.assertEqual([f"{line['name']}: {line['value']}" for line in first['response']['headers']], head)

    def test_a_stored_response_is_there_before_and_after_a_304(self):
        met = collections.Counter()
        for capture in CAPTURES:
            for entry in log_of(capture)['entries']:
                before, after = (entry['cache'].get(name) for name in ('beforeRequest', 'afterRequest'))
                met['before'] += before is not None
                met['after'] += after is not None
                self.assertEqual(before is not None, '_validatorFrame' in entry)
                self.assertTrue(before or not after)
                if before:
                    self.assertLessEqual(moment(before['lastAccess']), moment(entry['startedDateTime']) + entry['time'] / 1000)
                if after:
                    self.assertEqual(entry['response']['status'], 304)
                    self.assertGreaterEqual(moment(after['lastAccess']), moment(before['lastAccess']))
        self.assertGreater(met['before'], met['after'])
        self.assertGreater(met['after'], 10)

    def test_secrets_are_left_out(self):
        met = collections.Counter()
        for capture in CAPTURES:
            for entry in log_of(capture)['entries']:
                for line in entry['request']['headers'] + entry['response']['headers']:
                    if line['name'].lower() in ('cookie', 'authorization', 'set-cookie'):
                        met[line['name'].lower()] += 1
                        self.assertEqual(line['value'], '')
        self.assertTrue(met)


class Browser(unittest.TestCase):
    """Its clock is ours; what it adds to a time is its own work."""

    def setUp(self):
        if not OPTIONS.truth:
            self.skipTest('no --truth')

    def test_tells_the_same(self):
        """What went over the wire, in the order of each target: status and sizes are the same; none begins before the
        browser wanted it, and none takes longer (what it waited for a connection is in no time of the browser's)."""
        folder, slack_s = pathlib.Path(OPTIONS.truth), 0.005
        with gzip.open(folder / 'session.har.gz') as file:
            theirs = [entry for entry in json.load(file)['log']['entries'] if entry['response']['_transferSize'] > 0]
        ours = collections.defaultdict(collections.deque)
        for entry in log_of(folder / 'capture.pcapng')['entries']:
            ours[entry['request']['url']].append(entry)
        for entry in theirs:
            own = ours[entry['request']['url']].popleft()
            self.assertGreater(moment(own['startedDateTime']), moment(entry['startedDateTime'].replace('Z', '000Z')) - slack_s)
            self.assertLess(own['time'], entry['time'] + slack_s * 1000)
            shown = entry['response']['status']  # of a document that a 304 confirmed the status of the copy
            self.assertIn(own['response']['status'], (shown, 304) if entry['response']['bodySize'] == 0 else (shown,))
            lines = [[(line['name'].lower(), line['value']) for line in one['response']['headers']] for one in (own, entry)]
            if own['response']['status'] == shown:
                self.assertEqual(sorted(lines[0]), sorted(lines[1]))
                self.assertEqual(own['response']['statusText'], entry['response']['statusText'])
            for what in ('bodySize', '_transferSize'):
                self.assertEqual(own['response'][what], entry['response'][what], entry['request']['url'])
        self.assertGreater(len(theirs), 20)


if __name__ == '__main__':
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--capan', required=True)
    parser.add_argument('--truth')
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
