#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a capture holds that is not read is said: by the summary first, by other commands where their answer lacks it.

usage: test_unread.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'generators'))
import packets  # noqa: E402

CAPAN = None
GET = b'GET /a HTTP/1.1\r\nHost: a.test\r\n\r\n'
OK = b'HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nok'
TUNNEL = b'CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n', b'HTTP/1.1 200 Connection established\r\n\r\n'
UPGRADE = (b'GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
           b'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')


def hello(host=b'www.example.com', offers=(b'h2', b'http/1.1'), padding=0):
    """A ClientHello (RFC 8446 4.1.2) with the name behind the other extensions."""
    names = b''.join(bytes([len(name)]) + name for name in offers)
    extensions = struct.pack('!HHH', 16, len(names) + 2, len(names)) + names + struct.pack('!HH', 21, padding) + bytes(padding)
    extensions += struct.pack('!HHHBH', 0, len(host) + 5, len(host) + 3, 0, len(host)) + host
    body = b'\x03\x03' + bytes(range(32)) + b'\0\0\2\x13\1\1\0' + struct.pack('!H', len(extensions)) + extensions
    return b'\1' + len(body).to_bytes(3, 'big') + body


def record(octets, kind=22):
    return struct.pack('!BHH', kind, 0x303, len(octets)) + octets


def frame(kind, flags, stream, octets):
    """Of HTTP/2 (RFC 9113 4.1)."""
    return len(octets).to_bytes(3, 'big') + bytes([kind, flags]) + struct.pack('!I', stream) + octets


