# SPDX-License-Identifier: MIT
"""Every C and C++ file as .clang-format has it. Ends with status 77 where clang-format of the version that the tree is
kept with is not installed: versions differ in what they make of one file.
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
MAJOR, SKIP = '14', 77
FOLDERS = ('core', 'plugin', 'tests')


def program():
    """The clang-format of that version; None when there is none."""
    for name in (f'clang-format-{MAJOR}', 'clang-format'):
        path = shutil.which(name)
        said = subprocess.run([path, '--version'], capture_output=True, text=True).stdout if path else ''
        if re.search(rf'version {MAJOR}\.', said):
            return path
    return None


def main():
    formatter = program()
    if not formatter:
        print(f'no clang-format {MAJOR} (Debian 12: clang-format): not checked')
        return SKIP
    files = sorted(str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob('*')
                   if path.suffix in ('.c', '.h', '.cpp'))
    checked = subprocess.run([formatter, '--dry-run', '-Werror', *files], cwd=ROOT, capture_output=True, text=True)
    wrong = sorted(set(re.findall(r'^(\S+?):\d+:\d+: error', checked.stderr, re.M)))
    print('\n'.join(f'{file}: not as .clang-format has it: run {formatter} -i on it' for file in wrong)
          or f'{len(files)} files in order')
    return bool(wrong or checked.returncode)


if __name__ == '__main__':
    sys.exit(main())
