# SPDX-License-Identifier: MIT
"""What README.md shows as capan's output is what capan prints. --update writes it anew.

A shown command is the first line of a code block: `$ capan COMMAND FILE`, and may end in `| head -N` or `| tail -N`.
"""
import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
README = ROOT / 'README.md'
BLOCK = re.compile(r'^```\n\$ capan (.*)\n((?:(?!```).*\n)*)```$', re.M)
CUT = re.compile(r'^(.*?)(?: \| (head|tail) -(\d+))?$')


def output_of(capan, words):
    command, cut, count = CUT.match(words).groups()
    done = subprocess.run([capan, *command.split()], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    if cut:
        lines = lines[:int(count)] if cut == 'head' else lines[-int(count):]
    return ''.join(line + '\n' for line in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True)
    parser.add_argument('--update', action='store_true')
    options = parser.parse_args()
    capan = str(pathlib.Path(options.capan).resolve())
    text = README.read_text(encoding='utf-8')
    fresh = BLOCK.sub(lambda block: '```\n$ capan %s\n%s```' % (block[1], output_of(capan, block[1])), text)
    assert BLOCK.search(text), 'no example'
    if options.update:
        README.write_text(fresh, encoding='utf-8')
    elif fresh != text:
        print('README.md shows other output than capan prints; tests/check_readme.py --update writes it anew')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
