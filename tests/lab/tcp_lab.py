#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Captures whose TCP truth is the kernel's own, made on this machine.

usage: tcp_lab.py [--out FOLDER] [--seed N] [--list] [SCENARIO ...]

Two network namespaces are joined by link.c, which impairs frames and writes down what it did; the kernel says by its
tracepoints why it sent a segment again. Each scenario becomes a folder with sender.pcap, receiver.pcap and truth.json as
score tools read them. Needs root, network namespaces, /dev/net/tun, tracefs and a C compiler; runs on demand only.
"""
import argparse, collections, json, os, random, re, shutil, socket, struct, subprocess, sys, tempfile, time

A, B = 'capan-lab-a', 'capan-lab-b'
HOSTS = {4: ('10.77.0.1', '10.77.0.2'), 6: ('fd77::1', 'fd77::2')}
PORT = 5001
BASE = ['dir ab delay_us=10000 rate_mbit=40 queue_pkts=400', 'dir ba delay_us=10000 rate_mbit=40 queue_pkts=400']


def base(ab='', ba='', delay=10000, rate=40):
    one = f'delay_us={delay} rate_mbit={rate} queue_pkts=400'
    return [f'dir ab {one} {ab}', f'dir ba {one} {ba}']


BULK = {'app': 'bulk', 'n': 3000000}
SCENARIOS = {
    'loss1': dict(app=BULK, link=base('loss=0.01')),
    'loss3_slow': dict(app=dict(BULK, n=1500000), link=base('loss=0.03', delay=40000, rate=10)),
    'loss_both': dict(app=BULK, link=base('loss=0.01', 'loss=0.01')),
    'loss_ack': dict(app=BULK, link=base('', 'loss=0.05')),
    'burst_loss': dict(app=BULK, link=base('loss=0.003 burst=20')),
    'lan_loss': dict(app=dict(BULK, n=6000000), link=base('loss=0.005', delay=200, rate=200)),
    'bbr_loss1': dict(app=BULK, link=base('loss=0.01'), sysctl={'tcp_congestion_control': 'bbr'}),
    'reno_loss1': dict(app=BULK, link=base('loss=0.01'), sysctl={'tcp_congestion_control': 'reno'}),
    'nosack': dict(app=BULK, link=base('loss=0.01'), sysctl={'tcp_sack': 0}),
    'nots': dict(app=BULK, link=base('loss=0.01'), sysctl={'tcp_timestamps': 0}),
    'nots_nosack': dict(app=BULK, link=base('loss=0.01'), sysctl={'tcp_timestamps': 0, 'tcp_sack': 0}),
    'nodsack': dict(app=BULK, link=base('loss=0.01 dup=0.005'), sysctl={'tcp_dsack': 0}),
    'notlp': dict(app={'app': 'reqresp', 'reqs': 12, 'resp': 30000}, link=base('loss=0.04'), sysctl={'tcp_early_retrans': 0}),
    'ipv6': dict(app=dict(BULK, v6=1), link=base('loss=0.01 dup=0.003')),
    'reorder': dict(app=BULK, link=base('reorder=0.02 reorder_us=5000 dataonly=1')),
    'reorder_much': dict(app=BULK, link=base('reorder=0.05 reorder_us=15000 dataonly=1')),
    'reorder_loss': dict(app=BULK, link=base('reorder=0.01 reorder_us=4000 loss=0.01 dataonly=1')),
    'reorder_nosack': dict(app=BULK, link=base('reorder=0.02 reorder_us=5000 dataonly=1'), sysctl={'tcp_sack': 0}),
    'reorder_acks': dict(app=BULK, link=base('', 'reorder=0.05 reorder_us=4000')),
    'dup': dict(app=BULK, link=base('dup=0.01', 'dup=0.01')),
    'dup_loss': dict(app=BULK, link=base('dup=0.01 loss=0.01', 'dup=0.01 loss=0.005')),
    'queue_drop': dict(app=BULK, link=['dir ab delay_us=15000 rate_mbit=10 queue_pkts=20', 'dir ba delay_us=15000 rate_mbit=10 queue_pkts=100']),
    'blackout': dict(app=dict(BULK, n=4000000), link=base(rate=12) + ['at 300 ab loss=1', 'at 300 ba loss=1', 'at 900 ab loss=0', 'at 900 ba loss=0']),
    'blackout_ab': dict(app=dict(BULK, n=4000000), link=base(rate=12) + ['at 300 ab loss=1', 'at 1500 ab loss=0']),
    'spurious_rto': dict(app=dict(BULK, n=4000000), link=base(rate=12) + ['at 300 ab delay_us=600000', 'at 500 ab delay_us=10000', 'at 1700 ab delay_us=500000', 'at 1800 ab delay_us=10000']),
    'spurious_ack': dict(app=dict(BULK, n=4000000), link=base(rate=12) + ['at 300 ba delay_us=500000', 'at 420 ba delay_us=10000']),
    'spurious_nots': dict(app=dict(BULK, n=4000000), link=base(rate=12) + ['at 300 ab delay_us=600000', 'at 500 ab delay_us=10000'], sysctl={'tcp_timestamps': 0}),
    'overtake': dict(app=dict(BULK, n=4000000), link=base('overtake=1', rate=12) + ['at 300 ab delay_us=300000', 'at 500 ab delay_us=10000']),
    'delay_drift': dict(app=dict(BULK, n=4000000), link=base(rate=20) + [f'at {200 * i} ab delay_us={10000 + 15000 * (i % 4)}' for i in range(1, 12)]),
    'tail': dict(app={'app': 'reqresp', 'reqs': 12, 'resp': 30000}, link=base('loss=0.06')),
    'tail_small': dict(app={'app': 'reqresp', 'reqs': 40, 'resp': 700}, link=base('loss=0.1', 'loss=0.05')),
    'tail_tiny_lan': dict(app={'app': 'reqresp', 'reqs': 60, 'resp': 200}, link=base('loss=0.08', 'loss=0.05', delay=300, rate=100)),
    'one_octet': dict(app={'app': 'typing', 'n': 60, 'gap': 0.06}, link=base('loss=0.1', 'loss=0.05')),
    'thin': dict(app={'app': 'reqresp', 'reqs': 20, 'resp': 4000, 'gap': 0.1}, link=base('loss=0.1', 'loss=0.1')),
    'zero_window': dict(app={'app': 'slow', 'n': 1500000, 'plan': [[2.2, 300000], [1.0, 300000]]}, link=base()),
    'zero_window_loss': dict(app={'app': 'slow', 'n': 1500000, 'plan': [[2.5, 300000], [1.2, 300000]]}, link=base('loss=0.1', 'loss=0.1')),
    'zero_window_long': dict(app={'app': 'slow', 'n': 900000, 'plan': [[6.0, 300000]]}, link=base()),
    'keepalive_client': dict(app={'app': 'keepalive', 'who': 'client', 'idle': 5.5}, link=base()),
    'keepalive_server': dict(app={'app': 'keepalive', 'who': 'server', 'idle': 5.5}, link=base()),
    'keepalive_loss': dict(app={'app': 'keepalive', 'who': 'client', 'idle': 6.5}, link=base('', 'loss=0.4')),
    'keepalive_both': dict(app={'app': 'keepalive', 'who': 'both', 'idle': 5.5}, link=base()),
    'keepalive_nots': dict(app={'app': 'keepalive', 'who': 'both', 'idle': 5.5}, link=base(), sysctl={'tcp_timestamps': 0}),
    'pmtu': dict(app=dict(BULK, n=2000000), link=base() + ['at 300 ab mtu=1300 icmp=1']),
    'pmtu_blackhole': dict(app=dict(BULK, n=1000000), link=base() + ['at 100 ab mtu=1300'], sysctl={'tcp_mtu_probing': 1}, seconds=14),
    'pmtu_two': dict(app=dict(BULK, n=2000000), link=base() + ['at 200 ab mtu=1400 icmp=1', 'at 500 ab mtu=1200 icmp=1']),
    'syn_loss': dict(app=dict(BULK, n=200000), link=base() + ['rule ba match=syn count=2 action=drop']),
    'synack_loss': dict(app=dict(BULK, n=200000), link=base() + ['rule ab match=synack count=2 action=drop']),
    'fin_loss': dict(app=dict(BULK, n=200000), link=base() + ['rule ab match=fin count=2 action=drop', 'rule ba match=fin count=2 action=drop']),
    'syn_late': dict(app=dict(BULK, n=200000), link=base(delay=700000)),
    'far': dict(app=dict(BULK, n=1500000), link=base('loss=0.01', delay=150000, rate=20)),
    'far_nots_tail': dict(app={'app': 'reqresp', 'reqs': 10, 'resp': 30000}, link=base('loss=0.05', delay=80000), sysctl={'tcp_timestamps': 0}),
    'many': dict(app={'app': 'many', 'conns': 20, 'n': 150000}, link=base('loss=0.02', 'loss=0.01')),
    'nagle_loss': dict(app={'app': 'small', 'n': 40}, link=base('loss=0.05', 'loss=0.05')),
    'duplex': dict(app={'app': 'duplex', 'n': 1500000}, link=base('loss=0.01', 'loss=0.01')),
    'gso': dict(app=BULK, link=base('loss=0.01'), gso=1),
    'gso_reorder': dict(app=BULK, link=base('reorder=0.03 reorder_us=5000 dataonly=1'), gso=1),
    'capdrop': dict(app=BULK, link=base('loss=0.005'), capdrop=0.01),
    'capdrop_much': dict(app=BULK, link=base('loss=0.01', 'loss=0.01'), capdrop=0.05),
    'capdrop_nosack': dict(app=BULK, link=base('loss=0.005'), capdrop=0.01, sysctl={'tcp_sack': 0}),
    'norack': dict(app=BULK, link=base('loss=0.02'), sysctl={'tcp_recovery': 0}),
    'ecn': dict(app=BULK, link=base('loss=0.01'), sysctl={'tcp_ecn': 1}),
}

# --- applications, run in the namespaces ---


def family(app):
    return (socket.AF_INET6, 6) if app.get('v6') else (socket.AF_INET, 4)


def listen(app, count=64):
    kind, version = family(app)
    s = socket.socket(kind, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((HOSTS[version][0], PORT))
    s.listen(count)
    return s


def connect(app, rcvbuf=None):
    kind, version = family(app)
    s = socket.socket(kind, socket.SOCK_STREAM)
    if rcvbuf:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    s.settimeout(30)
    s.connect((HOSTS[version][0], PORT))
    return s


def read_exactly(s, n):
    while n:
        got = s.recv(min(n, 65536))
        if not got:
            raise EOFError
        n -= len(got)


def read_all(s):
    while s.recv(65536):
        pass


def keep_alive(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 9)):
        s.setsockopt(socket.IPPROTO_TCP, option, value)


def serve(app):
    """The sending host's part."""
    l = listen(app)
    kind = app['app']
    left = app.get('conns', 1)
    import threading
    threads = []
    while left:
        s, _ = l.accept()
        left -= 1
        t = threading.Thread(target=serve_one, args=(app, kind, s))
        t.start()
        threads.append(t)
    for t in threads:
        t.join()


