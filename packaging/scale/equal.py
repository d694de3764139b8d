#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The proof on large captures: each is cut into rotated files of two sensors, split, judged in parts and merged, and what comes of
it is held against one run over those files.

usage: equal.py [--capan PROGRAM] [--files 60] [--parts 7] [--by client] [--commands NAME...] CAPTURE.pcap...
"""
import argparse
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

MEMORY = 8192  # MiB, so that one run gives up no more than the parts do, of which each has it
COMMANDS = ('segments', 'connections', 'exchanges', 'pages', 'har', 'findings', 'summary', 'etags')
BY_CHANCE = re.compile(rb'"response_digest":"[0-9a-f]*"')  # equal within one run alone
# What one run gives up for want of room: parts have more of it.
GIVEN_UP = re.compile(rb'^  [0-9,]+ segments? (was|were) reported before (it was|they were) settled\n', re.M)
RECORD = struct.Struct('<IIII')


def records(path):
    """The head of a pcap file, little-endian, then each record."""
    with open(path, 'rb') as file:
        yield file.read(24)
        while len(head := file.read(16)) == 16:
            yield head + file.read(RECORD.unpack(head)[2])


def sensor_of(record):
    """Of Ethernet and IPv4: by both addresses, so that it sees both ways; clients that have several servers are seen by both."""
    octets = record[16 + 26:16 + 34]
    return sum(octets) % 2


def rotate(capture, folder, count):
    """The names of its files, count of them, of each sensor half."""
    packets = -(-sum(1 for _ in records(capture)) // (count // 2) // 2)
    files, written, names = [None, None], [0, 0], []
    found = records(capture)
    head = next(found)
    for record in found:
        sensor = sensor_of(record)
        if not files[sensor] or written[sensor] == packets:
            if files[sensor]:
                files[sensor].close()
            names.append(folder / f'sensor-{sensor}-{len(names):04}.pcap')
            files[sensor], written[sensor] = open(names[-1], 'wb'), 0
            files[sensor].write(head)
        files[sensor].write(record)
        written[sensor] += 1
    for file in files:
        if file:
            file.close()
    return names


class Proof:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder

    def capan(self, *words, to=None):
        with open(to or '/dev/null', 'wb') as out:
            done = subprocess.run([self.options.capan, *map(str, words)], stdout=out, stderr=subprocess.PIPE)
        if done.returncode not in (0, 1):
            sys.exit(f'capan {words[0]}: {done.stderr.decode()}')

    def octets(self, name, first):
        """Without what is by chance, and names of the files."""
        found = GIVEN_UP.sub(b'', BY_CHANCE.sub(b'', (self.folder / name).read_bytes()))
        return found.replace(re.search(rb'^.* more: ', found).group(), b'') if first else found

    def hold(self, command, files, parts):
        form = [] if command in ('summary', 'har') else ['--format', 'ndjson']
        self.capan(command, '--memory', MEMORY, *form, *files, to=self.folder / 'one')
        rows = [part.with_suffix('.rows') for part in parts]
        for part, to in zip(parts, rows):
            self.capan(command, '--memory', MEMORY, '--format', 'partial', part, to=to)
        self.capan('merge', *rows, to=self.folder / 'merged')
        one, merged = (self.octets(name, command == 'summary') for name in ('one', 'merged'))
        print(f'  {command}: {one.count(bytes([10]))} lines, {"equal" if one == merged else "DIFFERENT"}', flush=True)
        if one != merged and self.options.keep:
            (self.options.keep / f'{command}.one').write_bytes(one)
            (self.options.keep / f'{command}.merged').write_bytes(merged)
        return one == merged

    def capture(self, path):
        files = rotate(path, self.folder, self.options.files)
        parts = self.folder / 'parts'
        self.capan('split', '--by', self.options.by, '--parts', self.options.parts, '-o', parts, *files)
        names = sorted(parts.glob('part-*'))
        print(f'{path.name}: {len(files)} files of two sensors in {len(names)} parts by {self.options.by}', flush=True)
        return all([self.hold(command, files, names) for command in self.options.commands])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', default='capan')
    parser.add_argument('--files', type=int, default=60)
    parser.add_argument('--parts', type=int, default=7)
    parser.add_argument('--by', default='client', choices=('client', 'connection'))
    parser.add_argument('--commands', nargs='+', default=COMMANDS, choices=COMMANDS)
    parser.add_argument('--keep', type=pathlib.Path, help='where to keep what is different')
    parser.add_argument('captures', nargs='+', type=pathlib.Path)
    options = parser.parse_args()
    fine = True
    for path in options.captures:
        with tempfile.TemporaryDirectory() as folder:
            fine &= Proof(options, pathlib.Path(folder)).capture(path)
    sys.exit(not fine)


if __name__ == '__main__':
    main()
