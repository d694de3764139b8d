#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The HTML document: its parts lead to each other, it needs nothing beside it, it stays small; in a browser its rows are
found and sorted, and what a link leads to is unfolded.

usage: test_report.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import base64
import collections
import functools
import hashlib
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PCAPS = HERE.parents[1] / 'pcaps'
sys.path.insert(0, str(HERE.parent / 'generators'))
import packets  # noqa: E402

CAPAN = None
ARTICLE = PCAPS / 'article' / 'baidu.pcap'
PAGES = PCAPS / 'http' / 'pages.pcap'
BROWSER = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
OCTETS_MAX = 5_000_000
OPENS_MS = 2000
CONTRAST = 4.5  # WCAG 2.2 1.4.3
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\'&lt;'


def capan(*words, stdin=None):
    done = subprocess.run([CAPAN, *map(str, words)], input=stdin, capture_output=True, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def rows(command, *words):
    return [json.loads(line) for line in capan(command, '--format', 'ndjson', *words)[1].splitlines()]


class Page(html.parser.HTMLParser):
    """What is in it: elements by name with their attributes, and the text of those that have an id."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.ids, self.title, self.inside = collections.defaultdict(list), [], '', None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        self.elements[tag].append(about)
        self.ids += [about['id']] if 'id' in about else []
        self.inside = tag

    def handle_data(self, text):
        if self.inside == 'title' and not self.title:
            self.title = text

    def all(self):
        return [(tag, about) for tag, found in self.elements.items() for about in found]

    def links(self):
        return [about['href'] for about in self.elements['a'] if 'href' in about]


def report(*words, **more):
    status, out, err = capan('report', *words, **more)
    assert (status, err) == (0, ''), (status, err)
    return out


@functools.cache
def many_exchanges(connections=2500, each=10):
    """The octets of a capture of so many connections with so many exchanges on each."""
    capture = packets.Capture(1767225600)
    hosts = [packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2)]
    for number in range(connections):
        flow = packets.Flow(capture, *hosts, (10000 + number, 80))
        flow.handshake()
        for part in range(each):
            flow.exchange(b'GET /a/rather/long/name/of/some/resource/%d/%d HTTP/1.1\r\nHost: www.example\r\n\r\n' % (number, part),
                          b'HTTP/1.1 200 OK\r\nETag: "%d"\r\nContent-Length: 2000\r\n\r\n' % part + b'x' * 2000)
        flow.close()
    return capture.octets()


def one_transfer(count):
    """The octets of a server's data, every hundredth segment of which is lost and sent again."""
    capture = packets.Capture(1767225600)
    hosts = [packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2)]
    flow = packets.Flow(capture, *hosts, (40000, 9000))
    flow.handshake()
    flow.send(0, 'PA', b'x')
    for number in range(count):
        capture.wait(1)
        flow.send(1, 'A', b'y' * 100)
        if number % 100 == 50:
            flow.send(1, 'A', b'y' * 100, seq=flow.sides[1].snd_nxt - 100, forged=True)
        flow.send(0, 'A', b'')
    return capture.octets()


