#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a network engineer asks, and the one line that answers it: each command of tasks.md prints the answer shown there.

usage: test_tasks.py --capan PROGRAM [--update]

A task is a heading, and a block that begins with `$ ` and the command, run by a shell in the repository's folder; what
follows is its answer. --update writes the answers anew, to be read before they are committed.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TASKS = HERE / 'tasks.md'
TASK = re.compile(r'^## (.*)\n\n((?:(?!```|## ).*\n)*?)```\n\$ (.*)\n((?:(?!```).*\n)*)```$', re.M)


def answer(command, capan):
    path = f'{capan.parent}:{os.environ["PATH"]}'
    done = subprocess.run(['sh', '-c', command], cwd=HERE.parents[1], capture_output=True, text=True, timeout=60,
                          env={**os.environ, 'PATH': path, 'LC_ALL': 'C', 'TZ': 'UTC'})
    lines = [line.rstrip().replace('\t', '  ') for line in (done.stdout + done.stderr).splitlines()]
    return ''.join(line + '\n' for line in lines if not line.startswith('capan: root reads'))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True, type=pathlib.Path)
    parser.add_argument('--update', action='store_true')
    options = parser.parse_args()
    capan, text, wrong, count = options.capan.resolve(), TASKS.read_text(encoding='utf-8'), 0, 0

    def fresh(task):
        nonlocal wrong, count
        got, count = answer(task[3], capan), count + 1
        if got != task[4]:
            wrong += 1
            print(f'{task[1]}\n$ {task[3]}\n--- shown\n{task[4]}--- answered\n{got}')
        return f'## {task[1]}\n\n{task[2]}```\n$ {task[3]}\n{got}```'

    updated = TASK.sub(fresh, text)
    assert count == text.count('\n## ') >= 10, 'a task is not understood'
    if options.update:
        TASKS.write_text(updated, encoding='utf-8')
        return 0
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
