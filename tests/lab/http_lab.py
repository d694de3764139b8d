# SPDX-License-Identifier: MIT
"""HTTP truth from real servers: curl asks nginx, and nginx through Varnish, on loopback; tcpdump records both legs.

    python3 tests/lab/http_lab.py --capan build/core/cli/capan [--keep FOLDER]

Each exchange that capan reports must be in the server's own log, in the log's order for its connection, with the log's
method, target and status; and the outcome of each step must be the one that its script names. On demand, as root (for
tcpdump); needs nginx, varnish, curl and tcpdump. Not part of the tests.
"""
import argparse
import collections
import contextlib
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

NGINX = '''
worker_processes 1; daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log; user root;
events {{ }}
http {{
  log_format truth '$remote_port\t$request_method\t$request_uri\t$status'; access_log {folder}/nginx.log truth;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port}; root {folder}/www;
    location /gz/ {{ gzip on; gzip_vary on; gzip_min_length 100; gzip_types text/plain; }}
    location /short/ {{ add_header Cache-Control max-age=1; }}
    location /write/ {{ dav_methods PUT DELETE; }}
    location /none/ {{ etag off; add_header Last-Modified ""; }}
    location /moved {{ return 302 /a.txt; }}
  }}
}}
'''

VARNISH = '''
vcl 4.1;
backend origin {{ .host = "127.0.0.1"; .port = "{port}"; }}
sub vcl_backend_response {{ set beresp.grace = 0s; set beresp.keep = 1h; }}
'''


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), 1):
            return
        time.sleep(0.1)
    sys.exit('nothing listens on port %d' % port)


class Lab:
    """The servers, the recording, and curl."""

    def __init__(self, folder):
        self.folder = folder
        self.ports = {'nginx': free_port(), 'varnish': free_port()}
        self.steps = collections.defaultdict(list)  # leg: (step's words, outcome)
        self.www = folder / 'www'
        self.running = []

    def start(self, *words, log):
        with open(self.folder / log, 'wb') as out:
            self.running.append(subprocess.Popen([str(word) for word in words], stdout=out, stderr=out))

    def write(self, name, content):
        path = self.www / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding='ascii')

    def begin(self):
        self.folder.chmod(0o755)  # varnishd reads its files as a user of its own
        for name in ('a.txt', 'gz/page.txt', 'gz/v.txt', 'short/c.txt', 'write/w.txt', 'none/n.txt'):
            self.write(name, ''.join('%s line %d\n' % (name, number) for number in range(200)))
        nginx, varnish = self.ports['nginx'], self.ports['varnish']
        (self.folder / 'nginx.conf').write_text(NGINX.format(folder=self.folder, port=nginx))
        (self.folder / 'default.vcl').write_text(VARNISH.format(port=nginx))
        self.start('nginx', '-p', self.folder, '-c', self.folder / 'nginx.conf', log='nginx.out')
        self.start('varnishd', '-F', '-n', self.folder / 'v', '-a', '127.0.0.1:%d' % varnish,
                   '-f', self.folder / 'default.vcl', '-s', 'malloc,16m', log='varnishd.out')
        wait_for(nginx)
        wait_for(varnish)
        self.start('tcpdump', '-i', 'lo', '-U', '-w', self.folder / 'lab.pcap', 'tcp port %d or tcp port %d' % (
            nginx, varnish), log='tcpdump.out')
        time.sleep(1.5)

    def end(self):
        time.sleep(1)
        log = subprocess.run(['varnishncsa', '-n', str(self.folder / 'v'), '-d', '-c', '-F',
                              '%{VSL:ReqStart[2]}x\t%m\t%U%q\t%s'], check=True, capture_output=True, text=True).stdout
        (self.folder / 'varnish.log').write_text(log)
        for process in reversed(self.running):
            process.terminate()
            process.wait()

    def ask(self, leg, outcome, target, *words):
        """One curl; outcome is what capan must say on that leg. Returns the response's fields."""
        self.steps[leg].append((target, words, outcome))
        url = 'http://127.0.0.1:%d%s' % (self.ports[leg], target)
        out = subprocess.run(['curl', '-sS', '--path-as-is', '-D', '-', '-o', '/dev/null', *words, url], check=True,
                             capture_output=True, text=True).stdout
        lines = [line.split(': ', 1) for line in out.splitlines() if ': ' in line]
        return {name.lower(): value for name, value in lines}


