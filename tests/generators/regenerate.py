# SPDX-License-Identifier: MIT
"""Every capture of pcaps/ comes out of its generator octet for octet, and has its line in pcaps/README.md."""
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
PCAPS = HERE.parents[1] / 'pcaps'
WRITES = re.compile(r"^if __name__ == '__main__':\n    write_all\(", re.M)


def captures_below(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob('*.pcap*'))}


def main():
    with tempfile.TemporaryDirectory() as folder:
        for script in sorted(HERE.glob('*.py')):
            if WRITES.search(script.read_text(encoding='utf-8')):
                subprocess.run([sys.executable, str(script), folder], check=True)
        made = captures_below(pathlib.Path(folder))
    kept = captures_below(PCAPS)
    recorded = set(re.findall(r'^\| `([^`]+)` .*\| recorded', (PCAPS / 'README.md').read_text(encoding='utf-8'), re.M))
    told = set(re.findall(r'^\| `([^`]+\.pcap[\w.]*)` ', (PCAPS / 'README.md').read_text(encoding='utf-8'), re.M))
    wrong = ['differs from what its generator makes: ' + name for name in made if kept.get(name) != made[name]]
    wrong += ['made by no generator: ' + name for name in kept if name not in made and name not in recorded]
    wrong += ['no line in pcaps/README.md: ' + name for name in kept if name not in told]
    wrong += ['no such capture: ' + name for name in told if name not in kept]
    print('\n'.join(wrong) or '%d captures as their generators make them' % len(made))
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