def serve_one(app, kind, s):
    try:
        if kind in ('bulk', 'many', 'slow'):
            s.sendall(bytes(app['n']))
            s.shutdown(socket.SHUT_WR)
            read_all(s)
        elif kind == 'duplex':
            import threading
            t = threading.Thread(target=s.sendall, args=(bytes(app['n']),))
            t.start()
            read_exactly(s, app['n'])
            t.join()
        elif kind == 'reqresp':
            for _ in range(app['reqs']):
                read_exactly(s, 100)
                s.sendall(bytes(app['resp']))
        elif kind == 'typing':
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(app['n']):
                s.sendall(b'x')
                time.sleep(app['gap'])
        elif kind == 'small':
            for _ in range(app['n']):
                s.sendall(bytes(100))
                s.sendall(bytes(120))
                read_exactly(s, 10)
        elif kind == 'keepalive':
            if app['who'] in ('server', 'both'):
                keep_alive(s)
            s.sendall(b'hello')
            read_all(s)
    finally:
        s.close()


def ask(app):
    """The receiving host's part."""
    kind = app['app']
    if kind == 'many':
        import threading
        threads = [threading.Thread(target=lambda: read_all(connect(app))) for _ in range(app['conns'])]
        for t in threads:
            t.start()
            time.sleep(0.01)
        for t in threads:
            t.join()
        return
    s = connect(app, 40000 if kind == 'slow' else None)
    if kind == 'bulk':
        read_all(s)
    elif kind == 'slow':
        for pause, n in app['plan']:
            time.sleep(pause)
            read_exactly(s, n)
        read_all(s)
    elif kind == 'duplex':
        import threading
        t = threading.Thread(target=s.sendall, args=(bytes(app['n']),))
        t.start()
        read_all(s)
        t.join()
    elif kind == 'reqresp':
        for _ in range(app['reqs']):
            s.sendall(bytes(100))
            read_exactly(s, app['resp'])
            time.sleep(app.get('gap', 0.02))
    elif kind == 'typing':
        read_exactly(s, app['n'])
    elif kind == 'small':
        for _ in range(app['n']):
            read_exactly(s, 220)
            s.sendall(bytes(10))
    elif kind == 'keepalive':
        if app['who'] in ('client', 'both'):
            keep_alive(s)
        read_exactly(s, 5)
        time.sleep(app['idle'])
    s.close()


