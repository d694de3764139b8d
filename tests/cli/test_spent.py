#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The report's bars of where time went: the parts that each shows add up to 100 %, and they are those of the rows.

usage: test_spent.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import html.parser
import json
import pathlib
import re
import subprocess
import sys
import unittest

PCAPS = pathlib.Path(__file__).resolve().parents[2] / 'pcaps'
CAPAN = None
BESIDE = ('busy', 'certainty')
TENTH = 0.1001  # of a percent: to that its ends are rounded
SHARE = re.compile(r'(?:under 0\.1|(\d+\.\d)) %')


def capan(*words):
    return subprocess.run([CAPAN, *map(str, words)], capture_output=True, timeout=120).stdout.decode()


def rows(command, capture):
    return [json.loads(line) for line in capan(command, '--format', 'ndjson', capture).splitlines()]


def shares(text):
    return [float(found or 0) for found in SHARE.findall(text)]


class Bars(html.parser.HTMLParser):
    """Every bar: what is read of it to who does not see it, its parts by class, and the list below it, if it has one; and
    what exchanges say of theirs."""

    def __init__(self, text):
        super().__init__()
        self.bars, self.exchanges, self.inside = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        names = about.get('class', '')
        if names == 'bar':
            self.bars.append({'label': about.get('aria-label'), 'hidden': about.get('aria-hidden'), 'parts': {}, 'list': ''})
            self.inside = 'bar'
        elif names == 'parts':
            self.bars[-1]['whose'] = about['aria-label']
            self.inside = 'list'
        elif tag == 'i' and self.inside == 'bar':
            part = about['class'].removeprefix('of-')
            grow = int(about['style'].removeprefix('flex-grow:'))
            self.bars[-1]['parts'][part] = (grow, shares(about['title'])[0])
        elif names == 'took':
            self.exchanges.append('')
            self.inside = 'exchange'

    def handle_endtag(self, tag):
        if tag in ('div', 'ul', 'p'):
            self.inside = None

    def handle_data(self, text):
        if self.inside == 'list':
            self.bars[-1]['list'] += text
        elif self.inside == 'exchange':
            self.exchanges[-1] += text


def percents(parts):
    whole = sum(parts.values())
    return {part: took / whole * 100 for part, took in parts.items() if took}


def sides(capture):
    """What the bars of connections are to show: of each direction that sent data."""
    for row in rows('connections', capture):
        for side in ('c2s', 's2c'):
            parts = {part: took for part, took in row[side]['time'].items() if part not in BESIDE}
            if row[side]['bytes'] and sum(parts.values()):
                yield percents(parts)


class Spent(unittest.TestCase):
    def is_shown(self, bar, parts):
        """A bar's parts are these, in its widths, its titles and its text."""
        self.assertEqual(bar['parts'].keys(), parts.keys())
        told = shares(bar['list'] or bar['label'])
        self.assertEqual(told, [share for _, share in bar['parts'].values()])
        self.assertAlmostEqual(sum(told), 100, places=6)
        self.assertAlmostEqual(sum(grow for grow, _ in bar['parts'].values()) / 1e4, 100, delta=0.001)
        for part, percent in parts.items():
            grow, share = bar['parts'][part]
            self.assertAlmostEqual(grow / 1e4, percent, delta=0.001)
            self.assertAlmostEqual(share, percent, delta=TENTH)

    def adds_up(self, capture):
        bars = Bars(capan('report', capture)).bars
        pages = [bar for bar in bars if bar.get('whose') == 'time of the page']
        told = [bar for bar in bars if bar['list'] and bar not in pages]
        table = [bar for bar in bars if not bar['list']]
        wanted = list(sides(capture))
        self.assertEqual(len(table), len(wanted))
        for bar, parts in zip(table, wanted):
            self.is_shown(bar, parts)
        for bar in told:
            self.assertEqual(bar['hidden'], 'true')
            self.is_shown(bar, next(each for each in wanted if each.keys() == bar['parts'].keys() and all(
                abs(each[part] - grow / 1e4) < 0.001 for part, (grow, _) in bar['parts'].items())))
        for bar in pages:
            self.assertAlmostEqual(sum(shares(bar['list'])), 100, places=6)
        return len(bars)

    def test_parts_are_the_whole(self):
        count = 0
        for capture in sorted((PCAPS / 'tcp').glob('*.pcap')) + sorted((PCAPS / 'http').glob('*.pcap')):
            with self.subTest(capture.name):
                count += self.adds_up(capture)
        self.assertGreater(count, 100)

    def test_a_page_is_told_as_its_row(self):
        for capture in (PCAPS / 'article' / 'baidu.pcap', PCAPS / 'http' / 'pages.pcap'):
            text = capan('report', capture)
            shown = [bar for bar in Bars(text).bars if bar.get('whose') == 'time of the page']
            pages = rows('pages', capture)
            self.assertEqual(len(shown), len(pages))
            for bar, page in zip(shown, pages):
                with self.subTest(capture.name, page=page['page']):
                    self.is_shown(bar, percents(page['spent']))
                    self.assertIn(page['explain'], text)

    def test_exchanges_say_theirs(self):
        capture = PCAPS / 'http' / 'pages.pcap'
        exchanges = Bars(capan('report', capture)).exchanges
        self.assertEqual(len(exchanges), len(rows('exchanges', capture)))
        for exchange in exchanges:
            self.assertAlmostEqual(sum(shares(exchange)), 100, places=6)

    def test_a_stream_has_its_own(self):
        capture = PCAPS / 'article' / 'baidu.pcap'
        bars = Bars(capan('report', '--stream', '1', capture)).bars
        self.assertFalse([bar for bar in bars if bar.get('whose') == 'time of the page'])
        self.assertEqual(len(bars), 4)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
