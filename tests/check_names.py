# SPDX-License-Identifier: MIT
"""Each name that the static library gives to a linker begins with capan_: hidden ones too, since an archive hides none.
The shared library exports what the public headers declare, and nothing else.

usage: check_names.py --nm PROGRAM --library FILE [--shared FILE --headers FOLDER]
"""
import argparse
import pathlib
import re
import subprocess
import sys

DECLARED = re.compile(r'\bCAPAN_API\b[^;(]*?(\w+)\s*(?=\(|\[|;)', re.S)


def external_names(nm, library):
    """[(name, object file)] of what is defined and not local; names that begin with __ are the compiler's own."""
    listed = subprocess.run([nm, '-A', '-g', '--defined-only', library], check=True, capture_output=True, text=True).stdout
    for line in listed.splitlines():
        where, _, name = line.rpartition(' ')
        if not name.startswith('__'):
            yield name, where.split(':')[1]


def exported_names(nm, library):
    listed = subprocess.run([nm, '-D', '--defined-only', library], check=True, capture_output=True, text=True).stdout
    return {line.split()[-1].partition('@')[0] for line in listed.splitlines()}


def declared_names(headers):
    texts = (re.sub(r'#define.*', '', path.read_text(encoding='utf-8')) for path in headers.glob('*.h'))
    return {name for text in texts for name in DECLARED.findall(text)}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--library', required=True)
    arguments.add_argument('--nm', required=True)
    arguments.add_argument('--shared')
    arguments.add_argument('--headers', type=pathlib.Path)
    options = arguments.parse_args()
    names = list(external_names(options.nm, options.library))
    wrong = [f'{file}: {name}' for name, file in names if not name.startswith('capan_')]
    if options.shared:
        exported, declared = exported_names(options.nm, options.shared), declared_names(options.headers)
        wrong += [f'exported, in no header: {name}' for name in sorted(exported - declared)]
        wrong += [f'in a header, not exported: {name}' for name in sorted(declared - exported)]
        wrong += [] if declared else ['no header declares a name']
    print('\n'.join(wrong) or f'{len(names)} external names in order')
    return bool(wrong or not names)


if __name__ == '__main__':
    sys.exit(main())
