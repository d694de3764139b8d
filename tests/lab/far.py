# SPDX-License-Identifier: MIT
"""What `capan stitch` finds when a capture's far end is made from it, in every way that a path changes packets.

Each KIND below makes of the frames of a capture those that another capture elsewhere would have: later by the way's time on
its own clock, rewritten, lost, merged, split, cut short. Which frame became which is known, and is held against the rows.
The ends of the capture knew nothing of it: what is lost here was acknowledged all the same, and most such frames are rightly
said to be missed by the far capture. They count as found either way.
"""
import argparse
import collections
import gzip
import json
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

ETHERNET, VLAN = 14, b'\x81\x00\x00\x2a'
IPV4, IPV6 = 0x800, 0x86dd
SYN, RST, FIN, ACK = 2, 4, 1, 16


class Frame:
    """One frame of an Ethernet capture: octets that may be changed, and the numbers of those it came from."""

    def __init__(self, number, time_us, wire, octets):
        self.numbers, self.time_us, self.wire, self.octets = [number], time_us, wire, bytearray(octets)
        self.ip = ETHERNET
        self.version = {IPV4: 4, IPV6: 6}.get(struct.unpack('>H', octets[12:14])[0] if len(octets) >= 14 else 0, 0)
        self.tcp = self.ip + (4 * (octets[14] & 15) if self.version == 4 else 40)
        protocol = octets[23] if self.version == 4 else octets[20] if self.version == 6 else 0
        self.is_tcp = protocol == 6 and len(octets) >= self.tcp + 20

    def get(self, at, size):
        return int.from_bytes(self.octets[at:at + size], 'big')

    def put(self, at, size, value):
        self.octets[at:at + size] = (value % (1 << 8 * size)).to_bytes(size, 'big')

    @property
    def ends(self):
        size = 4 if self.version == 4 else 16
        at = self.ip + (12 if self.version == 4 else 8)
        address = bytes(self.octets[at:at + size]), bytes(self.octets[at + size:at + 2 * size])
        return (address[0], self.get(self.tcp, 2)), (address[1], self.get(self.tcp + 2, 2))

    @property
    def flags(self):
        return self.octets[self.tcp + 13]

    @property
    def header(self):
        return self.tcp + 4 * (self.octets[self.tcp + 12] >> 4)

    @property
    def payload(self):
        """Octets of data on the wire."""
        total = self.get(self.ip + 2, 2) if self.version == 4 else 40 + self.get(self.ip + 4, 2)
        return total - (self.header - self.ip)

    def set_payload(self, octets):
        del self.octets[self.header:]
        self.octets += octets
        self.wire = len(self.octets)
        if self.version == 4:
            self.put(self.ip + 2, 2, len(self.octets) - self.ip)
        else:
            self.put(self.ip + 4, 2, len(self.octets) - self.ip - 40)

    def options(self):
        at = self.tcp + 20
        while at < min(self.header, len(self.octets)):
            kind = self.octets[at]
            if kind == 0:
                return
            size = 1 if kind == 1 else self.octets[at + 1] if at + 1 < len(self.octets) else 0
            if size < 1:
                return
            yield kind, at, size
            at += size

    def blank(self, kind):
        for found, at, size in list(self.options()):
            if found == kind and at + size <= len(self.octets):
                self.octets[at:at + size] = b'\x01' * size


