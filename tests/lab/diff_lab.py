#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether `capan diff` says nothing of the same work twice, and the one thing that was changed of other work.

usage: diff_lab.py --capan PROGRAM [--pairs N] [--seed N] [--keep FOLDER] [CHANGE ...]

A client and a server in two network namespaces, joined by link.c: connections of a few requests each, to six targets, a
third of them conditional, and server times as servers have. Each pair has seeds of its own. CHANGE is of `same`, `load`
(a busy loop takes the processors during half of one), `slow` (20 ms more of server time), `slow-one` (at one target),
`field` (no ETag any more), `loss` (1 % of frames), `far` (20 ms more of
round trip). Needs root, network namespaces, /dev/net/tun and a C compiler; runs on
demand only.
"""
import argparse
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time

CLIENT, SERVER = 'capan-diff-c', 'capan-diff-s'
ADDRESS, PORT = '10.78.0.1', 8080
TARGETS = {'/': 3000, '/a.css': 900, '/b.js': 14000, '/api/list?page=1': 5000, '/img/logo': 30000, '/tiny': 60}
CONNECTIONS, REQUESTS = 60, 6
CHANGES = {'same': {}, 'load': {'load': True}, 'slow': {'slow': .02}, 'slow-one': {'slow': .02, 'at': '/b.js'},
           'field': {'no_etag': True}, 'loss': {'loss': .01}, 'far': {'delay': .02}}
EXPECTED = {'same': None, 'load': None, 'slow': ('server-time', 'grew', ''), 'slow-one': ('server-time', 'grew', ''),
            'field': ('field', 'went', 'etag'), 'loss': ('resent', None, ''), 'far': ('round-trip', 'grew', '')}


# --- the work, in the namespaces ---


def answer(peer, work, dice):
    rest = b''
    while True:
        while b'\r\n\r\n' not in rest:
            got = peer.recv(65536)
            if not got:
                return
            rest += got
        head, rest = rest.split(b'\r\n\r\n', 1)
        target = head.split(b' ', 2)[1].decode()
        own = dice.expovariate(1 / .004) + (work.get('slow', 0) if work.get('at', target) == target else 0)
        time.sleep(.001 + own)
        tag = b'' if work.get('no_etag') else b'ETag: "%d"\r\n' % len(target)
        if tag and b'If-None-Match' in head:
            peer.sendall(b'HTTP/1.1 304 Not Modified\r\nDate: Tue, 01 Dec 2026 00:00:00 GMT\r\n' + tag + b'\r\n')
        else:
            peer.sendall(b'HTTP/1.1 200 OK\r\nDate: Tue, 01 Dec 2026 00:00:00 GMT\r\nCache-Control: max-age=60\r\n' + tag +
                         b'Content-Type: text/plain\r\nContent-Length: %d\r\n\r\n' % TARGETS[target] + b'x' * TARGETS[target])


def serve(work):
    dice = random.Random(work['seed'])
    listener = socket.create_server((ADDRESS, PORT), backlog=64)
    print('up', flush=True)
    while True:
        peer, _ = listener.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=answer, args=(peer, work, random.Random(dice.random())), daemon=True).start()


def ask(peer, target, conditional):
    given = b'If-None-Match: "%d"\r\n' % len(target) if conditional else b''
    peer.sendall(b'GET %s HTTP/1.1\r\nHost: lab.example\r\n%s\r\n' % (target.encode(), given))
    got = b''
    while b'\r\n\r\n' not in got:
        got += peer.recv(65536)
    head, rest = got.split(b'\r\n\r\n', 1)
    left = TARGETS[target] - len(rest) if b' 200 ' in head.split(b'\r\n')[0] else 0
    while left > 0:
        left -= len(peer.recv(65536))


def one_connection(dice, known):
    with socket.create_connection((ADDRESS, PORT)) as peer:
        for _ in range(REQUESTS):
            target = dice.choice(list(TARGETS))
            ask(peer, target, target in known and dice.random() < .5)
            known.add(target)
            time.sleep(dice.random() * .01)


def client(work):
    dice, known, threads = random.Random(work['seed'] + 1), set(), []
    for _ in range(2):
        def some(own=random.Random(dice.random())):
            for _ in range(CONNECTIONS // 2):
                one_connection(own, known)
        threads.append(threading.Thread(target=some))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- one capture ---


def run(*words):
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def burn(seconds):
    return subprocess.Popen([sys.executable, '-c', 'import time\nend=time.time()+%f\nwhile time.time()<end: pass' % seconds])


def record(link, folder, work):
    """The client's capture of the work."""
    folder.mkdir(parents=True)
    loss, delay = work.get('loss', 0), 5000 + 1e6 * work.get('delay', 0) / 2
    (folder / 'script').write_text('seed %d\n' % work['seed'] + ''.join(
        'dir %s delay_us=%d rate_mbit=100 queue_pkts=400 loss=%g\n' % (way, delay, loss) for way in ('ab', 'ba')))
    ends = []
    try:
        for name in (SERVER, CLIENT):
            run('ip', 'netns', 'add', name)
        ends.append(subprocess.Popen([link, SERVER, CLIENT, folder / 'script', folder, '120'], stdout=subprocess.PIPE))
        ends[0].stdout.readline()
        for name, device, address in ((SERVER, 'a0', ADDRESS), (CLIENT, 'b0', '10.78.0.2')):
            run('ip', '-n', name, 'addr', 'add', address + '/24', 'dev', device)
            run('ip', '-n', name, 'link', 'set', device, 'up')
        inside = [sys.executable, __file__, '--inside']
        ends.append(subprocess.Popen(['ip', 'netns', 'exec', SERVER, *inside, 'serve', json.dumps(work)], stdout=subprocess.PIPE))
        ends[1].stdout.readline()
        asking = subprocess.Popen(['ip', 'netns', 'exec', CLIENT, *inside, 'client', json.dumps(work)])
        ends.append(asking)
        if work.get('load'):
            time.sleep(1.5)
            ends += [burn(3) for _ in range(3)]
        asking.wait(100)
    finally:
        for end in reversed(ends):
            end.terminate()
            end.wait()
        for name in (SERVER, CLIENT):
            subprocess.run(['ip', 'netns', 'del', name], check=False, stderr=subprocess.DEVNULL)
    return folder / 'receiver.pcap'