def field(name, value):
    return '-H', '%s: %s' % (name, value)


LATER, EARLIER = 'Fri, 01 Jan 2100 00:00:00 GMT', 'Sat, 01 Jan 2000 00:00:00 GMT'


def reads(lab):
    got = lab.ask('nginx', 'first-fetch', '/a.txt')
    tag, date = got['etag'], got['last-modified']
    lab.ask('nginx', 'not-modified', '/a.txt', *field('If-None-Match', tag))
    lab.ask('nginx', 'not-modified', '/a.txt', *field('If-Modified-Since', date))
    lab.ask('nginx', 'not-modified', '/a.txt', *field('If-None-Match', tag), *field('If-Modified-Since', date))
    lab.ask('nginx', 'not-modified', '/a.txt', *field('If-None-Match', '"x", W/' + tag))
    lab.ask('nginx', 'not-modified', '/a.txt', *field('If-None-Match', '*'))
    lab.ask('nginx', 'unchanged-resent', '/a.txt', *field('If-Modified-Since', LATER))  # nginx wants the exact date
    lab.ask('nginx', 'refetch', '/a.txt')
    lab.ask('nginx', 'not-modified', '/a.txt', '-I', *field('If-None-Match', tag))
    lab.ask('nginx', 'guard-failed', '/a.txt', *field('If-Match', '"other"'))
    lab.ask('nginx', 'guard-failed', '/a.txt', *field('If-Unmodified-Since', EARLIER))
    lab.ask('nginx', 'guard-passed', '/a.txt', *field('If-Match', tag))
    lab.ask('nginx', 'status-override', '/absent', *field('If-None-Match', tag))
    lab.ask('nginx', 'status-override', '/moved', *field('If-None-Match', tag))
    return tag


def ranges(lab, tag):
    lab.ask('nginx', 'range-part', '/a.txt', '-r', '0-99')
    lab.ask('nginx', 'range-resumed', '/a.txt', '-r', '100-', *field('If-Range', tag))
    lab.ask('nginx', 'range-restarted', '/a.txt', '-r', '100-', *field('If-Range', '"other"'))
    lab.ask('nginx', 'range-unsatisfiable', '/a.txt', '-r', '999999-')


def changes(lab, tag):
    time.sleep(1.1)
    lab.write('a.txt', 'changed\n' * 300)
    got = lab.ask('nginx', 'modified', '/a.txt', *field('If-None-Match', tag))
    lab.ask('nginx', 'not-modified', '/a.txt', *field('If-None-Match', got['etag']))
    coded = lab.ask('nginx', 'first-fetch', '/gz/page.txt', '--compressed')
    lab.ask('nginx', 'not-modified', '/gz/page.txt', '--compressed', *field('If-None-Match', coded['etag']))
    lab.ask('nginx', 'first-fetch', '/none/n.txt')
    lab.ask('nginx', 'refetch', '/none/n.txt')


def writes(lab):
    lab.ask('nginx', 'first-fetch', '/write/w.txt')
    lab.ask('nginx', 'blind-write', '/write/w.txt', '-X', 'PUT', '--data', 'new content')
    lab.ask('nginx', 'plain', '/write/new.txt', '-X', 'PUT', '--data', 'first content')
    lab.ask('nginx', 'plain', '/write/long.txt', '-X', 'PUT', *field('Expect', '100-continue'), '--data', 'x' * 5000)
    lab.ask('nginx', 'plain', '/write/chunked.txt', '-X', 'PUT', *field('Transfer-Encoding', 'chunked'), '--data',
            'y' * 3000)
    lab.ask('nginx', 'plain', '/write/new.txt', '-X', 'DELETE')


