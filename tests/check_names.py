# SPDX-License-Identifier: MIT
"""Each name that the static library gives to a linker begins with capan_: hidden ones too, since an archive hides none.

usage: check_names.py --library FILE --nm PROGRAM
"""
import argparse
import subprocess
import sys


def external_names(nm, library):
    """[(name, object file)] of what is defined and not local; names that begin with __ are the compiler's own."""
    listed = subprocess.run([nm, '-A', '-g', '--defined-only', library], check=True, capture_output=True, text=True).stdout
    for line in listed.splitlines():
        where, _, name = line.rpartition(' ')
        if not name.startswith('__'):
            yield name, where.split(':')[1]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--library', required=True)
    arguments.add_argument('--nm', required=True)
    options = arguments.parse_args()
    names = list(external_names(options.nm, options.library))
    wrong = [f'{file}: {name}' for name, file in names if not name.startswith('capan_')]
    print('\n'.join(wrong) or f'{len(names)} external names in order')
    return bool(wrong or not names)


if __name__ == '__main__':
    sys.exit(main())