# --- all of it ---


def judge(capan, change, before, after):
    out = subprocess.run([capan, 'diff', '--format', 'ndjson', before, after], check=False, capture_output=True)
    rows = [json.loads(line) for line in out.stdout.splitlines()]
    leading = [(row['measure'], row['change'], row.get('name', ''), row.get('at', '')) for row in rows if not row.get('follows')]
    expected = EXPECTED[change]
    fine = not leading if expected is None else len(leading) == 1 and all(
        want in (None, got) for want, got in zip(expected, leading[0])) and leading[0][0] == expected[0]
    print('%-8s %s  %s%s' % (change, 'fine ' if fine else 'WRONG', leading,
                             ', %d follow' % (len(rows) - len(leading)) if len(rows) > len(leading) else ''), flush=True)
    return fine


def main():
    if sys.argv[1:2] == ['--inside']:
        {'serve': serve, 'client': client}[sys.argv[2]](json.loads(sys.argv[3]))
        return 0
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('--capan', required=True)
    parser.add_argument('--pairs', type=int, default=3)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--keep', type=pathlib.Path, help='a folder for the captures')
    parser.add_argument('change', nargs='*', default=list(CHANGES), help=', '.join(CHANGES))
    options = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        link = folder + '/link'
        source = pathlib.Path(__file__).with_name('link.c').read_text(encoding='ascii').replace('SNAP = 128', 'SNAP = 65535')
        pathlib.Path(link + '.c').write_text(source, encoding='ascii')
        run('cc', '-O2', '-o', link, link + '.c')
        kept = options.keep or pathlib.Path(folder)
        for pair in range(options.pairs):
            for number, change in enumerate(options.change):
                seed = options.seed + 1000 * pair + 10 * number
                where = kept / ('%s-%d' % (change, seed))
                before = record(link, where / 'before', {'seed': seed})
                after = record(link, where / 'after', {'seed': seed + 5, **CHANGES[change]})
                wrong += not judge(options.capan, change, before, after)
    return wrong != 0


if __name__ == '__main__':
    sys.exit(main())