# --- one run ---


def sh(*words, **more):
    return subprocess.run(words, check=True, **more)


def in_ns(ns, *words):
    return ['ip', 'netns', 'exec', ns, *words]


class Trace:
    """The kernel's account, in a trace instance of our own."""
    EVENTS = ('tcp_retransmit_skb', 'tcp_retransmit_synack', 'tcp_cong_state_set')

    def __init__(self):
        top = '/sys/kernel/tracing'
        if not os.path.exists(top + '/instances'):
            sh('mount', '-t', 'tracefs', 'none', top)
        self.at = f'{top}/instances/capan-lab'
        os.makedirs(self.at, exist_ok=True)

    def put(self, name, text):
        with open(f'{self.at}/{name}', 'w') as f:
            f.write(text)

    def start(self):
        self.put('tracing_on', '0')
        self.put('trace_clock', 'mono')
        self.put('buffer_size_kb', '65536')
        self.put('options/stacktrace', '1')
        for e in self.EVENTS:
            self.put(f'events/tcp/{e}/enable', '1')
        self.put('trace', '')
        self.put('tracing_on', '1')

    def stop(self):
        self.put('tracing_on', '0')
        text = open(self.at + '/trace').read()
        for e in self.EVENTS:
            self.put(f'events/tcp/{e}/enable', '0')
        return text


