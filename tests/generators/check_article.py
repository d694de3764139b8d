# SPDX-License-Identifier: MIT
"""The rebuilt capture against the numbers that the article prints: frame lengths, relative numbers, payloads, windows."""
import gzip
import pathlib
import struct
import sys

# frame: client port, frame length, sequence number, acknowledgement number, payload; as the article tells them.
FRAMES = {
    1: (5672, 62, 0, 0, 0), 2: (5672, 62, 0, 1, 0), 3: (5672, 54, 1, 1, 0), 4: (5672, 417, 1, 1, 363),
    5: (5672, 60, 1, 364, 0), 6: (5672, 465, 1, 364, 411), 7: (5672, 1474, 412, 364, 1420),
    8: (5672, 54, 364, 1832, 0), 9: (5672, 773, 1832, 364, 719), 10: (5672, 492, 364, 2551, 438),
    11: (5673, 62, 0, 0, 0), 12: (5672, 60, 2551, 802, 0), 13: (5672, 366, 2551, 802, 312),
    14: (5672, 1474, 2863, 802, 1420), 16: (5672, 82, 4283, 802, 28), 17: (5672, 95, 4311, 802, 41),
    19: (5673, 62, 0, 1, 0), 20: (5673, 54, 1, 1, 0), 21: (5673, 465, 1, 1, 411), 23: (5673, 364, 1, 412, 310),
    24: (5673, 1474, 311, 412, 1420), 26: (5673, 1474, 1731, 412, 1420), 27: (5673, 801, 3151, 412, 747),
    29: (5672, 453, 802, 4352, 399), 30: (5672, 60, 4352, 1201, 0),
}
MESSAGES = {2550: (6, 7, 9), 1801: (13, 14, 16, 17), 3897: (23, 24, 26, 27)}
WINDOWS = {1: 65535, 5: 6432, 11: 65535}


def read_frames(octets):
    at, frames = 24, []
    while at < len(octets):
        length = struct.unpack_from('<I', octets, at + 8)[0]
        frames.append(octets[at + 16:at + 16 + length])
        at += 16 + length
    return frames


def numbers(frame, isns):
    """The row of FRAMES that a frame makes, its window and its payload."""
    total = struct.unpack_from('!H', frame, 16)[0]
    source, target, seq, ack, offset, flags, window = struct.unpack_from('!HHIIBBH', frame, 34)
    if flags & 2:
        isns[source, target] = seq
    payload = frame[34 + (offset >> 4) * 4:14 + total]
    relative = ((seq - isns[source, target]) % 2**32, (ack - isns[target, source]) % 2**32 if flags & 16 else 0)
    return (max(source, target), len(frame), *relative, len(payload)), window, payload


def main():
    isns, rows, windows, payloads = {}, {}, {}, {}
    for number, frame in enumerate(read_frames(pathlib.Path(sys.argv[1]).read_bytes()), 1):
        rows[number], windows[number], payloads[number] = numbers(frame, isns)
    assert len(rows) > 33, 'closing frames follow'
    for number, told in FRAMES.items():
        assert rows[number] == told, (number, rows[number], told)
    for number, told in WINDOWS.items():
        assert windows[number] == told, (number, windows[number], told)
    for size, frames in MESSAGES.items():
        assert sum(len(payloads[number]) for number in frames) == size, size
    page = gzip.decompress(payloads[7] + payloads[9])
    assert len(payloads[7] + payloads[9]) == 2139 and '\u767e\u5ea6' in page.decode('gb2312')


if __name__ == '__main__':
    main()
