#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Is capan right wherever and however a capture was taken? The scenarios of tcp_lab.py as other taps would have shown them.

usage: kinds.py [--capan PROGRAM] [--only KIND,...] FOLDER...

FOLDER holds scenarios as tcp_lab.py records them: sender.pcap, receiver.pcap (or .gz) and truth.json with the kernel's
reasons. Each capture is read as it is and as each KIND of capture below, its truth moved along, and the verdicts are held
against the truth. Prints a table: for each kind the F1 of what a capture can tell, at the sender, at the receiver, and in all.
"""
import argparse
import collections
import concurrent.futures
import gzip
import json
import os
import pathlib
import random
import re
import struct
import subprocess
import tempfile

RESENT = re.compile('retransmit-|overlap-new|data-recovered|syn-retransmit|syn-ack-retransmit|fin-retransmit')
CAUSES = {'fast': {'fast', 'sack'}, 'rto': {'rto'}, 'loss': {'rto'}, 'tlp': {'tlp'}, 'pmtu': {'pmtu'}}
ETHERNET, VLAN_TAG, US = 14, b'\x81\x00\x00\x2a', 1000  # octets; a microsecond in ns


class Frame:
    """One captured frame. number: in the capture that it was recorded in; from_a: host A sent it; copy: a tap shows it
    once more."""

    def __init__(self, ns, wire, octets, number, from_a=False, copy=False):
        self.ns, self.wire, self.octets, self.number, self.from_a, self.copy = ns, wire, octets, number, from_a, copy

    def again(self, later_ns, octets):
        return Frame(self.ns + later_ns, self.wire + len(octets) - len(self.octets), octets, self.number, self.from_a, True)


def read_capture(path):
    octets = (gzip.open if path.suffix == '.gz' else open)(path, 'rb').read()
    order = '<' if octets[3] == 0xa1 else '>'
    unit = 1 if octets[:4] in (b'\x4d\x3c\xb2\xa1', b'\xa1\xb2\x3c\x4d') else US
    frames, at = [], 24
    while at + 16 <= len(octets):
        seconds, part, captured, wire = struct.unpack(order + 'IIII', octets[at:at + 16])
        frames.append(Frame(seconds * 1000000000 + part * unit, wire, octets[at + 16:at + 16 + captured], len(frames) + 1))
        at += 16 + captured
    return struct.unpack(order + 'I', octets[20:24])[0], frames


def write_capture(path, link_type, frames):
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 262144, link_type))
        for frame in frames:
            file.write(struct.pack('<IIII', *divmod(frame.ns, 1000000000), len(frame.octets), frame.wire) + frame.octets)


def name_senders(frames, labels):
    """Host A's Ethernet address is the source's of what the truth says went from A to B, or the target's of the rest.
    Where it says nothing: host A sends."""
    sent = collections.Counter()
    for frame in frames:
        sent[frame.octets[6:12]] += frame.wire
    address = max(sent, key=sent.get)
    for label in labels:
        octets = frames[label['n'] - 1].octets
        address = octets[6:12] if label['d'] == 'ab' else octets[0:6]
    for frame in frames:
        frame.from_a = frame.octets[6:12] == address


# --- kinds of capture: (frames, is the capture the sender's, one-way delay in us, random) to frames ---

def tcp_at(octets):
    """Where its TCP header begins; None: it has none."""
    if octets[12:14] == b'\x08\x00' and octets[23] == 6:
        return ETHERNET + (octets[14] & 15) * 4
    return ETHERNET + 40 if octets[12:14] == b'\x86\xdd' and octets[20] == 6 else None


def as_it_is(frames, *_):
    return frames


def cut(length):
    def snap(frames, *_):
        for frame in frames:
            frame.octets = frame.octets[:length]
        return frames
    return snap


def mirrored_with_tag(frames, *_):
    both = [copy for frame in frames
            for copy in (frame, frame.again(30 * US, frame.octets[:12] + VLAN_TAG + frame.octets[12:]))]
    return sorted(both, key=lambda frame: frame.ns)


def one_hop_on(octets):
    """The same packet behind a router: the TTL is one less, the IPv4 checksum follows (RFC 1624)."""
    octets = bytearray(octets)
    if octets[12:14] == b'\x08\x00':
        octets[22] -= 1
        total = int.from_bytes(octets[24:26], 'big') + 0x100
        octets[24:26] = ((total & 0xffff) + (total >> 16)).to_bytes(2, 'big')
    else:
        octets[21] -= 1
    return bytes(octets)


def mirrored_one_hop_on(frames, *_):
    both = [copy for frame in frames for copy in (frame, frame.again(30 * US, one_hop_on(frame.octets)))]
    return sorted(both, key=lambda frame: frame.ns)


def tagged(frames, *_):
    for frame in frames:
        frame.octets, frame.wire = frame.octets[:12] + VLAN_TAG + frame.octets[12:], frame.wire + 4
    return frames


def disordered(frames, at_sender, delay, chance):
    """Two queues of one card, read in turns: times are right, the order of the records is not."""
    return sorted(frames, key=lambda frame: frame.ns + chance.randrange(200) * US)


def one_direction_late(frames, at_sender, delay, chance):
    for frame in frames:
        frame.ns += 300 * US * (frame.from_a != at_sender)
    return sorted(frames, key=lambda frame: frame.ns)


def half_path(frames, at_sender, delay, chance):
    for frame in frames:
        frame.ns += delay // 2 * US if frame.from_a == at_sender else -(delay // 2 * US)
    return sorted(frames, key=lambda frame: frame.ns)


def clock_jumps(frames, *_):
    for frame in frames[len(frames) // 2:]:
        frame.ns += 3600 * 1000000 * US
    return frames


def sequence_wraps(frames, *_):
    """Both directions' numbers pass 2^32 in the middle of what they send."""
    first, last = {}, {}
    for frame in frames:
        at = tcp_at(frame.octets)
        if at is None:
            continue
        seq, = struct.unpack_from('>I', frame.octets, at + 4)
        first.setdefault(frame.from_a, seq)
        if (seq - first[frame.from_a]) % 2 ** 32 < 2 ** 31:
            last[frame.from_a] = max(last.get(frame.from_a, 0), (seq - first[frame.from_a]) % 2 ** 32)
    move = {side: (2 ** 32 - first[side] - last[side] // 2) % 2 ** 32 for side in first}
    for frame in frames:
        frame.octets = moved(frame.octets, move, frame.from_a)
    return frames


def moved(octets, move, from_a):
    at, octets = tcp_at(octets), bytearray(octets)
    if at is None:
        return bytes(octets)
    add(octets, at + 4, move.get(from_a, 0))
    if octets[at + 13] & 16:
        for place in (at + 8, *sack_edges(octets, at)):
            add(octets, place, move.get(not from_a, 0))
    octets[at + 16:at + 18] = checksum(octets, at)
    return bytes(octets)


def add(octets, place, number):
    """To the 32 bits there, as far as they were captured."""
    if place + 4 <= len(octets):
        struct.pack_into('>I', octets, place, (struct.unpack_from('>I', octets, place)[0] + number) % 2 ** 32)


def sack_edges(octets, at):
    place, end = at + 20, at + (octets[at + 12] >> 4) * 4
    while place + 1 < min(end, len(octets)) and octets[place] != 0:
        if octets[place] == 1:
            place += 1
            continue
        if octets[place] == 5:
            yield from range(place + 2, place + octets[place + 1], 4)
        place += max(2, octets[place + 1])


def checksum(octets, at):
    """RFC 9293 3.1, over what the IP packet has; padding behind it left out."""
    if octets[12:14] == b'\x08\x00':
        addresses, length = octets[26:34], int.from_bytes(octets[16:18], 'big') - (at - ETHERNET)
    else:
        addresses, length = octets[22:54], int.from_bytes(octets[18:20], 'big')
    segment = bytes(octets[at:at + 16]) + b'\0\0' + bytes(octets[at + 18:at + length])
    total = sum(struct.unpack('>%dH' % ((len(addresses) + len(segment) + 1) // 2),
                              bytes(addresses) + segment + b'\0' * (len(segment) % 2))) + 6 + length
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return (0xffff - total).to_bytes(2, 'big')


KINDS = {
    'at the host, whole frames': as_it_is,
    'all frames in a VLAN': tagged,
    'mirror of two ports, the copy tagged, 30 us later': mirrored_with_tag,
    'mirror of two ports, the copy one hop on': mirrored_one_hop_on,
    'snap length 128': cut(128),
    'snap length 96': cut(96),
    'snap length 64': cut(64),
    'half way on the path': half_path,
    'one direction recorded 300 us late': one_direction_late,
    'records disordered within 200 us': disordered,
    'clock steps an hour ahead': clock_jumps,
    'sequence numbers wrap': sequence_wraps,
}


# --- verdicts against truth ---

def rows_of(program, capture):
    run = subprocess.run([program, 'segments', '--format', 'ndjson', capture], capture_output=True)
    return {row['frame']: row for row in map(json.loads, run.stdout.splitlines())}


def claims(truth, row, frame, at_sender):
    """(what, is it so, is it said) of one frame."""
    kind, flags, cause = row['tcp']['kind'], row['tcp'].get('flags') or [], row['tcp'].get('cause')
    copy = bool(truth.get('nd')) or frame.copy
    again, says_again = bool(truth.get('k')) and not copy, bool(RESENT.match(kind))
    yield 'sent again', again and (truth.get('obs', 1) or says_again), says_again
    yield 'a copy', copy, kind == 'duplicate-packet'
    yield 'late', bool(truth.get('ro') and truth.get('len')) and not truth.get('k') and not copy, kind == 'data-late'
    yield 'a hole before', truth.get('gap') in ('loss', 'mixed', 'capture') and not frame.copy, \
        'gap-before' in flags and truth.get('gap') != 'reorder'
    yield 'a duplicate ACK', bool(truth.get('dupack')) and not copy, \
        kind == 'ack-duplicate' or (kind == 'ack-dsack' and bool(truth.get('dupack')))
    if again and truth.get('obs', 1):
        yield 'needless', not truth.get('need', 1), any(flag.startswith('spurious-') for flag in flags)
    if again and truth.get('obs', 1) and at_sender and truth['k'] in CAUSES:
        right = cause in CAUSES[truth['k']] or kind == 'fin-retransmit'
        yield 'why again', True, right


def score(program, kind, folder, at):
    """Counts of (what, so, said) of one capture, read as that kind."""
    path = next((path for path in (folder / f'{at}.pcap', folder / f'{at}.pcap.gz') if path.exists()), None)
    truth = json.loads((folder / 'truth.json').read_text())
    counts = collections.Counter()
    if path is None:
        return counts
    delay = min(int(us) for us in re.findall(r'delay_us=(\d+)', ' '.join(truth['impair'])) or [0])
    link_type, frames = read_capture(path)
    name_senders(frames, truth['frames'][at])
    shown = KINDS[kind](frames, at == 'sender', delay, random.Random(folder.name))
    with tempfile.NamedTemporaryFile(suffix='.pcap') as file:
        write_capture(file.name, link_type, shown)
        rows = rows_of(program, file.name)
    labels = {label['n']: label for label in truth['frames'][at]}
    for number, frame in enumerate(shown, 1):
        if number not in rows:
            continue
        for what, so, said in claims(labels.get(frame.number, {}), rows[number], frame, at == 'sender'):
            counts[what, bool(so), bool(said)] += 1
    return counts


def f1(counts):
    """The mean over what is so or said at all."""
    values = []
    for what in {what for what, _, _ in counts}:
        hit, miss, false = counts[what, True, True], counts[what, True, False], counts[what, False, True]
        if hit + miss + false:
            values.append(2 * hit / (2 * hit + miss + false))
    return sum(values) / len(values) if values else float('nan')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--capan', default='build/core/cli/capan')
    parser.add_argument('--only', help='kinds, with commas between them')
    parser.add_argument('folder', nargs='+', type=pathlib.Path)
    args = parser.parse_args()
    folders = sorted(path.parent for folder in args.folder for path in folder.rglob('truth.json'))
    print('| kind of capture | at the sender | at the receiver | both |\n| --- | ---: | ---: | ---: |')
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for kind in KINDS if not args.only else args.only.split(','):
            ends = {at: sum(pool.map(lambda folder: score(args.capan, kind, folder, at), folders), collections.Counter())
                    for at in ('sender', 'receiver')}
            both = ends['sender'] + ends['receiver']
            print(f'| {kind} | {f1(ends["sender"]):.3f} | {f1(ends["receiver"]):.3f} | {f1(both):.3f} |', flush=True)


if __name__ == '__main__':
    main()