class Capture:
    def __init__(self):
        self.capture = packets.Capture(1767225600)
        self.port = 40000

    def open(self, handshake=True):
        hosts = [packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2)]
        flow = packets.Flow(self.capture, *hosts, (self.port, 5000))
        self.port += 1
        if handshake:
            flow.handshake()
        else:
            flow.sides[0].rcv_nxt, flow.sides[1].rcv_nxt = flow.sides[1].snd_nxt, flow.sides[0].snd_nxt
        return flow

    def say(self, flow, who, octets):
        flow.send(who, 'PA', octets)
        self.capture.wait(5)
        flow.send(1 - who, 'A', b'')
        self.capture.wait(5)

    def talk(self, *turns, handshake=True):
        flow = self.open(handshake)
        for who, octets in turns:
            self.say(flow, who, octets)
        return flow

    def run(self, *words):
        done = subprocess.run([CAPAN, *words, '-'], input=self.capture.octets(), capture_output=True, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def connections(self):
        rows = [json.loads(line) for line in self.run('connections', '--format', 'ndjson')[1].splitlines()]
        return [(row['connection'].get('speech'), row['connection'].get('unread', 0)) for row in rows]


class Unread(unittest.TestCase):
    def setUp(self):
        self.capture = Capture()

    def test_who_is_asked_in_tls_and_what_is_offered(self):
        """Whole, in pieces of one octet and more, and in three records (RFC 8446 5.1)."""
        c, long = self.capture, hello(b'records.test', (b'h2',), 900)
        c.talk((0, record(hello())), (1, record(bytes(300), 23)))
        whole = record(hello(b'pieces.test', (b'http/1.1',), 1800))
        c.talk((0, whole[:1]), (0, whole[1:700]), (0, whole[700:]))
        c.talk((0, record(long[:9]) + record(long[9:300]) + record(long[300:])))
        _, out, _ = c.run()
        self.assertIn('3 connections are TLS, of which no content was read', out)
        for name in ('www.example.com (offers h2, http/1.1)', 'pieces.test (offers http/1.1)', 'records.test (offers h2)'):
            self.assertIn(name, out)
        self.assertIn('--keylog=FILE', out)
        rows = [json.loads(line) for line in c.run('connections', '--format', 'ndjson')[1].splitlines()]
        self.assertEqual([row['tls_host'] for row in rows], ['www.example.com', 'pieces.test', 'records.test'])
        self.assertEqual({row['connection']['speech'] for row in rows}, {'tls'})

    def test_each_command_says_that_tls_is_not_read(self):
        self.capture.talk((0, record(hello())), (1, record(bytes(300), 23)))
        for command in ('exchanges', 'pages', 'har', 'whatif', 'etags', 'findings', 'explain', 'report'):
            self.assertIn('not read: tls on 1 connection (--keylog gives its secrets)', self.capture.run(command)[2], command)
        for command in ('segments', 'connections', 'summary'):
            self.assertNotIn('not read', self.capture.run(command)[2], command)

    def test_tls_and_ssh_behind_connect(self):
        self.capture.talk((0, TUNNEL[0]), (1, TUNNEL[1]), (0, record(hello())), (1, record(bytes(90), 23)))
        self.capture.talk((0, TUNNEL[0]), (1, TUNNEL[1]), (1, b'SSH-2.0-a\r\n'), (0, b'SSH-2.0-b\r\n'))
        self.assertEqual(self.capture.connections(), [('tls', len(record(hello())) + 95), ('ssh', 22)])

    def test_what_is_behind_upgrade(self):
        self.capture.talk((0, UPGRADE[0]), (1, UPGRADE[1]), (1, b'\x81\5hello'), (0, b'\x81\x85abcdefghi'))
        self.assertEqual(self.capture.connections(), [('websocket', 18)])
        self.assertIn('not read: WebSocket', self.capture.run()[1])

    def test_joined_midway(self):
        """Frames of HTTP/2, records of TLS, and octets that tell nothing."""
        request = frame(1, 5, 7, b'\x82\xbe\xbf') + frame(8, 0, 0, b'\0\0\1\0')
        answer = frame(1, 4, 7, b'\x88\xc1') + frame(0, 1, 7, bytes(900))
        self.capture.talk((1, bytes(range(99, 199))), (0, request), (1, answer), (0, request), (1, answer), handshake=False)
        self.capture.talk((0, record(bytes(99), 23)), (1, record(bytes(99), 23)), handshake=False)
        self.capture.talk((1, b'\xaa' * 700), (0, b'\xbb' * 70), handshake=False)
        self.assertEqual([speech for speech, _ in self.capture.connections()], ['http2-midway', 'tls-midway', 'unknown'])
        _, out, _ = self.capture.run()
        for words in ('HTTP/2 that began before the capture', 'TLS that began before the capture', 'began before the capture, and whose'):
            self.assertIn(words, out)
        self.assertLess(out.index('not read: HTTP/2'), out.index('Findings'))

    def test_frames_from_the_beginning_are_no_http2(self):
        """Without the preface (RFC 9113 3.4), on a connection that was captured from its SYN."""
        self.capture.talk((0, frame(1, 5, 7, b'\x82') * 4), (1, frame(1, 5, 7, b'\x88') * 4))
        self.assertEqual(self.capture.connections()[0][0], 'other')

    def test_other_protocols_where_no_exchange_is(self):
        self.capture.talk((1, b'220 mx.test ESMTP\r\n'), (0, b'EHLO a.test\r\n'))
        self.assertIn('not read: smtp on 1 connection', self.capture.run('exchanges')[2])
        self.assertNotIn('not read', self.capture.run('findings')[2])
        self.capture.talk((0, GET), (1, OK))
        self.assertNotIn('not read', self.capture.run('exchanges')[2])
        self.assertIn('not read: SMTP, by its first octets;\n    32 B on 1 connection (stream 0)', self.capture.run()[1])

    def test_http_is_read(self):
        self.capture.talk((0, GET), (1, OK))
        self.assertEqual(self.capture.connections(), [('http', 0)])
        self.assertNotIn('not read', ''.join(self.capture.run()[1:]))

    def test_link_types_beside_each_other(self):
        """One interface that is decoded, and one that is not."""
        def block(kind, body):
            body += bytes(-len(body) % 4)
            return struct.pack('<II', kind, 12 + len(body)) + body + struct.pack('<I', 12 + len(body))

        def packet(interface, octets):
            return block(6, struct.pack('<IIIII', interface, 0, 0, len(octets), len(octets)) + octets)
        self.capture.talk((0, GET), (1, OK))
        file = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
        file += b''.join(block(1, struct.pack('<HHI', link, 0, 0)) for link in (1, 220))
        file += b''.join(packet(0, octets) for _, octets in self.capture.capture.records) + packet(1, bytes(64)) * 3
        done = subprocess.run([CAPAN, '-'], input=file, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b'3 packets of a link type that is not decoded (USB_LINUX_MMAPPED)', done.stdout)
        self.assertIn(b'3 frames of a link type that is not decoded', done.stderr)
        usb = file[:file.index(packet(0, self.capture.capture.records[0][1]))] + packet(1, bytes(64)) + block(9, b'entry')
        done = subprocess.run([CAPAN, 'findings', '-'], input=usb, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 3)
        self.assertIn(b'link type USB_LINUX_MMAPPED is not decoded', done.stderr)

    def test_quic_beside_tcp(self):
        """By the long header (RFC 9000 17.2), on any port."""
        self.capture.talk((0, GET), (1, OK))
        ends = [packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2)]
        for first in (b'\xc3\0\0\0\1\x08', b'\x43abcdef'):
            datagram = struct.pack('!HHHH', 50000, 7443, 1208, 0) + first + bytes(1200 - len(first))
            self.capture.capture.add(packets.ethernet_frame(*ends, packets.ip_packet(*ends, 17, datagram)))
        self.assertIn('not read: QUIC among 2 packets of UDP', self.capture.run('exchanges')[2])
        self.assertIn('not read: QUIC', self.capture.run()[1])

    def test_key_logs_that_open_nothing(self):
        self.capture.talk((0, record(hello())), (1, record(bytes(300), 23)))
        with tempfile.TemporaryDirectory() as folder:
            keys = pathlib.Path(folder, 'keys')
            status, _, err = self.capture.run('exchanges', '--keylog', str(keys))
            self.assertEqual(status, 2)
            self.assertRegex(err, r'^capan: --keylog: .*keys.*No such file')
            keys.write_text('hello\n')
            self.assertIn('no TLS secrets in it', self.capture.run('exchanges', '--keylog', str(keys))[2])
            keys.write_text('CLIENT_RANDOM ' + '00' * 32 + ' ' + '11' * 48 + '\n')
            status, _, err = self.capture.run('exchanges', '--keylog', str(keys))
            self.assertEqual(status, 0)
            self.assertIn('open none of its connections of TLS (1)', err)
            self.assertIn('the secrets at hand are not theirs', self.capture.run('--keylog', str(keys))[1])
            clear = Capture()
            clear.talk((0, GET), (1, OK))
            self.assertIn('no connection of TLS begins in it', clear.run('--keylog', str(keys))[2])


if __name__ == '__main__':
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--capan', required=True)
    options, rest = arguments.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
