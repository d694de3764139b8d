#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the fuzz targets of a build, keeps what they find out, and writes the table of SECURITY.md.

usage: fuzz.py run --build FOLDER --hours HOURS [TARGET...]
       fuzz.py merge --build FOLDER [TARGET...]
       fuzz.py replay CORPUS PROGRAM

run gives each target its share of the time, then merges. Inputs that reach something new lie in FOLDER/fuzzing; merge
keeps the smallest set of them that reaches as much in tests/fuzz/corpora, at most KEPT octets of each target. replay
feeds such a corpus to a program.
"""
import argparse
import collections
import datetime
import fcntl
import io
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / 'tests/fuzz'
CORPORA = FOLDER / 'corpora'
TABLE = ROOT / 'SECURITY.md'
KEPT = 200_000  # octets of inputs of one target; all together stay under 5 MB
SLICE = 60  # seconds of a target before the next one has its turn
HEAD = ('| target | executions | edges reached | of | last run | findings open |\n'
        '| --- | ---: | ---: | ---: | --- | ---: |\n')

Target = collections.namedtuple('Target', 'name program cases longest work')


# --- what there is ---

def targets_of(build, names):
    lines = (build / 'fuzz-targets').read_text().split()
    found = [Target(name, program, pathlib.Path(cases), longest, build / 'fuzzing' / name)
             for name, program, cases, longest in (line.split('|') for line in lines)]
    unknown = set(names) - {target.name for target in found}
    if unknown:
        sys.exit(f'fuzz.py: no such target: {" ".join(sorted(unknown))}')
    return [target for target in found if target.name in names or not names]


def prepare(target):
    """Its corpus begins with what is kept of earlier runs, and with its cases."""
    for name in ('corpus', 'findings'):
        (target.work / name).mkdir(parents=True, exist_ok=True)
    unpack(CORPORA / f'{target.name}.tar.xz', target.work / 'corpus')


def unpack(archive, folder):
    if not archive.exists():
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and re.fullmatch('[0-9a-f]{40}', member.name):
                (folder / member.name).write_bytes(tar.extractfile(member).read())


def pack(folder, archive):
    """The same inputs give the same archive."""
    left, octets = KEPT, io.BytesIO()
    with tarfile.open(fileobj=octets, mode='w:xz', format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(folder.iterdir(), key=lambda path: (path.stat().st_size, path.name)):
            left -= path.stat().st_size
            if left < 0:
                break
            member = tarfile.TarInfo(path.name)
            member.size = path.stat().st_size
            with path.open('rb') as file:
                tar.addfile(member, file)
    CORPORA.mkdir(exist_ok=True)
    archive.write_bytes(octets.getvalue())


# --- runs ---

def command(target, *options):
    dictionary = FOLDER / 'dictionaries' / target.name
    words = [f'-dict={dictionary}'] if dictionary.exists() else []
    return [target.program, *words, f'-max_len={target.longest}', '-timeout=20', '-rss_limit_mb=2048', '-entropic=0',
            f'-artifact_prefix={target.work}/findings/', *options]


def fuzz(target, seconds):
    """Executions, edges reached and edges there are."""
    folders = [target.work / 'corpus', *([target.cases] if target.cases.is_dir() else [])]
    done = subprocess.run(command(target, f'-max_total_time={seconds}', '-print_final_stats=1', *folders),
                          capture_output=True, text=True, errors='replace')
    counts = [int(number) for number in re.findall(r'^#(\d+)\s', done.stderr, re.M)]
    counts += [int(number) for number in re.findall(r'number_of_executed_units: +(\d+)', done.stderr)]
    edges = [int(number) for number in re.findall(r' cov: (\d+)', done.stderr)]
    of = re.search(r'Loaded \d+ modules? +\((\d+) inline', done.stderr)
    if done.returncode:
        print(f'{target.name}: a finding:\n{done.stderr[-3000:]}', flush=True)
    return max(counts, default=0), max(edges, default=0), int(of[1]) if of else 0


def count_open(target):
    """Findings that still are some; what is mended is removed, and is to be among the cases."""
    for path in (target.work / 'findings').iterdir():
        if subprocess.run(command(target, path), capture_output=True).returncode == 0:
            path.unlink()
    return len(list((target.work / 'findings').iterdir()))


def merge(target):
    prepare(target)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(command(target, '-merge=1', folder, target.work / 'corpus'), capture_output=True)
        if any(pathlib.Path(folder).iterdir()):
            pack(pathlib.Path(folder), CORPORA / f'{target.name}.tar.xz')


def run(targets, seconds):
    for target in targets:
        prepare(target)
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        share = int(max(1, min(SLICE, left / len(targets))))
        for target in targets:
            executions, edges, of = fuzz(target, share)
            update(target.name, executions, edges, of, count_open(target))
            print(f'{target.name}: {executions:,} executions, {edges:,} of {of:,} edges', flush=True)
    for target in targets:
        merge(target)


# --- the table ---

def read_table(text):
    """Rows by target: executions, edges, of, date, findings."""
    rows = {}
    for line in text.partition(HEAD)[2].splitlines():
        if not line.startswith('|'):
            break
        name, *cells = (cell.strip() for cell in line.strip('|').split('|'))
        rows[name] = [cells[3] if at == 3 else int(cell.replace(',', '') or 0) for at, cell in enumerate(cells)]
    rows.pop('all', None)
    return rows


def update(*row):
    """Several runs may share the table."""
    lock = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        write_table(*row)
    finally:
        os.close(lock)


def write_table(name, executions, edges, of, findings):
    text = TABLE.read_text()
    before, head, rest = text.partition(HEAD)
    if not head:
        sys.exit('fuzz.py: SECURITY.md has no table of fuzz targets')
    rows = read_table(text)
    old = rows.get(name, [0, 0, 0, '', 0])
    rows[name] = [old[0] + executions, edges or old[1], of or old[2], str(datetime.date.today()), findings]
    rows['all'] = [sum(row[0] for row in rows.values()), 0, 0, max(row[3] for row in rows.values()),
                   sum(row[4] for row in rows.values())]
    lines = ''.join(write_row(name, row) for name, row in sorted(rows.items(), key=lambda row: (row[0] == 'all', row[0])))
    while rest.startswith('|'):
        rest = rest.partition('\n')[2]
    whole = TABLE.with_suffix('.new')  # another run may be reading
    whole.write_text(before + head + lines + rest)
    whole.replace(TABLE)


def write_row(name, row):
    edges = [f'{number:,}' if number else '' for number in row[1:3]]
    return f'| {name} | {row[0]:,} | {edges[0]} | {edges[1]} | {row[3]} | {row[4]} |\n'


# --- the command line ---

def replay(archive, program):
    with tempfile.TemporaryDirectory() as folder:
        unpack(archive, pathlib.Path(folder))
        files = sorted(str(path) for path in pathlib.Path(folder).iterdir())
        done = subprocess.run([program, *files], capture_output=True, text=True, errors='replace')
        if done.returncode or not files:
            sys.exit(f'{len(files)} inputs\n{done.stderr[-4000:]}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    commands = parser.add_subparsers(dest='command', required=True)
    for name in ('run', 'merge'):
        its = commands.add_parser(name)
        its.add_argument('--build', type=pathlib.Path, required=True)
        its.add_argument('targets', nargs='*', metavar='TARGET')
        if name == 'run':
            its.add_argument('--hours', type=float, required=True)
    its = commands.add_parser('replay')
    its.add_argument('corpus', type=pathlib.Path)
    its.add_argument('program')
    options = parser.parse_args()
    if options.command == 'replay':
        replay(options.corpus, options.program)
    elif options.command == 'run':
        run(targets_of(options.build.resolve(), options.targets), options.hours * 3600)
    else:
        for target in targets_of(options.build.resolve(), options.targets):
            merge(target)


if __name__ == '__main__':
    main()
