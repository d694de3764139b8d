#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One command over all parts of a split, by the workers of a Dask cluster; what one run prints goes to standard output.

usage: run.py SCHEDULER COMMAND FOLDER     SCHEDULER: tcp://host:8786; COMMAND: one that has partial rows (../README.md);
FOLDER: that of split, which all workers share under the same name. capan is in their PATH, or the CAPAN of who starts this.
"""
import os
import pathlib
import subprocess
import sys

CAPAN = os.environ.get('CAPAN', 'capan')
FINE = (0, 1)  # 1: there are findings
FINAL = (2, 3)  # what another attempt would not change: usage, a part that cannot be read
RETRIES = 3


def judge(capan, command, part):
    """Runs on a worker. The rows' name."""
    rows = f'{part.removesuffix(".pcapng")}.{command}.rows'
    done = subprocess.run([capan, command, '--format', 'partial', '-o', rows, part], stderr=subprocess.PIPE, text=True)
    if done.returncode in FINE:
        return rows
    if done.returncode in FINAL:
        return ValueError(f'{part}: {done.stderr}')
    raise RuntimeError(f'{part}: ended with {done.returncode}: {done.stderr}')  # is tried again


def main(scheduler, command, folder):
    import distributed  # not where judge() runs alone

    folder = pathlib.Path(folder).resolve()
    if not (folder / 'split.json').stat().st_size:
        sys.exit(f'{folder}: no split that came to its end')
    parts = sorted(map(str, folder.glob('part-*.pcapng')))
    with distributed.Client(scheduler, set_as_default=False) as client:
        futures = client.map(judge, [CAPAN] * len(parts), [command] * len(parts), parts, retries=RETRIES, pure=False)
        rows = client.gather(futures)
    for odd in (one for one in rows if isinstance(one, ValueError)):
        sys.exit(str(odd))
    sys.exit(subprocess.run([CAPAN, 'merge', *rows]).returncode)


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
