#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""After something was given up, or could not be read, nothing is said as if it had not been.

usage: test_given_up.py --capan PROGRAM [unittest's arguments]
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
DATE = b'Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n'
URLS = 1500  # more than 1 MiB holds
NEW = 5
PIPELINED = 1100


def block(kind, body):
    """Of pcapng."""
    length = struct.pack('<I', 12 + len(body))
    return struct.pack('<I', kind) + length + body + length


def request(target, fields=b''):
    return b'GET %s HTTP/1.1\r\nHost: a.test\r\n%s\r\n' % (target, fields)


def answer(tag, body=b'abc'):
    return b'HTTP/1.1 200 OK\r\n%sETag: "%s"\r\nContent-Length: %d\r\n\r\n%s' % (DATE, tag, len(body), body)


NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\n' + DATE + b'\r\n'


class Talk:
    def __init__(self):
        self.capture = packets.Capture(1767225600)
        self.port = 10000

    def hosts(self):
        return [packets.Host(f'192.0.2.{number}', f'02:00:5e:00:00:0{number}') for number in (1, 2)]

    def open(self):
        flow = packets.Flow(self.capture, *self.hosts(), (self.port, 80))
        self.port += 1
        flow.handshake()
        return flow

    def say(self, flow, who, octets):
        flow.send(who, 'PA', octets)
        self.capture.wait(1)
        flow.send(1 - who, 'A', b'')
        self.capture.wait(1)

    def fetch(self, flow, target, said, fields=b''):
        self.say(flow, 0, request(target, fields))
        self.say(flow, 1, said)

    def run(self, *words):
        return subprocess.run([CAPAN, *words, '-'], input=self.capture.octets(), capture_output=True, timeout=120)

    def exchanges(self, *words):
        """By target, the last one of each; and what is said on standard error."""
        done = self.run('exchanges', '--format', 'ndjson', *words)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return {row.get('target', row['stream']): row for row in rows}, done.stderr.decode()


class GivenUp(unittest.TestCase):
    def setUp(self):
        self.talk = Talk()

    def forgotten(self, row):
        return row['http'].get('forgotten', [])

    def test_a_url_after_its_response_was_given_up(self):
        """Never the first time; nor is a validator said not to have been given."""
        flow = self.talk.open()
        for number in range(URLS):
            self.talk.fetch(flow, b'/%d' % number, answer(b't%d' % number))
        self.talk.fetch(flow, b'/0', answer(b't0'))
        self.talk.fetch(flow, b'/1', NOT_MODIFIED, b'If-None-Match: "t1"\r\n')
        for number in range(NEW):
            self.talk.fetch(flow, b'/new%d' % number, answer(b'new%d' % number))
        self.talk.fetch(flow, b'/%d' % (URLS - 1), answer(b't%d' % (URLS - 1)))
        rows, err = self.talk.exchanges('--memory', '1')
        again, asked = rows['/0'], rows['/1']
        self.assertEqual((again['http']['outcome'], again['http']['reason'], again['http']['certainty']),
                         ('plain', 'forgotten', 'ambiguous'))
        self.assertNotIn('first time that', again['explain'])
        self.assertIn('given up for memory', again['explain'])
        self.assertEqual((asked['http']['outcome'], asked['http']['provenance']), ('not-modified', 'forgotten'))
        self.assertNotIn(asked['http']['certainty'], 'certain')
        self.assertNotIn('not given in this capture', asked['explain'])
        self.assertEqual(self.forgotten(asked), ['responses'])
        new = [rows[f'/new{number}'] for number in range(NEW)]
        first = [row for row in new if (row['http']['outcome'], self.forgotten(row)) == ('first-fetch', [])]
        self.assertGreaterEqual(len(first), NEW - 1)  # once in a thousand a new one is taken for one that was given up
        self.assertEqual(rows[f'/{URLS - 1}']['http']['outcome'], 'refetch')
        self.assertRegex(err, r'given up: [\d]+ stored responses \(more with --memory\)\n\Z')
        rows, err = self.talk.exchanges()
        self.assertEqual((rows['/0']['http']['outcome'], rows['/1']['http']['provenance'], err), ('refetch', 'seen', ''))

    def test_every_command_says_what_was_given_up(self):
        flow = self.talk.open()
        for number in range(URLS):
            self.talk.fetch(flow, b'/%d' % number, answer(b't%d' % number))
        for command in ('summary', 'segments', 'connections', 'exchanges', 'pages', 'findings', 'explain', 'har', 'report',
                        'whatif', 'etags'):
            err = self.talk.run(command, '--memory', '1').stderr.decode()
            self.assertRegex(err, r'given up: [^\n]*\d+ stored responses \(more with --memory\)', command)

    def test_whoever_keeps_something_until_the_end_says_what_it_left_out(self):
        flow = self.talk.open()
        for number in range(URLS):
            self.talk.fetch(flow, b'/%d' % number, answer(b't%d' % number))
        for command, words in (('explain', r'rest of the story, too long \(told with --stream or --frame\)'),
                               ('report', 'rest of the story, too long'),
                               ('whatif', r'given up: \d+ exchanges \(more with --memory\)'),
                               ('etags', r'given up: \d+ responses with one entity tag too many')):
            done = self.talk.run(command, '--memory', '1')
            self.assertEqual(done.returncode, 0, command)
            self.assertRegex(done.stderr.decode(), words, command)
            self.assertNotRegex(self.talk.run(command).stderr.decode(), 'given up', command)

    def test_frames_that_the_system_lost_while_capturing(self):
        """They are told at once where a block of statistics stands among the packets."""
        talk = self.talk
        talk.fetch(talk.open(), b'/early', answer(b'e'))
        before = len(talk.capture.records)
        talk.fetch(talk.open(), b'/late', answer(b'l'))
        blocks = [block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)),
                  block(1, struct.pack('<HHI', 1, 0, 0) + struct.pack('<HHB3xHH', 9, 1, 9, 0, 0))]
        for number, (time_ns, frame) in enumerate(talk.capture.records):
            if number == before:
                blocks.append(block(5, struct.pack('<III', 0, 0, 0) + struct.pack('<HHQHH', 7, 8, 3, 0, 0)))
            head = struct.pack('<IIIII', 0, time_ns >> 32, time_ns & 0xffffffff, len(frame), len(frame))
            blocks.append(block(6, head + frame + bytes(-len(frame) % 4)))
        done = subprocess.run([CAPAN, 'exchanges', '--format', 'ndjson', '-'], input=b''.join(blocks), capture_output=True,
                              timeout=120)
        rows = {row['target']: row for row in map(json.loads, done.stdout.splitlines())}
        self.assertEqual((rows['/early']['http']['outcome'], self.forgotten(rows['/early'])), ('first-fetch', []))
        self.assertEqual(self.forgotten(rows['/late']), ['frames'])
        self.assertNotEqual(rows['/late']['http']['certainty'], 'certain')
        self.assertRegex(done.stderr.decode(), 'given up: 3 frames that the capturing system lost\n')

    def test_answers_find_their_requests_behind_those_that_were_given_up(self):
        """No more than 1024 requests wait on one connection; those that do not are told as what they are."""
        flow = self.talk.open()
        for number in range(PIPELINED):
            flow.send(0, 'PA', request(b'/%d' % number))
        for number in range(PIPELINED):
            flow.send(1, 'PA', answer(b't%d' % number))
        rows, err = self.talk.exchanges()
        self.assertEqual(len(rows), PIPELINED)
        for number in range(PIPELINED):
            row = rows[f'/{number}']
            tag = row.get('response_fields', {}).get('etag')
            if number < PIPELINED - 1024:
                self.assertEqual((row['http']['outcome'], row['http']['reason'], tag), ('no-response', 'given-up', None))
            else:
                self.assertEqual((row['http']['outcome'], tag), ('first-fetch', f'"t{number}"'))
        self.assertEqual(self.forgotten(rows[f'/{PIPELINED - 1}']), ['connections'])
        self.assertTrue(err.endswith(f'given up: {PIPELINED - 1024} exchanges in flight\n'), err)

    def test_a_connection_that_was_given_up_goes_on(self):
        flows = [self.talk.open() for _ in range(700)]
        for flow in flows:
            self.talk.say(flow, 0, request(b'/slow%d' % flow.sides[0].port))
        self.talk.say(flows[0], 1, answer(b'x'))
        rows, err = self.talk.exchanges('--memory', '1')
        self.assertRegex(err, r'given up: \d+ connections \(more with --memory\)')
        orphan, = (row for row in rows.values() if row['http']['outcome'] == 'orphan-response')
        self.assertEqual((orphan['http']['certainty'], self.forgotten(orphan)), ('ambiguous', ['connections']))
        self.assertNotIn('not captured', orphan['explain'])
        reasons = {row['http']['reason'] for row in rows.values() if row['http']['outcome'] == 'no-response'}
        self.assertIn('given-up', reasons)
        rows, err = self.talk.exchanges()
        self.assertEqual(rows['/slow10000']['status'], 200)
        self.assertEqual({row['http']['reason'] for row in rows.values() if not row.get('status')}, {'capture-end'})

    def test_what_could_not_be_read_before(self):
        """A frame with half an IP header, and a fragment whose others never came."""
        client, server = self.talk.hosts()
        fragment = bytearray(packets.ip_packet(client, server, 6, bytes(16)))
        fragment[6:8] = b'\x20\0'
        for frame, word in ((packets.ethernet_frame(client, server, b'\x45\0', padded=False), 'frames'),
                            (packets.ethernet_frame(client, server, bytes(fragment), padded=False), 'fragments')):
            self.talk = Talk()
            flow = self.talk.open()
            self.talk.fetch(flow, b'/before', answer(b'x'))
            self.talk.capture.add(frame)
            self.talk.capture.wait(120000)
            if word == 'fragments':  # the next one that waits finds the first too old
                fragment[4:6] = b'\xff\xff'
                self.talk.capture.add(packets.ethernet_frame(client, server, bytes(fragment), padded=False))
            self.talk.fetch(flow, b'/after', answer(b'x'), b'')
            rows, err = self.talk.exchanges()
            self.assertEqual(self.forgotten(rows['/before']), [])
            self.assertEqual((self.forgotten(rows['/after']), rows['/after']['http']['certainty']), ([word], 'likely'))
            self.assertIn('not all before it is known', rows['/after']['explain'])
            self.assertIn('given up: 1 ' if word == 'frames' else 'given up: 2 ', err)

    def test_http2_that_cannot_be_read(self):
        """A header block that HPACK cannot mean; what comes on another connection may have been in it."""
        def part(kind, flags, stream, octets):
            return len(octets).to_bytes(3, 'big') + bytes([kind, flags]) + struct.pack('!I', stream) + octets
        flow = self.talk.open()
        self.talk.say(flow, 0, b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + part(4, 0, 0, b'') + part(1, 5, 1, b'\xff\xff\xff\xff\xff\xff'))
        self.talk.say(flow, 1, part(4, 0, 0, b'') + b'\xff' * 40)
        self.talk.fetch(self.talk.open(), b'/after', answer(b'x'))
        rows, _ = self.talk.exchanges()
        self.assertEqual(self.forgotten(rows['/after']), ['unread'])


if __name__ == '__main__':
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--capan', required=True)
    options, rest = arguments.parse_known_args()
    CAPAN = options.capan
    unittest.main(argv=[sys.argv[0], *rest])
