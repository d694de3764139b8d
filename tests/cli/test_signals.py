#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""SIGINT and SIGTERM end the reading: what was read is finished and printed. A second one ends at once.

usage: test_signals.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ARTICLE = pathlib.Path(__file__).resolve().parents[2] / 'pcaps' / 'article' / 'baidu.pcap'
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}
HALF = 5000  # octets: some exchanges are whole by then, one is not
SOON = 20  # seconds: longer than any of this takes

CAPAN = None


def start(*words, **more):
    return subprocess.Popen([CAPAN, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def wait_for(holds):
    end = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def waits(child):
    """Until the program sleeps in a read or a write."""
    wait_for(lambda: pathlib.Path(f'/proc/{child.pid}/stat').read_text().rsplit(')', 1)[1].split()[0] == 'S')


class Interrupted(unittest.TestCase):
    def interrupt(self, number, *words, octets=ARTICLE.read_bytes()[:HALF]):
        """What it wrote, after what holds for every command."""
        child = start(*words, '-', stdin=subprocess.PIPE)
        child.stdin.write(octets)
        child.stdin.flush()
        wait_for(lambda: 'capan' in pathlib.Path(f'/proc/{child.pid}/comm').read_text())
        waits(child)
        child.send_signal(number)
        out, err = child.stdout.read().decode(), child.stderr.read().decode()
        self.assertEqual((child.wait(SOON), err.count('\n')), (SIGNALS[number], 1), words)
        self.assertRegex(err, 'standard input: interrupted by a signal')
        for stream in (child.stdin, child.stdout, child.stderr):
            stream.close()
        return out

    def test_documents_are_closed_and_say_that_they_are_partial(self):
        for number in SIGNALS:
            rows = json.loads(self.interrupt(number, 'exchanges', '--format', 'json'))
            self.assertIn('partial', rows.pop())
            self.assertTrue(rows and all('stream' in row and 'partial' not in row for row in rows))
            log = json.loads(self.interrupt(number, 'har'))['log']
            self.assertTrue('_partial' in log and len(log['entries']) == len(rows))
            page = self.interrupt(number, 'report')
            self.assertTrue(page.endswith('</html>\n') and 'not all of it was read' in page)

    def test_whole_documents_do_not(self):
        whole = subprocess.run([CAPAN, 'har', ARTICLE], capture_output=True, check=True).stdout
        self.assertNotIn('_partial', json.loads(whole)['log'])
        rows = subprocess.run([CAPAN, 'exchanges', '--format', 'json', ARTICLE], capture_output=True, check=True).stdout
        self.assertFalse(any('partial' in row for row in json.loads(rows)))

    def test_rows_and_texts(self):
        lines = self.interrupt(signal.SIGINT, 'segments', '--format', 'ndjson').splitlines()
        self.assertEqual([json.loads(line)['frame'] for line in lines], list(range(1, len(lines) + 1)))
        for command in ('summary', 'explain', 'connections', 'findings', 'pages'):
            self.assertTrue(self.interrupt(signal.SIGTERM, command), command)

    def test_before_anything_came(self):
        self.assertEqual(len(json.loads(self.interrupt(signal.SIGINT, 'segments', '--format', 'json', octets=b''))), 1)

    def test_objects_keep_their_index(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / 'found'
            self.interrupt(signal.SIGINT, 'objects', '-o', out)
            rows = [json.loads(line) for line in (out / 'index.ndjson').read_text().splitlines()]
            self.assertTrue(rows)
            self.assertEqual({row['name'] for row in rows} | {'index.ndjson'}, set(os.listdir(out)))

    def rows_of_half(self):
        done = subprocess.run([CAPAN, 'segments', '--format', 'ndjson', '-'], input=ARTICLE.read_bytes()[:HALF], capture_output=True)
        return done.stdout.splitlines()

    def test_a_named_pipe_ends_too(self):
        with tempfile.TemporaryDirectory() as folder:
            pipe = pathlib.Path(folder) / 'pipe'
            os.mkfifo(pipe)
            child = start('segments', '--format', 'ndjson', pipe)
            with open(pipe, 'wb', buffering=0) as into:
                into.write(ARTICLE.read_bytes()[:HALF])
                wait_for(lambda: pathlib.Path(f'/proc/{child.pid}/fd').is_dir())
                time.sleep(0.2)  # it has opened the capture and waits for the rest
                child.send_signal(signal.SIGINT)
                out, err = child.communicate(timeout=SOON)
            self.assertEqual(child.returncode, 130, err)
            self.assertEqual(len(out.splitlines()), len(self.rows_of_half()))

    def test_a_second_one_ends_at_once(self):
        for number in SIGNALS:
            child = start('segments', *[ARTICLE] * 300)  # more than a pipe holds; nobody reads it
            time.sleep(0.3)
            waits(child)
            child.send_signal(number)
            time.sleep(0.1)
            self.assertIsNone(child.poll())  # it goes on writing what it knows
            child.send_signal(number)
            self.assertEqual(child.wait(SOON), -number)
            child.stdout.close()
            child.stderr.close()


if __name__ == '__main__':
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument('--capan', required=True)
    options, rest = parser.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
