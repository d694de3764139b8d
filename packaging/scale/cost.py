#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What split, judge and merge cost: CPU time (user and system) of each, in rounds that take turns, medians; megabytes of the capture
a second a core, and what so many parts take of all cores together and of the part that takes longest.

usage: cost.py --capan PROGRAM --count PROGRAM [--rounds 5] [--command exchanges] [--parts 1 2 4 8] CAPTURE...
--count is tests/bench/count of a build, the libpcap loop that split is held against; with it stands what writing the parts costs (cp).
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile

MB = 1e6


def seconds(*command):
    """CPU time of one run."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f'{command[0]} {command[1]}: failed')
    return usage.ru_utime + usage.ru_stime


def one_round(options, capture, folder, count, taken):
    """Adds what each step took to the lists of taken."""
    parts, copy = folder / 'parts', folder / 'copy'
    shutil.rmtree(parts, ignore_errors=True)
    shutil.rmtree(copy, ignore_errors=True)
    taken['loop'].append(seconds(options.count, capture))
    taken['split'].append(seconds(options.capan, 'split', '--parts', count, '-o', parts, capture))
    taken['write'].append(seconds('cp', '-r', parts, copy))
    rows, judged = [], []
    for part in sorted(parts.glob('part-*.pcapng')):
        rows.append(part.with_suffix('.rows'))
        judged.append(seconds(options.capan, options.command, '--threads', 1, '--format', 'partial', '-o', rows[-1], part))
    taken['judge'].append(sum(judged))
    taken['longest'].append(max(judged))
    taken['merge'].append(seconds(options.capan, 'merge', '-o', folder / 'out', *rows))
    return sum(path.stat().st_size for path in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True)
    parser.add_argument('--count', required=True)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--command', default='exchanges')
    parser.add_argument('--parts', type=int, nargs='+', default=[1, 2, 4, 8])
    parser.add_argument('captures', nargs='+', type=pathlib.Path)
    options = parser.parse_args()
    print('| capture | parts | split MB/s | of the loop, without writing | judge MB/s | longest part s | rows MB | merge MB/s of rows |')
    print('| --- | --- | --- | --- | --- | --- | --- | --- |')
    for capture in options.captures:
        size = capture.stat().st_size / MB
        takens = {count: {step: [] for step in ('loop', 'split', 'write', 'judge', 'longest', 'merge')} for count in options.parts}
        sizes = {}
        with tempfile.TemporaryDirectory(dir=capture.parent) as folder:
            for _ in range(options.rounds):
                for count, taken in takens.items():
                    sizes[count] = one_round(options, capture, pathlib.Path(folder), count, taken) / MB
        for count, taken in takens.items():
            of = {step: statistics.median(runs) for step, runs in taken.items()}
            print(f'| {capture.stem} | {count} | {size / of["split"]:.0f} | {(of["split"] - of["write"]) / of["loop"]:.2f} | '
                  f'{size / of["judge"]:.0f} | {of["longest"]:.2f} | {sizes[count]:.1f} | {sizes[count] / of["merge"]:.0f} |', flush=True)


if __name__ == '__main__':
    main()