EVENT = re.compile(r'\s(\d+\.\d+): (tcp_\w+): (.*)')


def kernel_events(text):
    """(time, sport, dport, kind) of each retransmission, in order."""
    offset = time.clock_gettime(time.CLOCK_REALTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
    state, events, current = {}, [], None
    for line in text.splitlines():
        m = EVENT.search(line)
        if m:
            ports = tuple(int(x) for x in re.search(r'sport=(\d+) dport=(\d+)', m[3]).groups())
            if m[2] == 'tcp_cong_state_set':
                state[ports] = int(re.search(r'cong_state=(\d+)', m[3])[1])
                current = None
                continue
            current = [float(m[1]) + offset, *ports, 'synack' if m[2] == 'tcp_retransmit_synack' else None, state.get(ports, 0),
                       re.search(r'state=(\w+)', m[3])[1] if 'state=' in m[3] else '', set()]
            events.append(current)
        elif line.startswith(' => ') and current:
            current[6].add(line[4:].split('+')[0].strip())
    return [(e[0], e[1], e[2], e[3] or kind_of(*e[4:])) for e in events]


def kind_of(cong_state, tcp_state, stack):
    if 'tcp_send_loss_probe' in stack:
        return 'tlp'
    if any(f.startswith('tcp_retransmit_timer') or f == 'tcp_write_timer_handler' for f in stack):
        return {'TCP_SYN_SENT': 'syn', 'TCP_SYN_RECV': 'synack', 'TCP_NEW_SYN_RECV': 'synack'}.get(tcp_state, 'rto')
    if 'tcp_simple_retransmit' in stack:
        return 'pmtu'
    return 'loss' if cong_state == 4 else 'fast'


def build_link(folder):
    program = os.path.join(folder, 'link')
    sh('cc', '-O2', '-o', program, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'link.c'))
    return program


def set_up(scenario):
    for ns in (A, B):
        subprocess.run(['ip', 'netns', 'del', ns], stderr=subprocess.DEVNULL)
        sh('ip', 'netns', 'add', ns)
        for name, value in {'tcp_no_metrics_save': 1, **scenario.get('sysctl', {})}.items():
            sh(*in_ns(ns, 'sysctl', '-qw', f'net.ipv4.{name}={value}'))


