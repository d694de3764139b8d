# SPDX-License-Identifier: MIT
"""capan audit: texts about captures, with slips that are known, held against them."""
import argparse
import collections
import json
import pathlib
import random
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PCAPS = ROOT / 'pcaps'
TEXTS = ROOT / 'tests' / 'audit' / 'texts'
ARTICLE = (TEXTS / 'article.md', PCAPS / 'article' / 'baidu.pcap')
SEED = 14

# The slips of each text: line, what they are about, the value that is right, as far as it is one.
SLIPS = {
    ('article', 'article/baidu'): [
        (13, 'teaching', 'accept'), (16, 'isn', '0'), (16, 'teaching', 'MSS'), (25, 'teaching', 'padding'),
        (25, 'teaching', 'wait'), (28, 'name', '5672'), (32, 'status', '200'), (35, 'teaching', 'PSH'),
        (35, 'teaching', 'TCP_NODELAY'), (48, 'reassembly', '2550'), (58, 'payload', 'number'),
        (72, 'teaching', 'If-Modified-Since')],
    ('incident', 'tcp/timeouts'): [
        (7, 'teaching', 'MSS'), (13, 'count', '3'), (14, 'ack', '3421'), (16, 'close', 'client')],
    ('lab', 'http/not-modified'): [
        (11, 'status', '304'), (12, 'teaching', '304'), (13, 'close', 'server-first-fin'), (14, 'ack', '485'),
        (16, 'teaching', 'If-Modified-Since')],
    ('table', 'tcp/zero-window-linux'): [
        (5, 'frame-length', '62'), (9, 'seq', '2920'), (10, 'address', '192.0.2.10'), (10, 'address', '192.0.2.80')],
}


def capan(*words, stdin=None):
    done = subprocess.run([OPTIONS.capan, *map(str, words)], input=stdin, capture_output=True)
    return done.returncode, done.stdout.decode('utf-8', 'replace'), done.stderr.decode('utf-8', 'replace')


def claims(text, capture):
    """The rows for a text given as a path or as octets."""
    stdin = text if isinstance(text, bytes) else None
    status, out, err = capan('audit', '--format', 'ndjson', '-' if stdin is not None else text, capture, stdin=stdin)
    assert status in (0, 1), err
    return [json.loads(line) for line in out.splitlines()]


def complaints(rows):
    return collections.Counter((row['line'], row['what'], row['words'], row['verdict']) for row in rows
                               if row['verdict'] in ('refuted', 'not-in-capture'))


def changed(number, chance):
    """Another number, near to it or not, as somebody might mistype it."""
    while True:
        kind = chance.randrange(3)
        place = chance.randrange(len(number))
        other = (str(max(0, int(number) + chance.choice((-10, -2, -1, 1, 2, 10)))) if kind == 0 else
                 number[:place] + str(chance.randrange(10)) + number[place + 1:] if kind == 1 else
                 str(chance.randrange(1, 10 ** max(2, len(number)))))
        if other != number:
            return other


