# SPDX-License-Identifier: MIT
"""The same five frames in every form of file: byte orders, units of time, blocks, gzip, pipes; and broken ones."""
import gzip
import pathlib
import struct
import subprocess
import sys
import tempfile

from captures import DAMAGED, END, IO, TRUNCATED, UNSUPPORTED, USAGE, Checks, dump, fields_of
from links import conversation, frame_of
from packets import Capture

FRAMES = [(time_us, frame_of(packet, from_server)) for time_us, from_server, packet in conversation()]
ETHERNET, RAW = 1, 101


# --- pcap ---

def pcap(order='<', nanoseconds=False, snaplen=65535, frames=None):
    capture = Capture(0, snaplen=snaplen)
    capture.records = FRAMES if frames is None else frames
    return capture.octets(order, nanoseconds)


def patched_pcap():
    """libpcap with the patch that added an interface, a protocol and a packet type to each record."""
    out = struct.pack('<IHHiIII', 0xa1b2cd34, 2, 4, 0, 0, 65535, ETHERNET)
    for time_us, frame in FRAMES:
        out += struct.pack('<IIIIIHBB', *divmod(time_us, 10**6), len(frame), len(frame), 2, 8, 0, 0) + frame
    return out


def ancient_pcap():
    """Version 2.2: the length on the wire came first. The frames are cut so that it shows."""
    out = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 2, 0, 0, 60, ETHERNET)
    for time_us, frame in FRAMES:
        out += struct.pack('<IIII', *divmod(time_us, 10**6), len(frame), len(frame[:60])) + frame[:60]
    return out


# --- pcapng ---

def block(kind, content, order='<'):
    content += b'\0' * (-len(content) % 4)
    length = struct.pack(order + 'I', len(content) + 12)
    return struct.pack(order + 'I', kind) + length + content + length


def section(order='<'):
    return block(0x0a0d0d0a, struct.pack(order + 'IHHq', 0x1a2b3c4d, 1, 0, -1), order)


def option(code, value, order='<'):
    return struct.pack(order + 'HH', code, len(value)) + value + b'\0' * (-len(value) % 4)


def interface(link=ETHERNET, order='<', snaplen=0, options=b''):
    return block(1, struct.pack(order + 'HHI', link, 0, snaplen) + options, order)


def enhanced(number, stamp, held, order='<', kind=6):
    numbers = struct.pack(order + ('I' if kind == 6 else 'HH'), *((number,) if kind == 6 else (number, 0)))
    return block(kind, numbers + struct.pack(order + 'IIII', stamp >> 32, stamp & 0xffffffff, len(held), len(held)) + held, order)


def pcapng(order='<', options=b'', stamp=lambda time_us: time_us, kind=6):
    return section(order) + interface(order=order, options=options) + b''.join(
        enhanced(0, stamp(time_us), frame, order, kind) for time_us, frame in FRAMES)


def resolution(value, order='<'):
    return option(9, bytes([value]), order)


def simple():
    return section() + interface() + b''.join(block(3, struct.pack('<I', len(frame)) + frame) for _, frame in FRAMES)


def several_interfaces():
    """Every second frame came in raw, on an interface that counts nanoseconds; blocks nobody has to know between them."""
    out = section() + interface() + interface(RAW, options=resolution(9)) + block(4, b'\0' * 8) + block(0x0bae, b'?' * 5)
    for index, (time_us, frame) in enumerate(FRAMES):
        out += enhanced(1, time_us * 1000, frame[14:]) if index % 2 else enhanced(0, time_us, frame)
        out += block(5, struct.pack('<III', 0, 0, 0))
    return out


def several_sections():
    """Each starts its interfaces anew, in its own byte order."""
    return b''.join(section(order) + interface(link, order) + b''.join(
        enhanced(0, time_us, frame if link == ETHERNET else frame[14:], order) for time_us, frame in part)
        for order, link, part in (('<', ETHERNET, FRAMES[:2]), ('>', RAW, FRAMES[2:])))


