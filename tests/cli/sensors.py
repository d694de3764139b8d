# SPDX-License-Identifier: MIT
"""Captures of two sensors whose files are rotated: one client's packets go on from file to file.

usage: sensors.py FOLDER     writes them there, and prints their names
"""
import pathlib
import struct
import sys

PCAPS = pathlib.Path(__file__).resolve().parents[2] / 'pcaps'
# Where nothing is told of a resource that only other clients' exchanges tell (packaging/scale/README.md).
APART = ('article/baidu', 'http/pages', 'http/unchanged-resent', 'http/not-modified', 'http/unanswered', 'tcp/timeouts',
         'tcp/fast-and-sack')


def records(path):
    octets = path.read_bytes()
    at, found = 24, []
    while at < len(octets):
        length = struct.unpack_from('<I', octets, at + 8)[0]
        found.append(octets[at:at + 16 + length])
        at += 16 + length
    return octets[:24], found


def moved(record, client, seconds):
    """Another client's: of IPv4 over Ethernet, both ways, later; checksums are left as they are."""
    octets = bytearray(record)
    struct.pack_into('<I', octets, 0, struct.unpack_from('<I', octets, 0)[0] + seconds)
    for at in (16 + 26, 16 + 30):
        if octets[16 + 12:16 + 14] == b'\x08\x00' and octets[at:at + 3] == b'\xc0\x00\x02' and octets[at + 3] < 80:
            octets[at + 3] = client
    return bytes(octets)


def write(folder):
    """Each capture for three clients."""
    packets = {0: [], 1: []}
    for number, name in enumerate(APART):
        head, found = records(PCAPS / f'{name}.pcap')
        for copy in range(3):
            packets[number % 2] += [moved(one, 100 + 3 * number + copy, 7 * copy) for one in found]
    files = []
    for sensor, found in packets.items():
        found.sort(key=lambda one: struct.unpack_from('<II', one))
        size = len(found) // 12 + 1
        for at in range(0, len(found), size):
            files.append(folder / f'sensor-{sensor}-{at:05}.pcap')
            files[-1].write_bytes(head + b''.join(found[at:at + size]))
    return files


if __name__ == '__main__':
    print('\n'.join(map(str, write(pathlib.Path(sys.argv[1])))))
