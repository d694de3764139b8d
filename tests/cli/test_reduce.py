# SPDX-License-Identifier: MIT
"""Each finding of the bundled captures, reduced: the same verdict, few frames, and nothing of the original left. With FOLDERS,
those of all captures in them (on demand)."""
import argparse
import collections
import gzip
import ipaddress
import json
import pathlib
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
FAST_AND_SACK = ROOT / 'pcaps/tcp/fast-and-sack.pcap'
RESENT = ROOT / 'pcaps/http/unchanged-resent.pcap'
CAPAN = SEG2PCAP = None
FOLDERS = []
WORD = re.compile(rb'[A-Za-z0-9]+')


def capan(*args):
    done = subprocess.run([CAPAN, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    return done.returncode, done.stdout, done.stderr.decode()


def captures_in(folder):
    return sorted(path for path in pathlib.Path(folder).rglob('*') if path.suffix in ('.pcap', '.pcapng', '.gz'))


def rows(command, capture, *args):
    return [json.loads(line) for line in capan(command, '--format', 'ndjson', *args, capture)[1].splitlines()]


def verdicts(capture):
    """Tokens of segments and exchanges, each with its frame and certainty."""
    for row in rows('segments', capture):
        yield row['tcp']['kind'], row['frame'], row['tcp']['certainty']
        for flag in row['tcp'].get('flags', []):
            yield flag, row['frame'], row['tcp']['certainty']
    for row in rows('exchanges', capture):
        frame = row.get('response_frame') or row.get('request_frame')
        http = row['http']
        for token in [http['outcome'], *http.get('violation', []), *http.get('advice', []),
                      *http.get('framing', [])]:
            yield token, frame, http['certainty']
    for row in rows('findings', capture):
        if row.get('host'):  # told of a host, not of a segment
            yield row['token'], row['frames'][0], 'certain'


def packets(octets):
    """The frames of a pcap file, or a pcapng file as reduce writes it, without its comments."""
    if octets[:4] == b'\x0a\x0d\x0d\x0a':
        while octets:
            kind, length = struct.unpack('<II', octets[:8])
            if kind == 6:
                yield octets[28:28 + struct.unpack('<I', octets[20:24])[0]]
            octets = octets[length:]
    elif octets[:4] in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1'):
        octets = octets[24:]
        while len(octets) >= 16:
            length = struct.unpack('<I', octets[8:12])[0]
            yield octets[16:16 + length]
            octets = octets[16 + length:]


def payload(frame):
    """Of a TCP segment in Ethernet, one VLAN at most, IPv4 or IPv6."""
    at = 14 + 4 * (frame[12:14] == b'\x81\x00')
    next_ = frame[at + 9] if frame[at] >> 4 == 4 else frame[at + 6]
    at += 4 * (frame[at] & 15) if frame[at] >> 4 == 4 else 40
    return frame[at + (frame[at + 12] >> 4) * 4:] if next_ == 6 and len(frame) >= at + 13 else b''


# Words that HTTP is made of, names of fields first: no names of anybody's.
KEPT = set(b'''http get head post put delete options patch connect trace host date etag last modified content length type encoding range ranges cache
control age expires accept language charset user agent cookie set referer connection keep alive close transfer chunked none match
unmodified since server vary pragma upgrade expect continue trailer via warning location origin authorization text html plain
bytes public private store must revalidate proxy max maxage immutable stale while error fresh min only cached gzip deflate br identity
json javascript image application octet stream multipart byteranges form urlencoded video audio font timeout trailers compress zstd
websocket h2c utf gmt q w s no if te x css js png gif jpeg jpg svg webp xml htm txt php ico favicon index https status lookup hits hit
miss varnish understand transform cf pri sm path authority method scheme protocol'''.split())
# Lines whose numbers are lengths and times; names of days stay, for dates move by whole weeks.
NUMBERS = re.compile(rb'(?i)(content-length|content-range|cache-control|range|age|expect|keep-alive|te):')
DATE = re.compile(rb'(?i)(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? ')
PROTOCOL = re.compile(rb'HTTP/[0-9.]+(?: [0-9]{1,3})?')
CHUNK = re.compile(rb'(?i)[0-9a-f]+(?=[ ;\r]|$)')


def octets_of(capture):
    octets = capture.read_bytes()
    return gzip.decompress(octets) if octets[:2] == b'\x1f\x8b' else octets


def places(octets, what):
    at = octets.find(what)
    while at >= 0:
        yield at
        at = octets.find(what, at + 1)


def words_of_somebody(text):
    """Where in a text words are that HTTP is not made of, numbers among them but for lengths and times."""
    for line in re.finditer(rb'[^\n]+', text):
        octets = line.group()
        if DATE.search(octets):
            continue
        protocol = [found.span() for found in PROTOCOL.finditer(octets)] + [found.span() for found in [CHUNK.match(octets)] if found]
        for word in WORD.finditer(octets):
            begin, end = word.span()
            if word.group().lower() in KEPT or word.group().isdigit() and NUMBERS.match(octets):
                continue
            if not any(first <= begin and end <= last for first, last in protocol):
                yield line.start() + begin, line.start() + end


def kept_words(before, after):
    """Words of any length that stand where they stood, and may not."""
    for begin, end in words_of_somebody(before):
        if after[begin:end].lower() == before[begin:end].lower():
            yield before[begin:end]


class Reduce(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.out = pathlib.Path(self.folder.name) / 'out.pcapng'
        self.compared = 0

    def tearDown(self):
        self.folder.cleanup()

    def search_in_place(self, original, frame, capture):
        """Of each segment that is left, the one that it was is found by its header: no word of any length is the same in both. What is
        not text may have three letters in common with it by chance."""
        at = 14 + 4 * (frame[12:14] == b'\x81\x00')
        at += 4 * (frame[at] & 15) if frame[at] >> 4 == 4 else 40
        after = payload(frame)
        for place in places(original, frame[at:at + 16]) if after else ():
            start = place + (frame[at + 12] >> 4) * 4
            before = original[start:start + len(after)]
            if len(before) < len(after):
                continue
            self.compared += 1
            is_text = before[:5].isascii() and b'\0' not in before
            left = [word for word in kept_words(before, after) if is_text or len(word) > 3]
            self.assertEqual([], left, (capture, before[:400], after[:400]))

    def search(self, capture):
        """Each word where it stood; words of four letters, runs of twelve octets and addresses anywhere."""
        original = octets_of(capture)
        frames = list(packets(self.out.read_bytes()))
        for frame in frames:
            self.search_in_place(original, frame, capture)
        after = b''.join(payload(frame) for frame in frames)
        words = {word.lower() for word in WORD.findall(original) if len(word) >= 4 and not word.isdigit()} - KEPT
        left = {word.lower() for word in WORD.findall(after)} & words
        chance = {word for word in left if len(word) < 6}  # stand-ins of so few letters may be words by chance
        self.assertEqual(set(), left - chance, capture)
        self.assertLess(len(chance), 4, (capture, chance))
        somebodys = set()
        for begin, end in words_of_somebody(after):
            somebodys.update(range(begin, end))
        for i in range(len(after) - 12):
            if len(somebodys.intersection(range(i, i + 12))) >= 6:
                self.assertNotIn(after[i:i + 12], original, (capture, i))
        addresses = {row[end].rsplit(':', 1)[0].strip('[]') for row in rows('connections', capture) for end in ('client', 'server')}
        now = {row[end].rsplit(':', 1)[0].strip('[]') for row in rows('connections', self.out) for end in ('client', 'server')}
        self.assertEqual(set(), now & addresses, capture)
        for address in map(ipaddress.ip_address, addresses):  # in what ICMP quotes, too
            self.assertFalse([frame for frame in frames if address.packed in frame[14:]], (capture, address))

    def reduce_each(self, capture):
        """Lengths of what is left of each finding, and the findings that do not outlive anonymisation."""
        lengths, refused = [], []
        was = {}
        for token, frame, certainty in verdicts(capture):
            was.setdefault(token, (frame, certainty))
        for row in rows('findings', capture):
            token = row['token']
            status, out, err = capan('reduce', '--finding', token, capture, self.out)
            if status == 1:
                self.assertIn('does not outlive', err, (capture, token))
                self.assertEqual(b'', self.out.read_bytes())
                refused.append(token)
                continue
            self.assertEqual(0, status, (capture, token, err))
            left, _, now, before = map(int, re.search(
                r'(\d+) of (\d+) packets give \S+ at frame (\d+) \(was (\d+)\)', err).groups())
            self.assertIn((token, now, was[token][1]), set(verdicts(self.out)), (capture, token))
            lengths.append(left)
            self.search(capture)
        return lengths, refused

    def test_each_finding_of_the_bundled_captures(self):
        self.assertEqual({}, self.each(captures_in(ROOT / 'pcaps')))

    def test_each_finding_that_was_asked_for(self):
        for folder in FOLDERS:
            print(folder, 'refused:', self.each(captures_in(folder)))

    def each(self, captures):
        lengths, refused = [], collections.Counter()
        for capture in captures:
            if capan('summary', '--quiet', capture)[0] != 0:
                continue
            with self.subTest(capture=capture.name):
                its, lost = self.reduce_each(capture)
                lengths += its
                refused.update({'%s %s' % (capture.name, token): 1 for token in lost})
        self.assertGreater(self.compared, 0)
        print('%d findings reduced, frames: median %d, nine in ten %d, most %d; %d refused; %d segments compared' %
              (len(lengths), statistics.median(lengths), sorted(lengths)[len(lengths) * 9 // 10], max(lengths), len(refused), self.compared))
        self.assertLessEqual(statistics.median(lengths), 20)
        return dict(refused)

    def test_a_script_gives_the_verdict(self):
        script, played = (pathlib.Path(self.folder.name) / name for name in ('out.seg', 'played.pcap'))
        for capture, token in ((FAST_AND_SACK, 'retransmit-sack'), (ROOT / 'pcaps/tcp/timeouts.pcap', 'retransmit-rto'),
                               (ROOT / 'pcaps/tcp/zero-window-linux.pcap', 'window-probe')):
            self.assertEqual(0, capan('reduce', '--finding', token, '--script', script, capture, self.out)[0])
            self.assertIn('| ' + token, script.read_text())
            subprocess.run([SEG2PCAP, script, played], check=True)
            self.assertIn(token, {verdict[0] for verdict in verdicts(played)})

    def test_the_frame_that_is_asked_for(self):
        status, _, err = capan('reduce', '--finding', 'unchanged-resent', '--frame', '20', RESENT, self.out)
        self.assertEqual(0, status)
        self.assertIn('(was 20)', err)
        status, _, err = capan('reduce', '--finding', 'unchanged-resent', '--frame', '9', RESENT, self.out)
        self.assertEqual((1, True), (status, 'not at that frame' in err))
        status, _, err = capan('reduce', '--finding', 'zero-window', RESENT, self.out)
        self.assertEqual((1, True), (status, 'no such finding' in err))

    def test_the_comment_says_what_to_expect(self):
        capan('reduce', '--finding', 'unchanged-resent-etag', RESENT, self.out)
        octets = self.out.read_bytes()
        self.assertIn(b'http.violation unchanged-resent-etag, certain, at frame 3 (RFC 9110 13.1.2)', octets)

    def test_words_of_the_command(self):
        for args in (('reduce', RESENT, self.out), ('reduce', '--finding', 'syn', RESENT), ('segments', '--finding', 'syn', RESENT),
                     ('reduce', '--finding', 'syn', RESENT, RESENT), ('reduce', '--finding', 'syn', '--format', 'json', RESENT, self.out)):
            self.assertEqual(2, capan(*args)[0], args)
        script = pathlib.Path(self.folder.name) / 'out.seg'
        self.assertEqual(1, capan('reduce', '--finding', 'unchanged-resent', '--script', script, RESENT, self.out)[0])


def main():
    global CAPAN, SEG2PCAP, FOLDERS
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--capan', required=True)
    parser.add_argument('--seg2pcap', required=True)
    parser.add_argument('folders', nargs='*')
    args = parser.parse_args()
    CAPAN, SEG2PCAP, FOLDERS = args.capan, args.seg2pcap, args.folders
    unittest.main(argv=sys.argv[:1])


if __name__ == '__main__':
    main()