def statistics():
    """Twice for the first interface, the later one counts; once for the second."""
    def block_of(number, *lost):
        return block(5, struct.pack('<III', number, 0, 0) + b''.join(
            option(code, struct.pack('<Q', count)) for code, count in zip((5, 7), lost)))
    return section() + interface() + interface(RAW) + block_of(0, 1, 2) + block_of(0, 10, 20) + block_of(1, 400) + block_of(7, 9)


def journal_between():
    """A systemd journal entry is a frame by Wireshark's count."""
    first, *rest = [enhanced(0, time_us, frame) for time_us, frame in FRAMES]
    return section() + interface() + first + block(9, b'__REALTIME_TIMESTAMP=1\n') + b''.join(rest)


def custom_between():
    """Blocks of somebody's own, to be copied or not, are frames by Wireshark's count."""
    first, second, *rest = [enhanced(0, time_us, frame) for time_us, frame in FRAMES]
    number = struct.pack('<I', 32473)
    return (section() + interface() + first + block(0xbad, number) + second + block(0x40000bad, number + b'note') +
            b''.join(rest))


def zstd(octets, size=100):
    """A frame of blocks that are not compressed (RFC 8878 3.1.1), as a window of 256 KiB allows."""
    parts = [octets[at:at + size] for at in range(0, len(octets), size)]
    heads = [(len(part) << 3 | (number == len(parts) - 1)).to_bytes(3, 'little') for number, part in enumerate(parts)]
    return b'\x28\xb5\x2f\xfd\0\x40' + b''.join(head + part for head, part in zip(heads, parts))


SKIPPED = b'\x50\x2a\x4d\x18\3\0\0\0abc'  # RFC 8878 3.1.2

