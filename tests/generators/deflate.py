# SPDX-License-Identifier: MIT
"""gzip with fixed Huffman codes (RFC 1951 3.2.6, RFC 1952), written out here because zlib's output changes between its
versions and the captures must not."""
import struct
import zlib

LENGTHS = [(3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2),
           (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5),
           (163, 5), (195, 5), (227, 5), (258, 0)]
DISTANCES = [(1 + ((2 + (code & 1)) << (code // 2 - 1)) if code > 1 else 1 + code, max(0, code // 2 - 1))
             for code in range(30)]
SHORTEST, LONGEST, WINDOW = 3, 258, 32768


class Bits:
    def __init__(self):
        self.value = self.count = 0

    def number(self, value, width):
        """Least significant bit first."""
        self.value |= value << self.count
        self.count += width

    def code(self, value, width):
        """A Huffman code: most significant bit first."""
        for bit in range(width - 1, -1, -1):
            self.number(value >> bit & 1, 1)

    def octets(self):
        return self.value.to_bytes((self.count + 7) // 8, 'little')


def put_symbol(bits, symbol):
    if symbol < 144:
        bits.code(0x30 + symbol, 8)
    elif symbol < 256:
        bits.code(0x190 + symbol - 144, 9)
    elif symbol < 280:
        bits.code(symbol - 256, 7)
    else:
        bits.code(0xc0 + symbol - 280, 8)


def row_of(table, value):
    return max(number for number, (base, _) in enumerate(table) if base <= value)


def put_match(bits, length, distance):
    row = row_of(LENGTHS, length)
    put_symbol(bits, 257 + row)
    bits.number(length - LENGTHS[row][0], LENGTHS[row][1])
    row = row_of(DISTANCES, distance)
    bits.code(row, 5)
    bits.number(distance - DISTANCES[row][0], DISTANCES[row][1])


def longest_match(data, at, seen):
    """The latest earlier place that begins with the same three octets, and how far it agrees."""
    start = seen.get(data[at:at + SHORTEST])
    if start is None or at - start > WINDOW or at + SHORTEST > len(data):
        return 0, 0
    length = SHORTEST
    while length < LONGEST and at + length < len(data) and data[start + length] == data[at + length]:
        length += 1
    return length, at - start


def deflate(data):
    bits, seen, at = Bits(), {}, 0
    bits.number(1, 1)
    bits.number(1, 2)
    while at < len(data):
        length, distance = longest_match(data, at, seen)
        if length:
            put_match(bits, length, distance)
        else:
            put_symbol(bits, data[at])
        for passed in range(at, at + max(1, length)):
            seen[data[passed:passed + SHORTEST]] = passed
        at += max(1, length)
    put_symbol(bits, 256)
    return bits.octets()


def gzip(data):
    header = b'\x1f\x8b\x08\0' + bytes(4) + b'\0\x03'
    return header + deflate(data) + struct.pack('<II', zlib.crc32(data), len(data) % (1 << 32))