class Texts(unittest.TestCase):
    def test_slips_and_nothing_else(self):
        for (text, capture), slips in SLIPS.items():
            rows = claims(TEXTS / (text + '.md'), PCAPS / (capture + '.pcap'))
            refuted = [row for row in rows if row['verdict'] == 'refuted']
            first = {row['slip']: row for row in reversed(refuted)}
            self.assertEqual([(row['line'], row['what']) for _, row in sorted(first.items())],
                             [slip[:2] for slip in slips], text)
            for (_, row), slip in zip(sorted(first.items()), slips):
                self.assertIn(slip[2], row['right'], (text, row))
            self.assertGreater(sum(row['verdict'] == 'confirmed' for row in rows), 4 * len(slips), text)

    def test_numbers_that_were_changed(self):
        """One number of the article at a time: at least 95 in 100 are found, and of the others hardly any is doubted. Not
        counted: the numbers of sections, which say nothing of the capture."""
        text = ARTICLE[0].read_text(encoding='utf-8')
        chance = random.Random(SEED)
        before = claims(text.encode(), ARTICLE[1])
        known, sure = complaints(before), sum(row['verdict'] == 'confirmed' for row in before)
        numbers = [number for number in re.finditer(r'\d+', text) if not re.match(r'## \d', text[number.start() - 3:])]
        missed, doubted = [], 0
        for number in numbers:
            other = changed(number.group(), chance)
            more = complaints(claims((text[:number.start()] + other + text[number.end():]).encode(), ARTICLE[1])) - known
            doubted += max(0, sum(more.values()) - 1)
            if not more:
                missed.append((text.count('\n', 0, number.start()) + 1, number.group(), other))
        said = 'seed %d: %d of %d missed: %s' % (SEED, len(missed), len(numbers), missed)
        self.assertLessEqual(len(missed), 0.05 * len(numbers), said)
        self.assertLessEqual(doubted, 0.02 * sure * len(numbers), doubted)

    def test_what_capan_says_itself_is_true(self):
        """Each row of segments, written as tshark writes lines, is refuted nowhere."""
        seen = 0
        for capture in sorted(PCAPS.glob('tcp/*.pcap')) + sorted(PCAPS.glob('http/*.pcap')):
            lines = []
            ends = {row['stream']: (row['client'], row['server']) for row in
                    map(json.loads, capan('connections', '--format', 'ndjson', capture)[1].splitlines())}
            for line in capan('segments', '--format', 'ndjson', capture)[1].splitlines():
                row = json.loads(line)
                source, target = ends[row['stream']][::1 if row['direction'] == 'c2s' else -1]
                if row['seq'] < 0 or row.get('ack', 0) < 0 or source.startswith('['):
                    continue
                lines.append('%d %s -> %s Seq=%d %sLen=%d' % (row['frame'], source, target, row['seq'],
                             'Ack=%d ' % row['ack'] if 'ack' in row else '', row['len']))
            rows = claims('\n'.join(lines).encode() + b'\n', capture)
            self.assertEqual([row for row in rows if row['verdict'] == 'refuted'], [], capture)
            seen += sum(row['verdict'] == 'confirmed' for row in rows)
        self.assertGreater(seen, 2000)

    def test_what_is_true_is_not_refuted(self):
        """What is denied, supposed, said of some or of another capture, and what the teachings come close to."""
        for text, capture in (('true', 'tcp/fast-and-sack'), ('true-page', 'article/baidu')):
            rows = claims(TEXTS / f'{text}.md', PCAPS / f'{capture}.pcap')
            self.assertEqual([(row['line'], row['words']) for row in rows if row['verdict'] == 'refuted'], [], text)
            self.assertGreater(sum(row['verdict'] == 'confirmed' for row in rows), 18, text)

    def test_a_text_about_something_else(self):
        text = b'In 2024 we had 5 incidents. Frame rates of 60 per second, 300 packets of sugar and 12 connections abroad.\n'
        rows = claims(text, ARTICLE[1])
        self.assertEqual({row['verdict'] for row in rows}, {'not-understood'})

    def test_a_port_that_cannot_be(self):
        for port in (b'00', b'70000'):
            rows = claims(b'The client sends to 220.181.6.175:%s.' % port, ARTICLE[1])
            self.assertEqual([row['verdict'] for row in rows], ['not-in-capture'], port)

    def test_denials_are_no_slips(self):
        for text in (b'The MSS is not negotiated.', b'PSH does not mark a message boundary.',
                     b'TCP_NODELAY does not keep message boundaries.', b'A 304 response never contains a body.'):
            self.assertEqual([row for row in claims(text, ARTICLE[1]) if row['verdict'] == 'refuted'], [], text)