GOOD = {
    'little.pcap': pcap(), 'big.pcap': pcap('>'), 'nano.pcap': pcap('<', True), 'big-nano.pcap': pcap('>', True),
    'patched.pcap': patched_pcap(),
    'little.pcapng': pcapng(), 'big.pcapng': pcapng('>'), 'obsolete.pcapng': pcapng(kind=2),
    'nano.pcapng': pcapng(options=resolution(9), stamp=lambda us: us * 1000),
    'binary.pcapng': pcapng(options=resolution(0x80 | 20), stamp=lambda us: -(-us * 2**20 // 10**6)),
    'offset.pcapng': pcapng('>', option(14, struct.pack('>q', 1000), '>'), lambda us: us - 1000 * 10**6),
    'interfaces.pcapng': several_interfaces(), 'sections.pcapng': several_sections(),
    'named-otherwise.dat': gzip.compress(pcap()), 'little.pcapng.gz': gzip.compress(pcapng()),
    'members.gz': b''.join(gzip.compress(pcap()[at:at + 100]) for at in range(0, len(pcap()), 100)),
    'padded.gz': gzip.compress(pcap()) + bytes(512), 'followed.gz': gzip.compress(pcap()) + b'signature',
    'little.pcap.zst': zstd(pcap()), 'frames.zst': zstd(pcap()[:100]) + SKIPPED + zstd(pcap()[100:]),
}

WHOLE = pcap()
RECORDS = [24]
for _, each in FRAMES:
    RECORDS.append(RECORDS[-1] + 16 + len(each))


def with_octets(octets, at, new):
    return octets[:at] + new + octets[at + len(new):]


NG_START = len(section() + interface())
NG_SECOND = NG_START + len(enhanced(0, 0, FRAMES[0][1]))
CODED = gzip.compress(pcap(frames=FRAMES * 200), 0)

# name: octets, result, segments that still come out, words of the message
BROKEN = {
    'cut.pcap': (WHOLE[:RECORDS[3] + 7], TRUNCATED, 3, 'packet 4 at octet %d' % RECORDS[3]),
    'cut-in-frame.pcap': (WHOLE[:-1], TRUNCATED, 4, 'packet 5 at octet %d' % RECORDS[4]),
    'cut.pcapng': (pcapng()[:-3], TRUNCATED, 4, 'packet 5'),
    'long.pcap': (with_octets(WHOLE, RECORDS[2] + 8, b'\xff\xff\xff\x7f'), DAMAGED, 2, 'packet 3 at octet %d' % RECORDS[2]),
    'zero-block.pcapng': (with_octets(pcapng(), NG_SECOND + 4, bytes(4)), DAMAGED, 1, 'packet 2 at octet %d' % NG_SECOND),
    'odd-block.pcapng': (with_octets(pcapng(), NG_SECOND + 4, b'\x61'), DAMAGED, 1, 'packet 2'),
    'huge-block.pcapng': (with_octets(pcapng(), NG_SECOND + 4, b'\0\0\0\x7f'), DAMAGED, 1, 'packet 2'),
    'two-lengths.pcapng': (with_octets(pcapng(), NG_SECOND - 4, b'\x10'), DAMAGED, 0, 'packet 1'),
    'long-packet.pcapng': (with_octets(pcapng(), NG_SECOND + 20, b'\xff\xff'), DAMAGED, 1, 'packet 2'),
    'no-interface.pcapng': (section() + enhanced(0, 0, FRAMES[0][1]), DAMAGED, 0, 'interface 0'),
    'no-order.pcapng': (pcapng() + with_octets(section(), 8, bytes(4)), DAMAGED, 5, 'byte-order'),
    'cut.gz': (CODED[:len(CODED) // 2], TRUNCATED, None, 'gzip data stops'),
    'cut.zst': (zstd(WHOLE)[:-9], TRUNCATED, None, 'zstd data stops'),
    'wrong-sum.gz': (with_octets(gzip.compress(WHOLE), len(gzip.compress(WHOLE)) - 8, b'\1\2\3\4'), DAMAGED, None, 'gzip'),
}

# name: octets, result, words of the message
REFUSED = {
    'empty.pcap': (b'', TRUNCATED, 'empty'),
    'header.pcap': (WHOLE[:23], TRUNCATED, 'header'),
    'three.pcap': (WHOLE[:3], TRUNCATED, 'header'),
    'text.pcap': (b'GET / HTTP/1.1\r\n\r\n', UNSUPPORTED, 'neither'),
    'version.pcap': (with_octets(WHOLE, 4, b'\7'), UNSUPPORTED, 'version 7'),
    'usb.pcap': (with_octets(WHOLE, 20, b'\xbd'), UNSUPPORTED, 'USB_LINUX'),
    'damaged.zst': (b'\x28\xb5\x2f\xfd\0\x40\7' + bytes(20), DAMAGED, 'zstd data is damaged'),
    'window.zst': (b'\x28\xb5\x2f\xfd\0\xff' + bytes(20), UNSUPPORTED, 'window'),
    'header.zst': (zstd(WHOLE)[:5], TRUNCATED, 'zstd'),
    'empty.gz': (gzip.compress(b''), TRUNCATED, 'empty'),
    'damaged.gz': (with_octets(gzip.compress(WHOLE), 10, b'\7'), DAMAGED, 'gzip data is damaged'),
    'header.gz': (gzip.compress(WHOLE)[:5], TRUNCATED, 'gzip'),
}


def rows(packets):
    """Times in microseconds: a binary unit of time does not hit them exactly."""
    return [(packet['time'] // 1000, packet['src'], packet['octets']) for packet in packets]


class Files:
    def __init__(self, program, folder, checks):
        self.program, self.folder, self.checks = program, pathlib.Path(folder), checks
        self.reference = rows(self.dump('reference.pcap', WHOLE)[0])
        checks.equal('reference', len(self.reference), len(FRAMES))

    def dump(self, name, octets, *options):
        path = self.folder / name
        path.write_bytes(octets)
        return dump(self.program, path, *options)

    def through_pipe(self, octets):
        done = subprocess.run([self.program, '-'], input=octets, capture_output=True, check=True)
        *packets, end = [fields_of(line) for line in done.stdout.decode().splitlines()]
        return packets, end

    def good(self):
        for name, octets in GOOD.items():
            for way, (packets, end) in (('file', self.dump(name, octets)), ('pipe', self.through_pipe(octets))):
                self.checks.equal('%s, %s' % (name, way), (rows(packets), end['result']), (self.reference, END))

    def broken(self):
        for name, (octets, result, count, words) in BROKEN.items():
            packets, end = self.dump(name, octets)
            self.checks.equal(name, end['result'], result)
            self.checks.true('%s: %s in %s' % (name, words, end['message']), words in end['message'])
            if count is not None:
                self.checks.equal(name + ': segments', len(packets), count)
        packets, end = self.dump('cut.gz', BROKEN['cut.gz'][0])
        self.checks.true('cut.gz: half of the segments', len(FRAMES) * 80 < len(packets) < len(FRAMES) * 120)

    def refused(self):
        for name, (octets, result, words) in REFUSED.items():
            _, end = self.dump(name, octets)
            self.checks.equal(name, (end['kind'], end['result']), ('refused', result))
            self.checks.true('%s: %s in %s' % (name, words, end['message']), words in end['message'])
        for path, words in ((self.folder / 'missing.pcap', 'No such file'), (self.folder, 'directory')):
            _, end = dump(self.program, path)
            self.checks.equal(str(path.name), (end['result'], words in end['message']), (IO, True))

    def filters(self):
        for octets in (WHOLE, several_interfaces(), several_sections()):
            packets, end = self.dump('filtered', octets, 'src port 8080')
            self.checks.equal('filter', rows(packets), [row for row in self.reference if row[1] == '192.0.2.80'])
            self.checks.equal('filter: frames', [packet['frame'] for packet in packets], [2, 5])
            self.checks.equal('filter: all frames count', end['frames'], len(FRAMES))
        wireless = section() + interface(105) + enhanced(0, 0, FRAMES[0][1])
        _, end = self.dump('filtered', wireless, 'wlan type data')
        self.checks.equal('a filter for the first interface', end['result'], END)
        _, end = self.dump('filtered', wireless + interface(RAW) + enhanced(1, 0, FRAMES[0][1]), 'wlan type data')
        self.checks.equal('a filter for only the first interface', (end['result'], end['frames']), (USAGE, 2))
        _, end = self.dump('filtered', WHOLE, 'port of call')
        self.checks.equal('no filter', (end['kind'], end['result']), ('refused', USAGE))

    def details(self):
        packets, end = self.dump('snapped.pcap', pcap(snaplen=60))
        self.checks.equal('snapped', (end['snapped'], [packet['wire'] for packet in packets]),
                          (4, [len(octets) // 2 for _, _, octets in self.reference]))
        self.checks.equal('snapped: octets', [packet['octets'] for packet in packets],
                          [octets[:52] for _, _, octets in self.reference])
        large = (FRAMES[0][0], FRAMES[0][1] + bytes(300_000))
        octets = section() + interface() + enhanced(0, *large) + pcapng()
        for form in (octets, gzip.compress(octets)):
            packets, end = self.dump('large', form)
            self.checks.equal('a large frame', (len(packets), packets[0]['padding'], end['result']), (6, 65535, END))
        packets, _ = self.dump('ancient.pcap', ancient_pcap())
        self.checks.equal('ancient', [packet['octets'] for packet in packets], [octets[:52] for _, _, octets in self.reference])
        packets, _ = self.dump('simple.pcapng', simple())
        self.checks.equal('simple', [row[1:] for row in rows(packets)], [row[1:] for row in self.reference])
        packets, end = self.dump('journal.pcapng', journal_between())
        self.checks.equal('journal', [packet['frame'] for packet in packets], [1, 3, 4, 5, 6])
        packets, _ = self.dump('custom.pcapng', custom_between())
        self.checks.equal('custom', [packet['frame'] for packet in packets], [1, 3, 5, 6, 7])
        self.checks.equal('statistics', self.dump('statistics.pcapng', statistics())[1]['dropped'], 430)
        packets, _ = self.dump('checked.pcap', WHOLE, '', 'verify')
        self.checks.equal('checksums', {packet['checksum'] for packet in packets}, {1})
        damaged = with_octets(WHOLE, len(WHOLE) - 9, b'\0\0')
        self.checks.equal('a bad checksum', self.dump('checked.pcap', damaged, '', 'verify')[0][-1]['checksum'], 2)


def main():
    checks = Checks()
    with tempfile.TemporaryDirectory() as folder:
        files = Files(sys.argv[1], folder, checks)
        files.good()
        files.broken()
        files.refused()
        files.filters()
        files.details()
    checks.finish()


if __name__ == '__main__':
    main()
