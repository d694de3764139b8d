#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Completion in bash, zsh and fish, asked of the shells themselves; those that are not installed are passed over.

usage: test_completions.py --capan PROGRAM --folder FOLDER [unittest's arguments]
"""
import argparse
import os
import pathlib
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import time
import unittest

CAPAN = None
FOLDER = None

# What bash-completion brings, as far as it is used.
BASH = r'''
_init_completion() { words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=${words[cword]}; prev=${words[cword-1]}; }
_filedir() { COMPREPLY+=(FILES); }
compopt() { :; }
. %s
COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
_capan
printf '%%s\n' "${COMPREPLY[@]}"
'''


def in_bash(*words):
    script = BASH % (FOLDER / 'capan.bash', ' '.join(map(shlex.quote, ('capan',) + words)))
    return subprocess.run(['bash', '-c', script], capture_output=True, text=True, check=True).stdout.split()


def in_fish(*words):
    script = f'source {FOLDER}/capan.fish; complete -C {shlex.quote(" ".join(("capan",) + words))}'
    out = subprocess.run(['fish', '--no-config', '-c', script], capture_output=True, text=True, check=True).stdout
    return [line.split('\t')[0] for line in out.splitlines()]


def in_zsh(line):
    """The line after a tab."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe('zsh', ['zsh', '-f', '-i'], {**os.environ, 'TERM': 'dumb', 'COLUMNS': '500'})
    functions = pathlib.Path(FOLDER) / 'zsh'
    functions.mkdir(exist_ok=True)
    shutil.copy(FOLDER / 'capan.zsh', functions / '_capan')

    def until(pattern, seconds=30):
        text, end = '', time.monotonic() + seconds
        while not re.search(pattern, text) and time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                text += os.read(terminal, 65536).decode(errors='replace')
        return text
    try:
        os.write(terminal, f"PROMPT='ready''> '; unsetopt zle_bracketed_paste; LISTMAX=10000; fpath=({functions} $fpath); "
                           "autoload -Uz compinit && compinit -u -D\n".encode())
        until('ready> ')
        os.write(terminal, line.encode() + b'\t')
        time.sleep(0.3)
        os.write(terminal, b'\x01print -r -- "<\x05>"\n')  # the line becomes a word that is printed
        text = until(r'\n<.*>')
        return re.search(r'\n<(.*)>', text)[1] if re.search(r'\n<(.*)>', text) else text
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


def commands():
    text = subprocess.run([CAPAN, '--help'], capture_output=True, text=True, check=True).stdout
    return re.findall(r'^  ([a-z]+) {2,}[A-Z]', text.split('Commands')[1], re.M)


def long_options():
    text = subprocess.run([CAPAN, '--help'], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r'--[a-z-]+', re.sub(r'(?m)^( +(-\w, )?--[a-z-]+).*', r'\1', text.split('Application')[1])))


class Bash(unittest.TestCase):
    def test_all_commands_and_options(self):
        self.assertEqual(set(in_bash('')) - {'FILES'}, {'help', *commands()})
        self.assertLessEqual(long_options(), set(in_bash('segments', '--')))

    def test_words_of_options(self):
        self.assertEqual(in_bash('--format', 'j'), ['json', 'junit'])
        self.assertEqual(in_bash('segments', '--time', ''), ['relative', 'utc', 'local', 'epoch', 'delta'])
        self.assertIn('unchanged-resent', in_bash('reduce', '--finding', 'unch'))
        self.assertIn('warn,retransmit-rto', in_bash('--fail-on', 'warn,retransmit-r'))
        self.assertEqual(in_bash('--keylog', ''), ['FILES'])

    def test_columns_of_the_command(self):
        self.assertEqual(in_bash('segments', '--columns', 'frame,tcp.ki'), ['frame,tcp.kind'])
        self.assertEqual(in_bash('exchanges', '--sort', '-dur'), ['-duration'])
        self.assertEqual(in_bash('connections', '--where', 'tcp.ki'), [])

    def test_help(self):
        self.assertIn('retransmit-rto', in_bash('help', 'retransmit-rt'))


@unittest.skipUnless(shutil.which('fish'), 'no fish')
class Fish(unittest.TestCase):
    def test_all_commands_and_options(self):
        self.assertLessEqual({'help', *commands()}, set(in_fish('')))
        self.assertLessEqual(long_options() - {'--help'}, set(in_fish('segments', '--')))

    def test_words_of_options(self):
        self.assertEqual(in_fish('segments', '--format', 'j'), ['json', 'junit'])
        self.assertLessEqual({'relative', 'utc', 'local', 'epoch', 'delta'}, set(in_fish('segments', '--time', '')))

    def test_columns_of_the_command(self):
        self.assertIn('tcp.kind', in_fish('segments', '--columns', 'tcp.ki'))
        self.assertIn('frame,tcp.kind', in_fish('segments', '--columns', 'frame,tcp.ki'))
        self.assertIn('--sort=-duration', in_fish('exchanges', '--sort=-dur'))

    def test_help(self):
        self.assertIn('retransmit-rto', in_fish('help', 'retransmit-rt'))


@unittest.skipUnless(shutil.which('zsh'), 'no zsh')
class Zsh(unittest.TestCase):
    def test_what_is_unique(self):
        for line, whole in (('capan exch', 'capan exchanges '), ('capan segments --form', 'capan segments --format'),
                            ('capan segments --format=nd', 'capan segments --format=ndjson '),
                            ('capan segments --time=rel', 'capan segments --time=relative '),
                            ('capan segments --columns=frame,tcp.ki', 'capan segments --columns=frame,tcp.kind'),
                            ('capan exchanges --sort=-dura', 'capan exchanges --sort=-duration'),
                            ('capan reduce --finding unchanged-resent-e', 'capan reduce --finding unchanged-resent-etag '),
                            ('capan help unchanged-resent-e', 'capan help unchanged-resent-etag ')):
            self.assertEqual(in_zsh(line).rstrip(), whole.rstrip())


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--capan', required=True)
    parser.add_argument('--folder', required=True)
    options, rest = parser.parse_known_args()
    CAPAN, FOLDER = str(pathlib.Path(options.capan).resolve()), pathlib.Path(options.folder).resolve()
    unittest.main(argv=[sys.argv[0], *rest])
