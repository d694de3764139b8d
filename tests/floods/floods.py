#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Floods capan with hostile captures, each at a quarter, half and all of its size, with 1,000 honest exchanges mixed in.

The time that a command takes may grow 2.2 times where the flood grows twice, its memory stays below 1.25 times --memory
and 16 MB, and each honest exchange is found, and truly told, or standard error says what was given up.

usage: floods.py --capan PROGRAM [--memory MIB] [--scale PART] [--largest] [--commands NAME,...] [--table FILE] [--keep]
                 [SHAPE...]

SHAPE may be a pattern ('h2-*'); all of them without. The exit status is 1 when something broke a bound.
"""
import argparse
import fnmatch
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import files
import honest
import http1
import http2
import network
import run
import shapes
import tcp

HERE = pathlib.Path(__file__).resolve().parent
LAYERS = tcp, http1, http2, network, files
GROWTH_MAX = 2.2
SHORT_S = 0.06  # less says nothing: the machine's ticks are as long
TRIES = 4  # a growth that is too much is measured again: others work on the machine, too
MAY_SAY = {0, 1, 3}  # 1: diff found something; 3: what could be read is printed
REFUSES = 'too much to be kept'  # of commands that need all of a capture


class Flood:
    """One shape at one size, as a file."""

    def __init__(self, shape, size, folder):
        self.path = folder / f'{shape.name}-{size}'
        words = [sys.executable, '-B', HERE / 'make.py', shape.name, str(size), self.path]
        self.frames = int(subprocess.run(words, check=True, capture_output=True).stdout)


class Row:
    """A line of the table, and what is wrong with it."""

    def __init__(self, shape, n, memory):
        self.shape, self.n, self.memory = shape, n, memory
        self.frames = self.seconds = self.growth = self.mb = self.found = 0
        self.worst, self.told, self.wrong = 'exchanges', '', []

    def note(self, name, ran):
        if ran.mb > self.mb:
            self.mb, self.worst = ran.mb, name
        if ran.mb > run.may_take(self.memory):
            self.wrong.append(f'{name}: {ran.mb:.0f} MB, {run.may_take(self.memory):.0f} are allowed')
        refused = ran.status == 4 and REFUSES in ran.told
        if ran.status not in MAY_SAY and not refused:
            self.wrong.append(f'{name}: exit status {ran.status}: {ran.told.strip()[-200:]}')

    def cells(self):
        growth = f'{self.growth:.1f}' if self.growth else '-'
        return (self.shape.name, self.shape.attacks, f'{self.frames:,}', f'{self.seconds:.2f}', growth, f'{self.mb:.0f}',
                self.worst, f'{self.found:,}')


def growth(quicker, slower):
    """How much more a flood of twice the size takes; 0 where it takes too little to tell."""
    return slower / max(quicker, SHORT_S / 2) if slower >= SHORT_S else 0


def honest_found(output):
    with open(output, encoding='utf-8') as lines:
        return honest.count(json.loads(line) for line in lines if 'honest.test' in line)


def look_for_honest(row, ran, output):
    row.found, false = honest_found(output)
    said = 'given up' in ran.told or (row.shape.lies and ran.status == 3)
    if row.found < honest.EXCHANGES and not said:
        row.wrong.append(f'{row.found} honest exchanges found, and nothing said of the rest')
    if false:
        row.wrong.append(f'{len(false)} honest exchanges told falsely, such as {false[0]}')


def measure(row, name, floods, options, folder):
    """The command on all three sizes: the largest in the row."""
    times = []
    for flood in floods:
        ran = run.Ran(run.command(options.capan, name, flood.path, folder, options.memory), folder / 'output')
        times.append(ran.seconds)
        row.note(name, ran)
    if name == 'exchanges':
        look_for_honest(row, ran, folder / 'output')
        row.seconds = times[-1]
    return times


def measure_growth(row, name, floods, options, folder):
    most = None
    for _ in range(TRIES):
        times = measure(row, name, floods, options, folder)
        now = max((growth(*pair) for pair in zip(times, times[1:])), default=0)
        most = now if most is None else min(now, most)
        if most <= GROWTH_MAX:
            break
    else:
        row.wrong.append(f'{name}: takes {most:.1f} times as long where the flood is twice as large: {times}')
    row.growth = max(row.growth, most)


def flood_with(shape, options, folder):
    n = max(int(shape.n * options.scale), 8)
    row = Row(shape, n, options.memory)
    floods = [Flood(shape, size, folder) for size in ((n,) if options.largest else (n // 4, n // 2, n))]
    row.frames = floods[-1].frames
    for name in options.commands:
        measure_growth(row, name, floods, options, folder)
        shutil.rmtree(folder / 'objects', ignore_errors=True)
    for flood in floods:
        if not options.keep:
            flood.path.unlink()
    return row


def chosen(patterns):
    for name, shape in shapes.TABLE.items():
        if not patterns or any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
            yield shape


HEAD = 'shape', 'attacks', 'frames', 's', 'growth', 'MB', 'most in', 'honest'


def write_table(rows, path):
    lines = [HEAD, ('---', '---') + ('---:',) * 4 + ('---', '---:'), *(row.cells() for row in rows)]
    path.write_text(''.join(f'| {" | ".join(line)} |\n' for line in lines), encoding='utf-8')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--capan', required=True)
    parser.add_argument('--memory', type=int)
    parser.add_argument('--scale', type=float, default=1)
    parser.add_argument('--commands', type=lambda words: words.split(','), default=['exchanges'])
    parser.add_argument('--largest', action='store_true', help='that size alone: how time grows is not asked')
    parser.add_argument('--table', type=pathlib.Path)
    parser.add_argument('--keep', action='store_true', help='the captures, in the folder that is named')
    parser.add_argument('shape', nargs='*')
    options = parser.parse_args()
    if options.commands == ['all']:
        options.commands = list(run.COMMANDS)
    folder = pathlib.Path(tempfile.mkdtemp(prefix='floods-'))
    rows = []
    for shape in chosen(options.shape):
        rows.append(flood_with(shape, options, folder))
        print('%-24s %s' % (rows[-1].cells()[0], '  '.join(rows[-1].cells()[2:])), *rows[-1].wrong, sep='\n    ', flush=True)
    if options.table:
        write_table(rows, options.table)
    if options.keep:
        print(folder)
    else:
        shutil.rmtree(folder)
    return any(row.wrong for row in rows)


if __name__ == '__main__':
    sys.exit(main())