def bring_up(scenario):
    for i, (ns, dev) in enumerate(((A, 'a0'), (B, 'b0'))):
        sh(*in_ns(ns, 'ip', 'link', 'set', 'lo', 'up'))
        sh(*in_ns(ns, 'ip', 'addr', 'add', HOSTS[4][i] + '/24', 'dev', dev))
        sh(*in_ns(ns, 'ip', 'addr', 'add', HOSTS[6][i] + '/64', 'dev', dev, 'nodad'))
        if not scenario.get('gso'):
            sh(*in_ns(ns, 'ip', 'link', 'set', dev, 'gso_max_segs', '1'))
        sh(*in_ns(ns, 'ip', 'link', 'set', dev, 'up'))
    time.sleep(0.3)


def run(name, scenario, folder, seed, program, trace):
    os.makedirs(folder, exist_ok=True)
    set_up(scenario)
    script = os.path.join(folder, 'link.txt')
    with open(script, 'w') as f:
        f.write('\n'.join([f'seed {seed * 1000003 + sum(map(ord, name))}', *scenario['link']]) + '\n')
    link = subprocess.Popen([program, A, B, script, folder, str(scenario.get('seconds', 12)), 'gso' if scenario.get('gso') else ''], stdout=subprocess.PIPE)
    link.stdout.readline()
    bring_up(scenario)
    trace.start()
    app = json.dumps(scenario['app'])
    server = subprocess.Popen(in_ns(A, sys.executable, __file__, '--serve', app))
    time.sleep(0.4)
    client = subprocess.Popen(in_ns(B, sys.executable, __file__, '--ask', app))
    try:
        client.wait(scenario.get('seconds', 12) - 1)
        time.sleep(0.8)
    except subprocess.TimeoutExpired:
        pass
    for p in (client, server):
        p.kill()
    link.terminate()
    link.wait()
    events = kernel_events(trace.stop())
    make_truth(name, scenario, folder, seed, events)


# --- from what happened to truth ---

SYN, FIN, RST, ACK = 2, 1, 4, 16


class Frame:
    def __init__(self, words):
        self.i, self.dir = int(words[0]), int(words[1])
        self.t = int(words[2]) / 1e9
        self.sport, self.dport, self.seq, self.ack, self.flags, self.win, self.len = map(int, words[3:10])
        self.fate = words[10]
        self.late = self.twice = False
        self.label, self.arrived = {}, False
        self.conn = tuple(sorted((self.sport, self.dport)))

    def span(self):
        return self.len + bool(self.flags & SYN) + bool(self.flags & FIN)


def read_journal(path):
    frames, captures, deliveries = {}, {'A': [], 'B': []}, []
    for line in open(path):
        w = line.split()
        if w[0] == 'F':
            f = Frame(w[1:])
            frames[f.i] = f
        elif w[0] == 'C':
            captures[w[1]].append((int(w[2]), int(w[3]), int(w[4])))
        elif w[0] == 'D':
            deliveries.append((int(w[1]), int(w[3])))
    return frames, captures, deliveries


def relative(frames):
    """Numbers relative to the first SYN of each direction."""
    isn = {}
    for i in sorted(frames):
        f = frames[i]
        if f.fate == 'other':
            continue
        key = (f.conn, f.dir)
        if f.flags & SYN:
            isn.setdefault(key, f.seq)
        f.start = (f.seq - isn.get(key, f.seq) + (1 << 31)) % (1 << 32) - (1 << 31)
        f.end = f.start + f.span()
        f.acked = (f.ack - isn.get((f.conn, 1 - f.dir), f.ack) + (1 << 31)) % (1 << 32) - (1 << 31)


def label_retransmissions(frames, events):
    """Joins the kernel's events with the frames sent again, per direction of a connection, in order."""
    sent_max, again = collections.defaultdict(int), collections.defaultdict(list)
    first = {}
    for i in sorted(frames):
        f = frames[i]
        if f.fate == 'other' or not f.span() or f.flags & RST:
            continue
        key = (f.sport, f.dport)
        if f.start < sent_max[key] or (f.flags & SYN and key in first):
            again[key].append(f)
        first.setdefault(key, f)
        sent_max[key] = max(sent_max[key], f.end)
    problems = 0
    for key, late in again.items():
        said = [e for e in events if (e[1], e[2]) == key]
        at = 0
        for f in late:
            while at + 1 < len(said) and len(said) - at > 1 and abs(said[at + 1][0] - f.t) < abs(said[at][0] - f.t) and len(said) > len(late):
                at += 1
            if at < len(said):
                f.label['k'] = said[at][3]
                more_frames, more_events = len(late) - late.index(f) - 1, len(said) - at - 1
                if more_events >= 1 and (more_frames <= more_events or said[at + 1][0] <= f.t + 0.0005):
                    at += 1
            else:
                problems += 1
    return problems, sum(map(len, again.values())), len(events)