class Structure(unittest.TestCase):
    def test_every_link_has_its_aim_and_every_id_is_one(self):
        links = sorted(PCAPS.glob('link/*.pcap*'))  # they differ before the segments begin
        for capture in sorted(set(PCAPS.glob('*/*.pcap*')) - set(links)) + links[::10]:
            with self.subTest(capture.name):
                page = Page(capan('report', capture)[1])
                self.assertEqual([name for name, count in collections.Counter(page.ids).items() if count > 1], [])
                self.assertEqual([link for link in page.links() if link[0] != '#' or link[1:] not in page.ids], [])

    def test_findings_exchanges_connections_and_frames_lead_to_each_other(self):
        text = report(PAGES)
        page = Page(text)
        for finding in rows('findings', PAGES):
            self.assertIn(f'finding-{finding["token"]}', page.ids)
            row = text[text.index(f'<tr id="finding-{finding["token"]}"'):]
            row = row[:row.index('</tr>')]
            for frame in finding['frames']:
                self.assertRegex(row, rf'<a href="#(frame-{frame}|exchange-\d+)">{frame}</a>')
        for exchange in rows('exchanges', PAGES):
            row = text[text.index(f'<tr id="exchange-{exchange["index"]}"'):]
            row = row[:row.index('</tr>')]
            self.assertIn(f'href="#finding-{exchange["http"]["outcome"]}"', row)
            self.assertIn(f'href="#stream-{exchange["stream"]}"', row)
            self.assertIn(f'href="#frame-{exchange["response_frame"]}"', row)
            self.assertIn(f'href="#exchange-{exchange["index"]}">request', text)  # of the ladder
        for connection in rows('connections', PAGES):
            self.assertIn(f'href="#charts-{connection["stream"]}"', text)
            self.assertIn(f'charts-{connection["stream"]}', page.ids)
            self.assertIn(f'stream-{connection["stream"]}', page.ids)
        for segment in rows('segments', PAGES):
            self.assertIn(f'frame-{segment["frame"]}', page.ids)

    def test_who_listens_finds_the_way(self):
        page = Page(report(ARTICLE))
        for tag in ('header', 'nav', 'main', 'footer', 'h1'):
            self.assertEqual(len(page.elements[tag]), 1, tag)
        self.assertEqual(len(page.elements['table']), len(page.elements['caption']))
        self.assertTrue(all(about.get('scope') in ('row', 'col') for about in page.elements['th']))
        for section in page.elements['section']:
            self.assertIn(section['aria-labelledby'], page.ids)
        for tag, about in page.all():
            if about.get('role') == 'img':
                self.assertTrue(about.get('aria-label') or about.get('title'), (tag, about))

    def test_it_is_named_by_the_file_alone(self):
        self.assertEqual(Page(report(ARTICLE)).title, 'baidu.pcap')
        self.assertEqual(Page(report('-', stdin=ARTICLE.read_bytes())).title, 'standard input')

    def test_several_files_are_one(self):
        text = report(ARTICLE, PAGES)
        self.assertEqual(Page(text).title, 'baidu.pcap and 1 more')
        self.assertIn('2 files, read as one capture', text)
        for file in (ARTICLE, PAGES):
            self.assertIn(f'<li>{file}</li>', text)
        self.assertEqual(len(re.findall('<tr id="stream-', text)), len(rows('connections', ARTICLE, PAGES)))

    def test_the_summary_names_who_is_to_act(self):
        text = report(PCAPS / 'http' / 'wrong-answers.pcap')
        brief = text[text.index('id="summary"'):text.index('id="findings"')]
        self.assertIn('5 kinds of error and 2 kinds of warning ask', brief)
        self.assertRegex(brief, r'<h4>Who runs the server</h4>\n<ul>\n<li><a class="tag error" href="#finding-304-')
        self.assertNotIn('Nobody is named', brief)  # the same frames are told of with the server
        self.assertIn('Nobody has to', report(PAGES))

    def test_what_was_not_read_is_said(self):
        text = report(PCAPS / 'http' / 'snaplen-80.pcap')
        self.assertRegex(text, r'To be read with care</h3>\n<ul>\n<li>\d+ packets were cut short')
        self.assertNotIn('To be read with care', report(PAGES))
        self.assertIn('no packet was captured', report('-', stdin=ARTICLE.read_bytes()[:24]))


