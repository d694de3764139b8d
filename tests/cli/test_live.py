#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Packets of a network interface while they pass. Capturing needs root, or CAP_NET_RAW: skipped without.

usage: test_live.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import contextlib
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

SOON = 20  # seconds: longer than any of this takes
NOBODY = 65534
CAPAN = None


class Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('ETag', '"1"')
        self.send_header('Content-Length', '3')
        self.end_headers()
        self.wfile.write(b'abc')

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def server():
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Quiet) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        try:
            yield served.server_address[1]
        finally:
            served.shutdown()
            thread.join()


def fetch(port, target):
    with urllib.request.urlopen(f'http://127.0.0.1:{port}{target}', timeout=SOON) as answer:
        answer.read()


def run(*words, **more):
    return subprocess.run([CAPAN, *map(str, words)], capture_output=True, text=True, timeout=SOON, **more)



@contextlib.contextmanager
def capturing(*words, environment=None):
    """The program, once its other process has begun."""
    child = subprocess.Popen([CAPAN, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env=dict(os.environ, **environment) if environment else None)
    try:
        end = time.monotonic() + SOON
        while not others_of(child) and child.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        yield child
    finally:
        child.kill()
        child.communicate()


def others_of(child):
    try:
        return [int(word) for word in pathlib.Path(f'/proc/{child.pid}/task/{child.pid}/children').read_text().split()]
    except FileNotFoundError:
        return []


def status_of(number):
    lines = pathlib.Path(f'/proc/{number}/status').read_text().splitlines()
    return {line.split(':')[0]: line.split(':')[1].split() for line in lines}


def ends(child, number=None):
    if number:
        child.send_signal(number)
    out, err = child.communicate(timeout=SOON)
    return child.returncode, out, err


class Live(unittest.TestCase):
    def setUp(self):
        if os.getuid() != 0:
            self.skipTest('capturing needs root')

    def test_rows_come_while_packets_pass_and_a_signal_ends_it_well(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with server() as port, capturing('exchanges', '-i', 'lo', '--format', 'ndjson', 'port', port) as child:
                fetch(port, '/first')
                row = json.loads(child.stdout.readline())  # before there is any other
                self.assertEqual((row['target'], row['status']), ('/first', 200))
                fetch(port, '/second')
                status, out, err = ends(child, number)
                self.assertEqual((status, [json.loads(line)['target'] for line in out.splitlines()]), (0, ['/second']))
                self.assertNotIn('interrupted', err)

    def test_a_document_is_closed_and_whole(self):
        with server() as port, capturing('har', '-i', 'lo', '-f', f'port {port}') as child:
            fetch(port, '/one')
            time.sleep(0.5)
            status, out, _ = ends(child, signal.SIGINT)
            self.assertEqual((status, [entry['request']['url'] for entry in json.loads(out)['log']['entries']]),
                             (0, [f'http://127.0.0.1:{port}/one']))

    def test_limit_ends_it(self):
        with server() as port, capturing('-i', 'lo', 'segments', '--limit', 2, '--format', 'ndjson',
                                         f'port {port}') as child:
            fetch(port, '/')
            fetch(port, '/')
            status, out, _ = ends(child)
            self.assertEqual((status, [json.loads(line)['frame'] for line in out.splitlines()]), (0, [1, 2]))

    def test_neither_process_keeps_rights(self):
        for environment, who in ((None, NOBODY), ({'SUDO_UID': '12345', 'SUDO_GID': '12346'}, 12345)):
            with capturing('-i', 'lo', environment=environment) as child:
                other, = others_of(child)
                time.sleep(0.2)
                for number in (child.pid, other):
                    status = status_of(number)
                    self.assertEqual(set(status['Uid']), {str(who)})
                    self.assertEqual((status['CapEff'], status['CapPrm'], status['NoNewPrivs']),
                                     (['0' * 16], ['0' * 16], ['1']))
                self.assertEqual(ends(child, signal.SIGINT)[0], 0)

    def test_what_is_written_is_not_written_as_root(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            path = pathlib.Path(folder, 'rows')
            with server() as port, capturing('segments', '-i', 'lo', '-o', path, f'port {port}') as child:
                fetch(port, '/')
                time.sleep(0.5)
                self.assertEqual(ends(child, signal.SIGINT)[0], 0)
            self.assertIn('handshake-ack', path.read_text())
            self.assertEqual(path.stat().st_uid, NOBODY)

    def test_the_capturing_process_ends_with_the_other(self):
        with capturing('-i', 'lo') as child:
            other, = others_of(child)
            child.kill()
            child.wait()
            end = time.monotonic() + SOON
            while pathlib.Path(f'/proc/{other}/cmdline').exists() and time.monotonic() < end:
                if status_of(other)['State'][0] == 'Z':  # nobody waits for it here
                    return
                time.sleep(0.05)
            self.assertFalse(pathlib.Path(f'/proc/{other}/cmdline').exists())


class CommandLine(unittest.TestCase):
    def test_what_cannot_be_captured(self):
        if os.getuid() == 0:
            done = run('-i', 'no-such-interface')
            self.assertEqual((done.returncode, done.stdout), (3, ''))
            self.assertRegex(done.stderr, r'\Acapan: no-such-interface: there is no such interface; [^\n]*\n\Z')
            done = run('-i', 'lo', 'prt 80')
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr, r'\Acapan: lo: [^\n]*syntax error[^\n]*\n\Z')
        else:
            self.assertEqual(run('-i', 'lo').returncode, 3)

    def test_what_needs_files(self):
        for command in ('prove', 'diff', 'stitch', 'reduce', 'sql'):
            done = run(command, '-i', 'lo', 'x', 'y')
            self.assertEqual((done.returncode, done.stdout), (2, ''), command)
        self.assertEqual(run('-i', 'lo', '-r', 'x').returncode, 2)

    def test_the_list_has_the_loopback(self):
        done = run('--list-interfaces')
        if done.returncode == 0:
            self.assertRegex(done.stdout, r'(?m)^lo +up +.*127\.0\.0\.1')
        else:
            self.assertIn('no interface', done.stderr)


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--capan', type=pathlib.Path, required=True)
    arguments, rest = parser.parse_known_args()
    CAPAN = arguments.capan.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