class Happenings(unittest.TestCase):
    """What is said to have happened, or not, without a number to hold against the capture."""

    def verdicts(self, capture, *sentences):
        rows = claims('\n\n'.join(sentence + '.' for sentence in sentences).encode(), PCAPS / (capture + '.pcap'))
        return [row['verdict'] for row in rows]

    def test_what_happened(self):
        """The server sent its last segment three times again, in frames 9, 10 and 11; the client closed first."""
        right = ['The server retransmitted the segment in frame 9', 'The server retransmitted three segments',
                 'No duplicate ACKs were seen', 'The client never reset the connection', 'The window was never zero',
                 'The connection was closed by the client', 'The server resent the data (frame 10)',
                 'There were no zero windows', 'The client sent a FIN in frame 13']
        wrong = ['The client retransmitted the segment in frame 9', 'The server retransmitted the segment in frame 8',
                 'The server retransmitted nine segments', 'No retransmissions occurred', 'The server retransmitted its SYN-ACK',
                 'There were duplicate ACKs', 'The connection was reset by the server', 'The server sent a keep-alive',
                 'The connection was closed by the server', 'The connection was refused', 'The client sent a FIN in frame 15']
        self.assertEqual(self.verdicts('tcp/timeouts', *right), ['confirmed'] * len(right))
        self.assertEqual(self.verdicts('tcp/timeouts', *wrong), ['refuted'] * len(wrong))

    def test_losses(self):
        self.assertEqual(self.verdicts('article/baidu', 'No packet was lost'), ['confirmed'])
        self.assertEqual(self.verdicts('article/baidu', 'There was packet loss'), ['refuted'])
        self.assertEqual(self.verdicts('tcp/recovered-at-receiver', 'No segment was lost'), ['refuted'])
        self.assertEqual(self.verdicts('tcp/recovered-at-receiver', 'Some segments were lost'), ['confirmed'])

    def test_resets(self):
        said = self.verdicts('tcp/refused', 'The connection was refused', 'The server reset the connection',
                             'The client reset the connection', 'The answer was a 304')
        self.assertEqual(said, ['confirmed', 'confirmed', 'refuted', 'not-in-capture'])

    def test_what_is_said_of_a_part_is_left(self):
        for sentence in ('After frame 12 there were no retransmissions', 'The server retransmitted two segments',
                         'If the client had reset the connection, no data would be lost',
                         'There were no retransmissions before the client closed the connection'):
            self.assertNotIn('refuted', self.verdicts('tcp/timeouts', sentence), sentence)


class Command(unittest.TestCase):
    def test_exit_status(self):
        self.assertEqual(capan('audit', *ARTICLE)[0], 1)
        self.assertEqual(capan('audit', '--quiet', *ARTICLE)[:2], (1, ''))
        self.assertEqual(capan('audit', '-', ARTICLE[1], stdin=b'Packet 4 has seq=1.')[0], 0)
        self.assertEqual(capan('audit', TEXTS / 'missing.md', ARTICLE[1])[0], 3)
        self.assertEqual(capan('audit', '-', ARTICLE[1], stdin=b'')[0], 3)
        self.assertEqual(capan('audit', ARTICLE[0])[0], 2)

    def test_text(self):
        out = ' '.join(capan('audit', *ARTICLE)[1].split())
        for words in ('411 in #6 + 1420 in #7 + 719 in #9 = 2550 octets',
                      '#5 has 60 octets = 14 link + 20 IP + 20 TCP + 0 payload + 6 padding', '#7 came before #6 was acknowledged',
                      'refuted (12 slips), 1 not in the capture, 0 numbers and 8 sentences not understood'):
            self.assertIn(words, out)

    def test_what_is_not_understood_is_counted(self):
        out = capan('audit', '-', ARTICLE[1], stdin=b'There were 77 sunny days.')[1]
        self.assertIn('1 numbers and 0 sentences not understood', out)
        out = capan('audit', '-', ARTICLE[1], stdin=b'The weather\n\nIn frame 4 the server lost its patience.')[1]
        self.assertRegex(out, r'line 3: In frame 4 the server lost its patience\n +not-understood +sentence *\n')
        self.assertIn('2 sentences: 0 claims confirmed', out)
        self.assertIn('0 numbers and 1 sentences not understood', out)

    def test_any_octets(self):
        chance = random.Random(SEED)
        octets = ARTICLE[0].read_bytes()
        for _ in range(40):
            cut = bytearray(octets)
            for _ in range(200):
                cut[chance.randrange(len(cut))] = chance.randrange(256)
            self.assertIn(capan('audit', '-', ARTICLE[1], stdin=bytes(cut))[0], (0, 1))
        for text in (b'(' * 50000 + b'1=1', b'#1 ' * 50000, b'1-' * 50000 + b'1=1', b'packets 1, ' * 20000, b'ack=1 ' * 50000):
            self.assertIn(capan('audit', '-', ARTICLE[1], stdin=text)[0], (0, 1))


if __name__ == '__main__':
    PARSER = argparse.ArgumentParser()
    PARSER.add_argument('--capan', required=True)
    OPTIONS, REST = PARSER.parse_known_args()
    unittest.main(argv=[sys.argv[0]] + REST)