class Alone(unittest.TestCase):
    def test_nothing_is_asked_of_others(self):
        for capture in (ARTICLE, PAGES, PCAPS / 'tcp' / 'fast-and-sack.pcap'):
            text = report(capture)
            for tag, about in Page(text).all():
                self.assertFalse({'src', 'srcset', 'action', 'data', 'poster', 'ping'} & about.keys(), tag)
                self.assertFalse([name for name in about if name.startswith('on')], tag)
                self.assertNotIn(tag, ('link', 'iframe', 'object', 'embed', 'base', 'img'))
            style = text[text.index('<style>'):text.index('</style>')]
            self.assertNotRegex(style, r'@import|url\(')

    def test_the_policy_lets_its_own_script_run(self):
        text = report(ARTICLE)
        script = text[text.rindex('<script>') + len('<script>'):text.rindex('</script>')]
        policy = next(about['content'] for about in Page(text).elements['meta'] if 'http-equiv' in about)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        self.assertIn("default-src 'none'", policy)
        self.assertIn(f"script-src 'sha256-{digest}'", policy, 'POLICY of document.c has another digest')

    def test_nothing_of_the_capture_is_markup(self):
        capture = packets.Capture(1767225600)
        hosts = [packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2)]
        flow = packets.Flow(capture, *hosts, (40000, 80))
        flow.handshake()
        hostile = HOSTILE.replace(' ', '%20').encode()
        flow.exchange(b'GET /' + hostile + b' HTTP/1.1\r\nHost: ' + hostile + b'\r\nReferer: ' + hostile + b'\r\n\r\n',
                      b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: ' + hostile + b'\r\nContent-Length: 0\r\n\r\n')
        flow.close()
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / (HOSTILE.replace('/', '') + '.pcap')
            file.write_bytes(capture.octets())
            text = report(file)
        tame, page = Page(report(PCAPS / 'http' / 'wrong-answers.pcap')), Page(text)
        self.assertIn('alert(1)', text)
        self.assertLessEqual(page.elements.keys(), tame.elements.keys())
        self.assertEqual(len(page.elements['script']), 2 + len(page.elements['figure']))
        for _, about in page.all():
            self.assertFalse([name for name in about if name.startswith('on')])

    def test_without_a_script_all_is_there(self):
        text = report(ARTICLE)
        still = re.sub(r'<script.*?</script>', '', text, flags=re.S)
        for row in rows('exchanges', ARTICLE):
            self.assertIn(row['target'], still)
            self.assertIn(row['explain'].replace('"', '&quot;'), still)
        self.assertEqual([about['id'] for tag, about in Page(still).all() if 'hidden' in about and 'id' in about], [])
        self.assertIn('role="search" hidden', still)  # what would do nothing is not shown


class Style(unittest.TestCase):
    def luminance(self, colour):
        colour = ''.join(2 * digit for digit in colour) if len(colour) == 3 else colour
        parts = [int(colour[at:at + 2], 16) / 255 for at in (0, 2, 4)]
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    def contrast(self, one, other):
        low, high = sorted((self.luminance(one), self.luminance(other)))
        return (high + 0.05) / (low + 0.05)

    def test_text_stands_out(self):
        style = re.search(r'<style>(.*?)</style>', report(ARTICLE), re.S)[1]
        style = style[:style.index('@media print')]
        day, night = {}, {}
        for dark, body in re.findall(r'(prefers-color-scheme:dark\)\{)?:root\{(.*?)\}', style, re.S):
            (night if dark else day).update(re.findall(r'--([\w-]+):#(\w+)', body))
        self.assertEqual(set(day), set(night))
        for colours in (day, night):
            for ground in ('paper', 'card', 'marked'):
                for text in ('ink', 'muted', 'link'):
                    self.assertGreaterEqual(self.contrast(colours[text], colours[ground]), CONTRAST, (text, ground))
            for level in ('error', 'warn', 'note', 'chat'):
                self.assertGreaterEqual(self.contrast(colours[level], colours[level + '-paper']), CONTRAST, level)


class Size(unittest.TestCase):
    def small(self, capture):
        with tempfile.NamedTemporaryFile(suffix='.pcap') as file:
            file.write(capture)
            file.flush()
            text = report(file.name)
        self.assertLess(len(text.encode()), OCTETS_MAX)
        return text

    def test_many_connections(self):
        text = self.small(many_exchanges())
        page = Page(text)
        self.assertIn('500 of 2500', text)
        self.assertIn('500 of 25000', text)
        self.assertEqual([link for link in page.links() if link[1:] not in page.ids], [])

    def test_one_long_connection(self):
        text = self.small(one_transfer(50000))
        self.assertIn('segments, not shown', text)
        page = Page(text)
        self.assertTrue([link for link in page.links() if link.startswith('#frame-')])
        self.assertEqual([link for link in page.links() if link[1:] not in page.ids], [])


@unittest.skipUnless(BROWSER, 'needs Chromium')
class Browser(unittest.TestCase):
    def run_in(self, text, script, where='', budget='--virtual-time-budget=5000'):
        """What the script leaves in the element with the id answer, once the page has run it."""
        answer = f'<pre id="answer"></pre><script>addEventListener("load",()=>{{{script}}})</script></body>'
        text = re.sub(r'<meta http-equiv.*?>', '', text).replace('</body>', answer)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / 'page.html'
            file.write_text(text)
            done = subprocess.run([BROWSER, '--headless=new', '--no-sandbox', '--disable-gpu', f'--user-data-dir={folder}/profile',
                                   budget, '--dump-dom', file.as_uri() + where],
                                  capture_output=True, timeout=120)
        found = re.search(r'<pre id="answer">(.*?)</pre>', done.stdout.decode(), re.S)
        self.assertTrue(found, done.stderr.decode()[-2000:])
        return json.loads(html.unescape(found[1]))

    SAY = 'document.getElementById("answer").textContent=JSON.stringify(%s);'

    def test_its_script_runs_under_its_policy(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / 'page.html'
            file.write_text(report(ARTICLE))
            done = subprocess.run([BROWSER, '--headless=new', '--no-sandbox', '--disable-gpu', f'--user-data-dir={folder}/profile',
                                   '--dump-dom', file.as_uri()], capture_output=True, timeout=120)
        self.assertIn('<div class="find" role="search"><label', done.stdout.decode())
        self.assertIn('class="tools"', done.stdout.decode())

    def test_rows_are_found(self):
        script = ('const find=document.getElementById("find");find.value="GIF baidu";find.dispatchEvent(new Event("input"));'
                  'setTimeout(()=>{' + self.SAY % '{said:document.querySelector(".find output").textContent,'
                  'rows:[...document.querySelectorAll("table.rows tbody tr")].filter(row=>!row.hidden).map(row=>row.id)}' + '},500);')
        seen = self.run_in(report(ARTICLE), script)
        wanted = [f'exchange-{row["index"]}' for row in rows('exchanges', ARTICLE) if 'baidu_logo.gif' in row['target']]
        self.assertEqual(seen['rows'], wanted)
        self.assertRegex(seen['said'], r'^1 of \d+ rows$')

    def test_rows_are_sorted(self):
        script = ('const table=document.querySelector("table.exchanges"),sizes=()=>[...table.tBodies[0].rows].map(row=>+row.cells[4].dataset.v),'
                  'head=table.tHead.rows[0].cells[4],press=()=>{head.querySelector("button").focus();document.activeElement.click();'
                  'return [head.getAttribute("aria-sort"),sizes()];};' + self.SAY % '[press(),press()]')
        up, down = self.run_in(report(ARTICLE), script)
        sizes = sorted(row['response_body_len'] for row in rows('exchanges', ARTICLE))
        self.assertEqual(up, ['ascending', sizes])
        self.assertEqual(down, ['descending', sizes[::-1]])

    def test_what_a_link_leads_to_is_unfolded(self):
        script = ('setTimeout(()=>{const aim=document.getElementById("frame-3");' + self.SAY %
                  '{closed:[...document.querySelectorAll("details:not([open])")].filter(each=>each.contains(aim)).length,'
                  'seen:aim.getBoundingClientRect().height>0}' + '},500);')
        text = report(ARTICLE)
        folded = text.replace('<details open>', '<details>').replace(' open><summary>', '><summary>')
        self.assertEqual(self.run_in(folded, script, '#frame-3'), {'closed': 0, 'seen': True})

    def test_nothing_is_wider_than_a_phone(self):
        text = report(PAGES)
        probe = ('const frame=document.createElement("iframe");frame.style="width:390px;height:800px;border:0";'
                 f'frame.srcdoc={json.dumps(text).replace("</", "<" + chr(92) + "/")};'
                 'frame.onload=()=>{const page=frame.contentDocument.documentElement;' +
                 self.SAY % '[page.scrollWidth,page.clientWidth]' + '};document.body.append(frame);')
        wide, seen = self.run_in('<html><body></body></html>', probe)
        self.assertLessEqual(wide, seen)

    def test_a_long_one_opens_at_once(self):
        text = report('-', stdin=many_exchanges())
        took = self.run_in(text, self.SAY % 'performance.now()', budget='--timeout=60000')
        self.assertLess(took, OPENS_MS * max(1, os.getloadavg()[0] / os.cpu_count()))


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = str(pathlib.Path(options.capan).resolve())
    unittest.main(argv=[sys.argv[0], *rest])