def read(path):
    octets = (gzip.open if str(path).endswith('.gz') else open)(path, 'rb').read()
    order = '<' if octets[:4] in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1') else '>'
    unit = 1000 if b'\xa1\xb2\x3c\x4d' in (octets[:4], octets[3::-1]) else 1
    if octets[:4] == b'\x0a\x0d\x0d\x0a' or struct.unpack(order + 'I', octets[20:24])[0] != 1:
        return None
    frames, at = [], 24
    while at + 16 <= len(octets):
        seconds, part, kept, wire = struct.unpack(order + 'IIII', octets[at:at + 16])
        frames.append(Frame(len(frames) + 1, seconds * 1000000 + part // unit, wire, octets[at + 16:at + 16 + kept]))
        at += 16 + kept
    return frames


def write(path, frames):
    with open(path, 'wb') as out:
        out.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for frame in frames:
            out.write(struct.pack('<IIII', frame.time_us // 1000000, frame.time_us % 1000000, len(frame.octets),
                                  max(frame.wire, len(frame.octets))) + frame.octets)


# --- what paths and captures do; each takes and gives TCP frames of the far end -----------------------------------

def each(change):
    def kind(frames, chance):
        for frame in frames:
            change(frame)
        return frames
    return kind


def by_sender(frame):
    one, other = frame.ends
    return one < other


def nat(frame):
    side = 0 if by_sender(frame) else 1
    size = 4 if frame.version == 4 else 16
    at = frame.ip + (12 if frame.version == 4 else 8) + side * size
    frame.put(at + size - 2, 2, frame.get(at + size - 2, 2) ^ 0x1f31)
    frame.put(frame.tcp + 2 * side, 2, frame.get(frame.tcp + 2 * side, 2) ^ 0x2222)


def routed(frame):
    frame.octets[frame.ip + (8 if frame.version == 4 else 7)] -= 3


def vlan(frame):
    frame.octets[12:12] = VLAN
    frame.wire += 4
    frame.ip += 4
    frame.tcp += 4


def inside(frame, outer):
    """The same in a tunnel: what is put in front ends where the frame's IP header, or the frame itself, begins."""
    frame.octets[:len(frame.octets)] = outer + frame.octets
    frame.wire += len(outer)
    frame.ip += len(outer)
    frame.tcp += len(outer)


def outer_ip(frame, protocol, rest):
    one = by_sender(frame)
    ends = (b'\x0a\x09\0\1', b'\x0a\x09\0\2') if one else (b'\x0a\x09\0\2', b'\x0a\x09\0\1')
    head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(rest) + frame.wire, 7, 0, 60, protocol, 0) + b''.join(ends)
    return bytes(12) + b'\x08\0' + head + rest


def gre(frame):
    del frame.octets[:frame.ip]
    frame.tcp, frame.ip, frame.wire = frame.tcp - frame.ip, 0, frame.wire - frame.ip
    inside(frame, outer_ip(frame, 47, struct.pack('>HH', 0, IPV4 if frame.version == 4 else IPV6)))


def vxlan(frame):
    inside(frame, outer_ip(frame, 17, struct.pack('>HHHHII', 50000, 4789, 16 + frame.wire, 0, 8 << 24, 42 << 8)))


def pppoe(frame):
    session = struct.pack('>BBHHH', 0x11, 0, 9, frame.wire - frame.ip + 2, 0x21 if frame.version == 4 else 0x57)
    head = bytes(frame.octets[:12]) + b'\x88\x64' + session
    del frame.octets[:frame.ip]
    frame.tcp, frame.ip, frame.wire = frame.tcp - frame.ip, 0, frame.wire - frame.ip
    inside(frame, head)


def nat64(frame):
    """The network's IPv6 addresses hold the IPv4 ones (RFC 6052), and the client has another port (RFC 6146)."""
    if frame.version != 4:
        return
    nat(frame)
    addresses = [b'\0\x64\xff\x9b' + bytes(8) + bytes(frame.octets[at:at + 4]) for at in (frame.ip + 12, frame.ip + 16)]
    rest = bytes(frame.octets[frame.tcp:])
    on_wire = frame.get(frame.ip + 2, 2) - (frame.tcp - frame.ip)
    head = struct.pack('>IHBB', 6 << 28, on_wire, 6, frame.octets[frame.ip + 8]) + b''.join(addresses)
    frame.octets[12:] = b'\x86\xdd' + head + rest
    frame.version, frame.ip, frame.tcp = 6, ETHERNET, ETHERNET + 40
    frame.wire = max(60, frame.tcp + on_wire)


def remarked(frame):
    if frame.version == 4:
        frame.octets[frame.ip + 1] = 0x28


def clamp(frame):
    for kind, at, _ in frame.options():
        if kind == 2 and frame.flags & SYN:
            frame.put(at + 2, 2, 1380)
        if kind == 3:
            frame.octets[at + 2] = 3


def sequence(frame):
    """Another initial number for each end; SACK blocks with it."""
    shift = [0x12345678, 0x9abcdef0]
    mine = 0 if by_sender(frame) else 1
    frame.put(frame.tcp + 4, 4, frame.get(frame.tcp + 4, 4) + shift[mine])
    if frame.flags & ACK:
        frame.put(frame.tcp + 8, 4, frame.get(frame.tcp + 8, 4) + shift[1 - mine])
    for kind, at, size in frame.options():
        for block in range(at + 2, at + size, 4) if kind == 5 else ():
            frame.put(block, 4, frame.get(block, 4) + shift[1 - mine])


def no_stamps(frame):
    frame.blank(8)


def stamps(frame):
    shift = [0x01020304, 0x0a0b0c0d]
    mine = 0 if by_sender(frame) else 1
    for kind, at, _ in frame.options():
        if kind == 8:
            frame.put(at + 2, 4, frame.get(at + 2, 4) + shift[mine])
            if frame.get(at + 6, 4):
                frame.put(at + 6, 4, frame.get(at + 6, 4) + shift[1 - mine])


def ids(frame):
    if frame.version == 4:
        frame.put(frame.ip + 4, 2, frame.get(frame.ip + 4, 2) * 7919 + 13)


def no_ids(frame):
    if frame.version == 4:
        frame.put(frame.ip + 4, 2, 0)


def snap(length):
    def cut(frame):
        del frame.octets[length:]
    return cut


def box(frame):
    for change in (nat, routed, clamp, sequence, no_stamps):
        change(frame)


def late(frames, chance):
    return frames[len(frames) // 3:]


def early(frames, chance):
    return frames[:2 * len(frames) // 3]


def missed(frames, chance):
    """The capture, not the path, lost them."""
    return [frame for frame in frames if chance.random() >= .03]


def copies(frames, chance):
    for frame in frames:
        yield frame
        again = Frame(0, frame.time_us + 20, frame.wire, frame.octets)
        again.numbers = []
        yield again


def tagged_copies(frames, chance):
    for frame in copies(list(frames), chance):
        if not frame.numbers:
            vlan(frame)
        yield frame


def is_plain(frame):
    return not frame.flags & (SYN | RST | FIN) and frame.payload > 0 and len(frame.octets) >= frame.header + frame.payload


def merged(frames, chance):
    """Data that follows itself becomes one packet, up to 64 KiB, as receive offload does."""
    open_frames, out = {}, []
    for frame in frames:
        key = frame.ends
        if not is_plain(frame):
            open_frames.pop(key, None)
            out.append(frame)
            continue
        last = open_frames.get(key)
        follows = last and frame.time_us - last.time_us < 1000 and last.payload + frame.payload < 60000 and \
            frame.get(frame.tcp + 4, 4) == (last.get(last.tcp + 4, 4) + last.payload) % (1 << 32)
        if follows:
            last.set_payload(last.octets[last.header:] + frame.octets[frame.header:frame.header + frame.payload])
            last.numbers += frame.numbers
        else:
            frame.set_payload(frame.octets[frame.header:frame.header + frame.payload])
            open_frames[key] = frame
            out.append(frame)
    return out


def split(frames, chance):
    """Each packet with data becomes pieces of 500 octets, with numbers of their own."""
    for frame in frames:
        if not is_plain(frame) or frame.payload <= 500:
            yield frame
            continue
        data = bytes(frame.octets[frame.header:frame.header + frame.payload])
        for at in range(0, len(data), 500):
            piece = Frame(frame.numbers[0], frame.time_us, frame.wire, frame.octets)
            piece.set_payload(data[at:at + 500])
            piece.put(piece.tcp + 4, 4, frame.get(frame.tcp + 4, 4) + at)
            if frame.version == 4:
                piece.put(piece.ip + 4, 2, frame.get(frame.ip + 4, 2) + at // 500)
            yield piece


def fragmented(frames, chance):
    """IPv4 packets in pieces of 576 octets; which frame the datagram is counted with is that of its last piece."""
    for frame in frames:
        size = len(frame.octets) - frame.ip
        if frame.version != 4 or size <= 576 or len(frame.octets) < frame.header + frame.payload:
            yield frame
            continue
        head, data = bytes(frame.octets[:frame.ip + 20]), bytes(frame.octets[frame.ip + 20:])
        for at in range(0, len(data), 552):
            more = 0x2000 if at + 552 < len(data) else 0
            piece = Frame(0, frame.time_us, 0, head + data[at:at + 552])
            piece.numbers = [] if more else frame.numbers
            piece.put(piece.ip + 2, 2, 20 + len(data[at:at + 552]))
            piece.put(piece.ip + 6, 2, more | at // 8)
            piece.wire = len(piece.octets)
            yield piece


def stepped(by_us):
    def kind(frames, chance):
        for number, frame in enumerate(frames):
            frame.time_us += by_us if number > len(frames) // 2 else 0
        return frames
    return kind


def drifting(frames, chance):
    for frame in frames:
        frame.time_us += (frame.time_us - frames[0].time_us) * 400 // 1000000
    return frames


def one_way(towards):
    return lambda frames, chance: [frame for frame in frames if by_sender(frame) == towards]


def shaken(frames, chance):
    """Each is up to 5 ms later: much is overtaken."""
    for frame in frames:
        frame.time_us += chance.randrange(5000)
    return sorted(frames, key=lambda frame: frame.time_us)


def duplicated(frames, chance):
    """One in thirty comes twice, the copy a while later."""
    out = []
    for frame in frames:
        out.append(frame)
        if chance.random() < .03:
            again = Frame(0, frame.time_us + 500, frame.wire, frame.octets)
            again.numbers = []
            out.append(again)
    return sorted(out, key=lambda frame: frame.time_us)


KINDS = {
    'as it is': [], 'NAT': [each(nat)], 'three routers': [each(routed)], 'VLAN': [each(vlan)],
    'MSS and window scale': [each(clamp)], 'sequence numbers': [each(sequence)], 'timestamps stripped': [each(no_stamps)],
    'timestamps rewritten': [each(stamps)], 'identification rewritten': [each(ids)],
    'no identification': [each(no_ids)], 'NAT, sequence numbers': [each(nat), each(sequence)],
    'NAT, sequence numbers, no timestamps': [each(box)], 'snap length 96': [each(snap(96))],
    'snap length 68': [each(snap(68))], 'begins later': [late], 'ends earlier': [early], '3 % not captured': [missed],
    'copies': [copies], 'copies in a VLAN': [tagged_copies], 'merged by offload': [merged], 'split': [split],
    'merged, NAT': [merged, each(nat)], 'GRE': [each(gre)], 'VXLAN': [each(vxlan)], 'PPPoE': [each(pppoe)],
    'NAT64': [each(nat64)], 'DSCP': [each(remarked)], 'fragments': [fragmented], 'clock set forwards': [stepped(5000000)],
    'clock set back': [stepped(-5000000)], 'drift of 400 ppm': [drifting], 'client alone': [one_way(True)],
    'server alone': [one_way(False)], 'overtaken': [shaken], 'duplicated': [duplicated],
    'NAT, 3 % not captured, begins later': [each(nat), missed, late], 'split, NAT, sequence numbers': [split, each(nat), each(sequence)],
}


def far_end(frames, kind, seed, offset_us=-86400000000, way_us=2000, loss=.01):
    """The frames that the far end has, and the numbers of those that the path lost: by who sends, later or earlier."""
    chance, lost, out = random.Random(seed), set(), []
    for frame in frames:
        if not frame.is_tcp:
            continue
        copy = Frame(frame.numbers[0], frame.time_us, frame.wire, frame.octets)
        towards = by_sender(frame)
        if towards and chance.random() < loss:
            lost.add(frame.numbers[0])
            continue
        copy.time_us += offset_us + (way_us if towards else -way_us) + chance.randrange(200)
        out.append(copy)
    out.sort(key=lambda frame: frame.time_us)
    for change in KINDS[kind]:
        out = list(change(out, chance))
    return out, lost


def true_far_end(frames, far, truth, kind, seed):
    """Of a pair of captures of the same traffic, one frame at both places is octet for octet the same. What the path did
    not bring is known from who was there."""
    places = collections.defaultdict(collections.deque)
    for frame in frames:
        places[bytes(frame.octets)].append(frame.numbers[0])
    for frame in far:
        twins = places[bytes(frame.octets)]
        frame.numbers = [twins.popleft()] if twins else []
    lost = {frame['n'] for frame in truth['frames']['sender'] if frame['d'] == 'ab' and frame.get('lost', '').startswith('drop')}
    out = [frame for frame in far if frame.is_tcp]
    for frame in out:
        frame.time_us -= 86400000000
    for change in KINDS[kind]:
        out = list(change(out, random.Random(seed)))
    return out, lost


def ends_of(path, kind, seed):
    """The near capture, and the far end's frames and those that got lost on the way there: made, or of the pair that a
    folder has."""
    if not path.is_dir():
        frames = read(path)
        return (path, *far_end(frames, kind, seed)) if frames else (path, [], set())
    near, far = (next(path.glob(name + '.pcap*')) for name in ('sender', 'receiver'))
    truth = json.loads((path / 'truth.json').read_text())
    return (near, *true_far_end(read(near), read(far), truth, kind, seed))


def rows_of(capan, a, b):
    out = subprocess.run([capan, 'stitch', '--format', 'ndjson', '--where', 'row==packet', a, b], capture_output=True,
                         text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def judge(rows, far, lost):
    """Pairs there are, told, right; losses told rightly, and wrongly. A frame that is in pairs with several counts once
    for each."""
    count = collections.Counter()
    truth = {(number, place) for place, frame in enumerate(far, 1) for number in frame.numbers}
    told = {(row['a_frame'], row['b_frame']) for row in rows if 'a_frame' in row and 'b_frame' in row}
    both = {number for number, _ in truth}
    said = {row['a_frame'] for row in rows if row['fate'] == 'lost' and 'a_frame' in row}
    alone = said | {row['a_frame'] for row in rows if row['fate'] == 'missed' and 'a_frame' in row}
    count.update(pairs=len(truth), told=len(told), right=len(truth & told), lost=len(lost), found=len(alone & lost),
                 false=len(said & both))
    return count


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', default='build/core/cli/capan')
    parser.add_argument('--kind', action='append', choices=list(KINDS))
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--least', type=float, default=0, help='fail below so many per cent of pairs found, or right')
    parser.add_argument('captures', nargs='+', type=pathlib.Path, help='captures, or folders of sender.pcap, receiver.pcap, truth.json')
    return parser.parse_args()


def main():
    options = parse_arguments()
    worst = 100
    print('| what is otherwise at the far end | pairs | found % | right % | losses | found % | wrongly lost |')
    print('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
    for kind in options.kind or KINDS:
        sum_of = collections.Counter()
        for path in options.captures:
            near, far, lost = ends_of(path, kind, '%s %s %d' % (kind, path.name, options.seed))
            if not far:
                continue
            with tempfile.TemporaryDirectory() as folder:
                write(folder + '/b.pcap', far)
                count = judge(rows_of(options.capan, near, folder + '/b.pcap'), far, lost)
                if count['right'] < .99 * max(count['pairs'], count['told']):
                    print('    %s: %s' % (path, dict(count)), file=sys.stderr)
                sum_of += count
        found, right = (100 * sum_of['right'] / max(sum_of[of], 1) for of in ('pairs', 'told'))
        worst = min(worst, found, right)
        print('| %s | %d | %.2f | %.2f | %d | %.1f | %d |' % (
            kind, sum_of['pairs'], found, right, sum_of['lost'], 100 * sum_of['found'] / max(sum_of['lost'], 1),
            sum_of['false']), flush=True)
    return worst < options.least


if __name__ == '__main__':
    sys.exit(main())