def through_cache(lab):
    """Varnish answers the client itself; what it asks nginx is judged by the log alone, and by its status."""
    got = lab.ask('varnish', 'first-fetch', '/short/c.txt')
    lab.ask('varnish', 'not-modified', '/short/c.txt', *field('If-None-Match', got['etag']))
    time.sleep(1.5)
    lab.ask('varnish', 'not-modified', '/short/c.txt', *field('If-None-Match', got['etag']))
    time.sleep(1.5)
    lab.write('short/c.txt', 'changed\n' * 300)
    lab.ask('varnish', 'modified', '/short/c.txt', *field('If-None-Match', got['etag']))
    lab.ask('varnish', 'range-part', '/short/c.txt', '-r', '0-99')
    coded = lab.ask('varnish', 'first-fetch', '/gz/v.txt', '--compressed')
    lab.ask('varnish', 'not-modified', '/gz/v.txt', '--compressed', *field('If-None-Match', coded['etag']))
    lab.ask('varnish', 'first-fetch', '/gz/v.txt')  # another variant
    lab.ask('varnish', 'status-override', '/nothing', *field('If-None-Match', coded['etag']))


def exchanges_of(capan, capture):
    out = subprocess.run([capan, 'exchanges', '--format', 'ndjson', str(capture)], check=True, capture_output=True,
                         text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def logged(path):
    """Client port: [method, target, status] in the order of the log."""
    rows = collections.defaultdict(list)
    for line in path.read_text().splitlines():
        port, method, target, status = line.split('\t')
        rows[int(port)].append((method, target, int(status)))
    return rows


def port_of(endpoint):
    return int(endpoint.rsplit(':', 1)[1])


def against_log(lab, leg, exchanges):
    truth, said = logged(lab.folder / (leg + '.log')), collections.defaultdict(list)
    for row in exchanges:
        said[port_of(row['client'])].append((row['method'], row['target'], row['status']))
    wrong = ['%s, client port %d: the log has %s, capan %s' % (leg, port, truth.get(port), said.get(port))
             for port in sorted({*truth, *said}) if truth.get(port) != said.get(port)]
    print('%s: %d exchanges, %d in the log' % (leg, len(exchanges), sum(map(len, truth.values()))))
    return wrong


def against_steps(lab, leg, exchanges):
    asked = [row for row in exchanges if leg == 'varnish' or port_of(row['client']) not in lab.from_varnish]
    wrong = [] if len(asked) == len(lab.steps[leg]) else ['%s: %d steps, %d exchanges' % (
        leg, len(lab.steps[leg]), len(asked))]
    for (target, words, outcome), row in zip(lab.steps[leg], asked):
        if row['http']['outcome'] != outcome:
            wrong.append('%s, frame %s: %s %s: %s expected, %s said (%s)' % (
                leg, row.get('response_frame'), target, ' '.join(words), outcome, row['http']['outcome'],
                row.get('explain')))
    return wrong


def judge(lab, capan):
    rows = exchanges_of(capan, lab.folder / 'lab.pcap')
    by_leg = {leg: [row for row in rows if port_of(row['server']) == port] for leg, port in lab.ports.items()}
    asked_by_curl = {target for target, _, _ in lab.steps['nginx']}
    lab.from_varnish = {port_of(row['client']) for row in by_leg['nginx'] if row['target'] not in asked_by_curl}
    wrong = []
    for leg, exchanges in by_leg.items():
        wrong += against_log(lab, leg, exchanges) + against_steps(lab, leg, exchanges)
    behind = collections.Counter((row['status'], row['http']['outcome']) for row in by_leg['nginx']
                                 if port_of(row['client']) in lab.from_varnish)
    print('behind Varnish: ' + ', '.join('%d %s: %d' % (*key, count) for key, count in sorted(behind.items())))
    print('\n'.join(wrong) or 'all as the servers logged and the script expects')
    return bool(wrong)


def run(capan, folder):
    lab = Lab(folder)
    try:
        lab.begin()
        tag = reads(lab)
        ranges(lab, tag)
        changes(lab, tag)
        writes(lab)
        through_cache(lab)
        lab.end()
        return judge(lab, capan)
    finally:
        for process in lab.running:
            process.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True)
    parser.add_argument('--keep', type=pathlib.Path, help='a folder for the capture and the logs')
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True)
        return run(options.capan, options.keep.resolve())
    with tempfile.TemporaryDirectory() as folder:
        return run(options.capan, pathlib.Path(folder))


if __name__ == '__main__':
    sys.exit(main())
