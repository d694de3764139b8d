# SPDX-License-Identifier: MIT
"""What the scripts of this folder share: the generators, and dump's output as dictionaries."""
import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / 'generators'))

OK, END, TRUNCATED, DAMAGED, UNSUPPORTED, IO, USAGE = 0, 2, 3, 4, 5, 6, 7


def fields_of(line):
    """'tcp frame=1 ... message=the rest' -> dictionary; kind is the first word."""
    head, _, message = line.partition(' message=')
    kind, *pairs = head.split(' ')
    fields = dict(pair.split('=', 1) for pair in pairs)
    fields.update(kind=kind, message=message)
    return {key: int(value) if value.lstrip('-').isdigit() and key != 'octets' else value
            for key, value in fields.items()}


def dump(program, path, *options, stdin=None):
    """(segments and messages, last line) as dump prints them."""
    done = subprocess.run([program, str(path), *options], stdin=stdin, capture_output=True, text=True, check=True)
    *packets, end = [fields_of(line) for line in done.stdout.splitlines()]
    return packets, end


class Checks:
    """Counts, and says what was wrong."""

    def __init__(self):
        self.count, self.wrong = 0, []

    def equal(self, name, found, wanted):
        self.count += 1
        if found != wanted:
            self.wrong.append('%s: %.300r, not %.300r' % (name, found, wanted))

    def true(self, name, holds):
        self.equal(name, bool(holds), True)

    def finish(self):
        print('\n'.join(self.wrong) or '%d checks' % self.count)
        sys.exit(bool(self.wrong))
