#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which octets are a request and which response answers it, where the capture or one of the sides makes that hard.

usage: test_conversations.py --capan PROGRAM [unittest's arguments]
"""
import argparse
import json
import pathlib
import struct
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'generators'))
import packets  # noqa: E402

CAPAN = None
GET = b'GET /t.txt HTTP/1.1\r\nHost: a.test\r\n\r\n'
BAD = b'HTTP/1.1 400 Bad Request\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n'
MODIFIED = b'Last-Modified: Mon, 01 Dec 2025 08:00:00 GMT\r\n'


def answer(body, fields=b''):
    return b'HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n%sContent-Length: %d\r\n\r\n' % (fields, len(body)) + body


class Talk:
    """A capture of connections that a client opens to servers."""

    def __init__(self):
        self.capture = packets.Capture(1767225600)
        self.port = 40000

    def open(self, server=2, handshake=True):
        hosts = (packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, server))
        flow = packets.Flow(self.capture, *hosts, (self.port, 80))
        self.port += 1
        if handshake:
            flow.handshake()
        return flow

    def say(self, flow, who, octets, **how):
        flow.send(who, 'PA', octets, **how)
        self.capture.wait(5)
        flow.send(1 - who, 'A', b'', captured=how.get('captured', True))
        self.capture.wait(5)

    def exchanges(self):
        done = subprocess.run([CAPAN, 'exchanges', '--format', 'ndjson', '-'], input=self.capture.octets(), capture_output=True,
                              timeout=60, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]


class Conversations(unittest.TestCase):
    def setUp(self):
        self.talk = Talk()

    def outcomes(self):
        return [(row.get('method'), row.get('target'), row.get('status'), row['http']['outcome']) for row in self.talk.exchanges()]

    def test_what_is_no_request_is_refused(self):
        """RFC 9112 3: a control octet in the target, and a line that is no request line."""
        flow = self.talk.open()
        for asked, said in ((GET, answer(b'text')), (b'GET /b\x01c HTTP/1.1\r\n\r\n', BAD), (b'\x00\x01\x02\r\n', BAD)):
            self.talk.say(flow, 0, asked)
            self.talk.say(flow, 1, said)
        self.assertEqual(self.outcomes(), [('GET', '/t.txt', 200, 'first-fetch'), ('GET', '/b\u0001c', 400, 'plain'),
                                           (None, None, 400, 'plain')])
        for row in self.talk.exchanges()[1:]:
            self.assertIn('start-line', row['http']['framing'])
            self.assertIn('the server refused what is no request (RFC 9112 3)', row['explain'])

    def findings(self, severity):
        """The segments' findings at or above it."""
        done = subprocess.run([CAPAN, 'findings', '--format', 'ndjson', '-'], input=self.talk.capture.octets(), capture_output=True,
                              timeout=60, check=True)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return [row['token'] for row in rows if row['field'].startswith('tcp') and row['severity'] in severity]

    def test_a_reset_that_cuts_nothing_off(self):
        """RFC 9293 3.10.5: the client has its whole response, and nothing is under way."""
        flow = self.talk.open()
        self.talk.say(flow, 0, GET)
        self.talk.say(flow, 1, answer(b'text'))
        flow.send(0, 'RA', b'')
        self.assertEqual(self.findings(('warn', 'error')), [])
        self.assertIn('rst-abort', self.findings(('note',)))

    def test_a_reset_that_cuts_a_response_off(self):
        """All that was sent is acknowledged; that more was to come only HTTP knows."""
        flow = self.talk.open()
        self.talk.say(flow, 0, GET)
        self.talk.say(flow, 1, answer(b'x' * 2000)[:1200])
        flow.send(0, 'RA', b'')
        self.assertEqual(self.findings(('warn', 'error')), ['cut-off'])

    def test_tls_on_a_clear_port(self):
        """The hello was captured, though it is no HTTP: its refusal is no answer to something else."""
        flow = self.talk.open()
        hello = b'\x01\x00\x00\x2a\x03\x03' + bytes(32) + b'\x00\x00\x02\x13\x01\x01\x00'
        self.talk.say(flow, 0, b'\x16\x03\x01' + struct.pack('>H', len(hello)) + hello)
        self.talk.say(flow, 1, BAD)
        row, = self.talk.exchanges()
        self.assertEqual((row['status'], row['request_frame']), (400, 4))
        self.assertNotIn('not captured', row['explain'])

    def test_another_protocol_carries_a_request(self):
        """SMTP (RFC 5321) with a request in a mail; ICAP (RFC 3507) with the head of one."""
        mail = self.talk.open()
        self.talk.say(mail, 1, b'220 mail.test ESMTP\r\n')
        self.talk.say(mail, 0, b'EHLO a.test\r\n')
        self.talk.say(mail, 1, b'250 mail.test\r\n')
        self.talk.say(mail, 0, b'Subject: x\r\n\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n.\r\n')
        icap = self.talk.open()
        self.talk.say(icap, 0, b'REQMOD icap://a.test/x ICAP/1.0\r\nHost: a.test\r\n\r\n' + GET)
        self.talk.say(icap, 1, b'ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0\r\n\r\n' + BAD)
        self.assertEqual(self.outcomes(), [])

    def test_a_server_that_begins_with_http2(self):
        """RFC 9113 3.4: HTTP/2 begins with the client's preface."""
        settings = b'\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64'
        refused, taken = self.talk.open(), self.talk.open()
        self.talk.say(refused, 1, settings)
        self.talk.say(refused, 0, GET)
        refused.close(0)
        self.talk.say(taken, 1, settings)
        request = b'\x00\x00\x05\x01\x05\x00\x00\x00\x01\x82\x84\x86\x41\x00'
        self.talk.say(taken, 0, b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + b'\x00\x00\x00\x04' + bytes(5) + request)
        self.talk.say(taken, 1, b'\x00\x00\x01\x01\x05\x00\x00\x00\x01\x88')
        self.assertCountEqual(self.outcomes(), [('GET', '/t.txt', None, 'no-response'), ('GET', '/', 200, 'first-fetch')])

    def test_a_hole_at_the_close(self):
        """What a connection said is known when the next one asks with it, though its content was not captured whole."""
        flow = self.talk.open()
        self.talk.say(flow, 0, GET)
        octets = answer(packets.noise(6000), MODIFIED)
        for at in range(0, len(octets), 1460):
            flow.server('A', octets[at:at + 1460], captured=at != 2920)
        flow.client()
        flow.close(0, rtt=0.1)
        self.talk.capture.wait(8)
        flow = self.talk.open()
        self.talk.say(flow, 0, GET[:-2] + b'If-Modified-Since' + MODIFIED[13:] + b'\r\n')
        self.talk.say(flow, 1, b'HTTP/1.1 304 Not Modified\r\nDate: Thu, 01 Jan 2026 00:00:01 GMT\r\n\r\n')
        first, second = self.talk.exchanges()
        self.assertEqual(first['response_body_missing'], 1460)
        self.assertEqual((second['http']['provenance'], second['http']['validator_in']), ('seen', first['response_frame']))

    def test_an_orphan_was_not_held_up_before_it(self):
        flow = self.talk.open(handshake=False)
        flow.server('PA', answer(b'first'))
        seq = flow.sides[1].snd_nxt - len(answer(b'first'))
        self.talk.capture.wait(230)
        flow.server('PA', answer(b'first'), seq=seq)
        for body in (b'second', b'third'):
            self.talk.capture.wait(1000)
            flow.server('PA', answer(body))
        rows = self.talk.exchanges()
        self.assertEqual([row['http']['outcome'] for row in rows], ['orphan-response'] * 3)
        for row in rows[1:]:
            self.assertNotIn('held up', row['explain'])

    def test_a_server_gives_up_waiting(self):
        """RFC 9110 15.5.9: no request is missing."""
        flow = self.talk.open()
        self.talk.say(flow, 0, GET)
        self.talk.say(flow, 1, answer(b'text'))
        self.talk.say(flow, 1, b'HTTP/1.1 408 Request Timeout\r\nDate: Thu, 01 Jan 2026 00:00:09 GMT\r\nContent-Length: 0\r\n\r\n')
        self.assertIn('the server gave up waiting for a request (RFC 9110 15.5.9)', self.talk.exchanges()[1]['explain'])

    def test_one_site_at_two_addresses(self):
        """RFC 9111 2: the key is the URI. Two nodes with tags of their own are told by the tags' content."""
        first, second = self.talk.open(), self.talk.open(server=3)
        self.talk.say(first, 0, GET)
        self.talk.say(first, 1, answer(bytes(500), b'ETag: "1-500"\r\nCache-Control: max-age=0\r\n'))
        self.talk.say(second, 0, GET[:-2] + b'If-None-Match: "1-500"\r\n\r\n')
        self.talk.say(second, 1, answer(bytes(500), b'ETag: "2-500"\r\nCache-Control: max-age=0\r\n'))
        row = self.talk.exchanges()[1]
        self.assertEqual((row['http']['provenance'], row['http']['wasted'], row['http']['advice']), ('seen', 500, ['etag-per-node']))
        self.assertIn('the same content under another entity tag', row['explain'])
        self.assertNotIn('violation', row['http'])


if __name__ == '__main__':
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--capan', required=True)
    options, rest = arguments.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