def cover(ranges, start, end):
    """True when [start, end) lies in the union."""
    for a, b in sorted(ranges):
        if a > start:
            return False
        start = max(start, b)
        if start >= end:
            return True
    return start >= end


class Host:
    """What one end of a connection sent and got, so far."""

    def __init__(self):
        self.max_sent = 0
        self.last_ack = None
        self.last_win = None
        self.next = 0
        self.early = []
        self.duplicate = False
        self.probed = None
        self.peer_window = 1

    def gets(self, f):
        if f.flags & ACK:
            self.peer_window = f.win
        if f.label.get('probe'):
            self.probed = f.label['probe']
        if not f.len and not f.flags & FIN or f.flags & (RST | SYN):
            if f.flags & SYN:
                self.next = max(self.next, 1)
            return
        if f.end <= self.next or any(a <= f.start and f.end <= b for a, b in self.early):
            self.duplicate = True
        elif f.start > self.next:
            self.early.append((f.start, f.end))
            self.early.sort()
        else:
            self.duplicate |= f.start < self.next
            self.next = max(self.next, f.end)
            while self.early and self.early[0][0] <= self.next:
                self.next = max(self.next, self.early.pop(0)[1])

    def sends(self, f):
        pure = not f.len and not f.flags & (SYN | FIN | RST)
        if pure and f.start == self.max_sent - 1 and self.last_ack is not None:
            f.label['probe'] = 'winprobe' if self.peer_window == 0 else 'keepalive'
        elif pure and self.probed:
            f.label['resp'] = 'wp_ack' if self.probed == 'winprobe' else 'ka_ack'
        elif pure and f.acked == self.last_ack:
            if self.early or f.acked < self.next:  # several arrivals may be read before the ACK of the first
                f.label['dupack'] = 'ooo'
            elif self.duplicate:
                f.label['dupack'] = 'dup'
        if f.flags & ACK:
            self.probed = None
            self.duplicate = False
            self.last_ack = f.acked
        if not f.win and not f.flags & (SYN | RST):
            f.label['zw'] = 1
        self.max_sent = max(self.max_sent, f.end)


def walk(frames, path):
    """Replays the journal: a sending (F) before its arrivals (D)."""
    hosts = collections.defaultdict(Host)
    arrived = collections.defaultdict(list)   # (conn, dir) -> ranges that got through so far or will
    for line in open(path):
        w = line.split()
        if w[0] == 'F':
            f = frames[int(w[1])]
            if f.fate == 'other':
                continue
            key = (f.conn, f.dir)
            if 'k' in f.label:
                f.label['need'] = 0 if cover(arrived[key], f.start, f.end) else 1
            hosts[key].sends(f)
            if f.fate == 'pass' and f.span():
                arrived[key].append((f.start, f.end))
                if len(arrived[key]) > 400:
                    arrived[key] = merge(arrived[key])
        elif w[0] == 'D' and int(w[1]) >= 0:
            f = frames[int(w[1])]
            if f.fate != 'other':
                hosts[f.conn, 1 - f.dir].gets(f)


def merge(ranges):
    out = []
    for a, b in sorted(ranges):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(b, out[-1][1]))
        else:
            out.append((a, b))
    return out


