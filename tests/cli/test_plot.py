#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Charts: every mark is drawn, or it is said which are not; the script of the report is one.

usage: test_plot.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
PCAPS = HERE.parents[1] / 'pcaps'
sys.path.insert(0, str(HERE.parent / 'generators'))
import packets  # noqa: E402

CAPAN = None
SVG = '{http://www.w3.org/2000/svg}'
SENT = ('data', 'late', 'again')


def capan(*words, stdin=None):
    done = subprocess.run([CAPAN, *map(str, words)], input=stdin, capture_output=True, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def segments(capture, **more):
    return [json.loads(line) for line in capan('segments', '--format', 'ndjson', capture, **more)[1].splitlines()]


def marks(chart):
    """How many there are of each class."""
    found = {}
    for path in chart.iter(SVG + 'path'):
        words = path.get('class', '').split()
        if len(words) == 2:
            found[words[0]] = found.get(words[0], 0) + path.get('d').count('M' if words[1] != 'steps' else 'H')
    return found


def long_transfer(count, jump):
    """A server sends so many small segments; one, with the number jump, is sent twice."""
    capture = packets.Capture(1767225600)
    hosts = (packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2))
    flow = packets.Flow(capture, *hosts, (40000, 9000))
    flow.handshake()
    flow.send(0, 'PA', b'x')
    for number in range(count):
        capture.wait(1)
        flow.send(1, 'A', b'y' * 10)
        if number == jump:
            flow.send(1, 'A', b'y' * 10, seq=flow.sides[1].snd_nxt - 10, forged=True)
        flow.send(0, 'A', b'')
    return capture.octets()


class Plot(unittest.TestCase):
    def test_all_captures_give_xml(self):
        for capture in sorted((PCAPS / 'tcp').glob('*.pcap')) + [PCAPS / 'article' / 'baidu.pcap', PCAPS / 'http' / 'ipv6.pcap']:
            with self.subTest(capture.name):
                status, out, _ = capan('plot', capture)
                self.assertEqual(status, 0)
                self.assertEqual(xml.etree.ElementTree.fromstring(out).tag, SVG + 'svg')

    def test_every_segment_is_a_mark(self):
        for name in ('fast-and-sack', 'timeouts', 'reordered', 'tail-loss-probe', 'half-close'):
            capture = PCAPS / 'tcp' / f'{name}.pcap'
            for direction in ('c2s', 's2c'):
                with self.subTest(name, direction=direction):
                    out = capan('plot', '--chart', 'time-sequence', '--direction', direction, capture)[1]
                    rows = [row for row in segments(capture) if row['direction'] == direction and
                            (row['len'] or row['tcp']['kind'].startswith(('syn', 'fin')))]
                    found = marks(xml.etree.ElementTree.fromstring(out))
                    self.assertEqual(sum(found.get(name, 0) for name in SENT), len(rows))

    def test_sacks_and_resends_are_told_apart(self):
        out = capan('plot', '--chart', 'time-sequence', PCAPS / 'tcp' / 'fast-and-sack.pcap')[1]
        found = marks(xml.etree.ElementTree.fromstring(out))
        self.assertEqual((found['again'], found['sacks']), (2, 12))

    def test_what_is_left_out_is_said(self):
        octets = long_transfer(5000, 2500)
        out = capan('plot', '--chart', 'time-sequence', '--direction', 's2c', '-', stdin=octets)[1]
        tree = xml.etree.ElementTree.fromstring(out)
        found = marks(tree)
        self.assertLess(found['data'], 5000)
        self.assertEqual(found['again'], 1)
        note = ' '.join(text.text or '' for text in tree.iter(SVG + 'text') if text.get('class') == 'note')
        self.assertRegex(note, r'[0-9,]+ of [0-9,]+ marks are drawn: .*the lowest and the highest')
        # The last number sent stays, as the first does.
        ends = [int(end) for path in tree.iter(SVG + 'path') if path.get('class') == 'data bars'
                for end in re.findall(r'V(-?\d+)', path.get('d'))]
        plane = next(svg for svg in tree.iter(SVG + 'svg') if svg.get('class') == 'plane')
        height = int(plane.get('viewBox').split()[3])
        self.assertEqual(height - min(ends), 50001)
        self.assertEqual(height - max(ends), 1)
        self.assertNotIn('are drawn', capan('plot', PCAPS / 'tcp' / 'fast-and-sack.pcap')[1])

    def test_other_connections_are_said(self):
        status, out, err = capan('plot', PCAPS / 'article' / 'baidu.pcap')
        self.assertEqual(status, 0)
        self.assertIn('1 more not drawn', out)
        self.assertIn('1 more connections are not drawn', err)
        status, out, err = capan('plot', '--stream', '1', PCAPS / 'article' / 'baidu.pcap')
        self.assertEqual((status, err), (0, ''))
        self.assertIn('stream 1: ', out)

    def test_xplot_has_all(self):
        capture = PCAPS / 'tcp' / 'fast-and-sack.pcap'
        lines = capan('plot', '--format', 'xplot', capture)[1].splitlines()
        self.assertEqual((lines[0], lines[-1]), ('timeval unsigned', 'go'))
        number = r' \d+\.\d{6} \d+'
        for line in lines[7:-1]:
            self.assertRegex(line, rf'^([a-z]+|line{number}{number}|(uarrow|darrow|diamond){number})$')
        sent = [row for row in segments(capture) if row['direction'] == 's2c' and
                (row['len'] or row['tcp']['kind'] in ('syn-ack', 'fin'))]
        self.assertEqual(sum(line.startswith('uarrow') for line in lines), len(sent) + 12)

    def test_usage(self):
        capture = PCAPS / 'tcp' / 'refused.pcap'
        for words in (('plot', '--chart', 'pie'), ('plot', '--direction', 'up'), ('plot', '--format', 'csv'),
                      ('segments', '--chart', 'window'), ('plot', '--where', 'len>3')):
            self.assertEqual(capan(*words, capture)[0], 2, words)


class Script(unittest.TestCase):
    @unittest.skipUnless(shutil.which('node'), 'needs node')
    def test_it_is_one(self):
        out = capan('report', PCAPS / 'tcp' / 'fast-and-sack.pcap')[1]
        script = out[out.rindex('<script>') + len('<script>'):out.rindex('</script>')]
        done = subprocess.run(['node', '--check', '-'], input=script.encode(), capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_what_it_reads_is_json(self):
        out = capan('report', PCAPS / 'article' / 'baidu.pcap')[1]
        parts = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', out, re.S)
        self.assertEqual(len(parts), 1 + out.count('<figure '))
        for part in parts:
            json.loads(part)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