def label_capture(frames, entries, side, missed):
    """One capture point: entries are (n, idx, copy) that are in the file; missed those the capture lost."""
    rows, top, last_i, seen, seen_acks = [], {}, {}, collections.defaultdict(list), {}
    lost_here = {i for i, _ in missed}
    for n, i, copy in entries:
        f = frames.get(i)
        if i < 0 or f is None or f.fate == 'other':
            continue
        key, away = (f.conn, f.dir), (f.conn, 1 - f.dir)
        row = {'n': n, 'i': i, 'd': 'ba' if f.dir else 'ab', 'len': f.len, **f.label}
        if copy:
            row['nd'] = 1
        if 'dupack' in row and seen_acks.get(away) != f.acked:
            del row['dupack']  # the ACK that it repeats never came here
        if f.span() and not f.flags & RST:
            if 'k' in row:
                row['obs'] = int(f.start < top.get(key, 0) or (f.flags & SYN and key in top))
            if not copy and 'k' not in row and f.len and i < last_i.get(key, -1):
                row['ro'] = 1
            if key in top and f.start > top[key]:
                row['gap'] = why_gap(frames, key, top[key], f.start, side, lost_here)
            if not copy and 'k' not in row:
                last_i[key] = max(last_i.get(key, -1), i)
            top[key] = max(top.get(key, 0), f.end)
        if f.flags & ACK and f.acked > seen_acks.get(away, 0):
            if not cover(seen[away], max(seen_acks.get(away, 0), 0), f.acked):
                row['unseen'] = 1
            seen_acks[away] = f.acked
        if f.span() and not f.flags & RST:
            seen[key] = merge([r for r in seen[key] if r[1] > seen_acks.get(key, 0)] + [(f.start, f.end)])
        if len(row) > 4 or f.fate not in ('pass', 'other'):
            if f.fate not in ('pass', 'other'):
                row['lost'] = f.fate
            rows.append(row)
    return rows


def why_gap(frames, key, start, end, side, lost_here):
    why = set()
    for f in frames.values():
        if f.fate == 'other' or (f.conn, f.dir) != key or not f.span() or f.start >= end or f.end <= start or 'k' in f.label:
            continue
        if f.i in lost_here:
            why.add('capture')
        elif f.fate != 'pass':
            why.add('loss')
        else:
            why.add('reorder')
    if len(why) == 1:
        return why.pop()
    return 'mixed' if why else 'loss'


def thin_out(folder, name, entries, share, rng):
    """The capture misses a share of its frames: rewrites the file, renumbers the entries."""
    path = os.path.join(folder, name)
    data = open(path, 'rb').read()
    out, kept, missed, at, n = [data[:24]], [], [], 24, 0
    for _, i, copy in entries:
        size = 16 + struct.unpack_from('<I', data, at + 8)[0]
        if share and rng.random() < share and n > 3:
            missed.append((i, copy))
        else:
            n += 1
            kept.append((n, i, copy))
            out.append(data[at:at + size])
        at += size
    with open(path, 'wb') as f:
        f.write(b''.join(out))
    return kept, missed


def make_truth(name, scenario, folder, seed, events):
    journal = os.path.join(folder, 'link.log')
    frames, captures, _ = read_journal(journal)
    relative(frames)
    problems, again, said = label_retransmissions(frames, events)
    walk(frames, journal)
    rng = random.Random(seed)
    truth = {'scenario': name, 'seed': seed, 'app': scenario['app'], 'sysctl': scenario.get('sysctl', {}), 'gso': scenario.get('gso', 0),
             'capdrop': scenario.get('capdrop', 0), 'impair': scenario['link'], 'frames': {},
             'selfcheck': {'sent_again': again, 'kernel_events': said, 'without_event': problems}}
    for side, file, label in (('A', 'sender.pcap', 'sender'), ('B', 'receiver.pcap', 'receiver')):
        kept, missed = thin_out(folder, file, captures[side], scenario.get('capdrop', 0), rng)
        truth['frames'][label] = label_capture(frames, kept, side, missed)
    with open(os.path.join(folder, 'truth.json'), 'w') as f:
        json.dump(truth, f)
    os.remove(journal)
    print(f'{name:18} {len(frames):6} frames, {again} sent again, {said} kernel events, {problems} without', flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--out', default='lab-truth')
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--list', action='store_true')
    p.add_argument('--serve')
    p.add_argument('--ask')
    p.add_argument('scenario', nargs='*')
    o = p.parse_args()
    if o.serve:
        return serve(json.loads(o.serve))
    if o.ask:
        return ask(json.loads(o.ask))
    if o.list:
        return print('\n'.join(SCENARIOS))
    trace = Trace()
    with tempfile.TemporaryDirectory() as work:
        program = build_link(work)
        for name in o.scenario or SCENARIOS:
            folder = os.path.join(o.out, f'{name}-{o.seed}')
            shutil.rmtree(folder, ignore_errors=True)
            run(name, SCENARIOS[name], folder, o.seed, program, trace)


if __name__ == '__main__':
    main()
