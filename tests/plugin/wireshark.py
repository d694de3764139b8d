# SPDX-License-Identifier: MIT
"""Runs the program and Wireshark's tools with the plugin under test, which is told by the environment:
CAPAN_PLUGIN (capan.so in .../wireshark/MAJOR.MINOR/epan/), CAPAN_PROGRAM (capan), CAPAN_REFERENCE (what writes the
table of columns), CAPAN_PRELOAD (the sanitizers' library), CAPAN_NTH
(take every n-th capture only)."""
import concurrent.futures
import gzip
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / 'shared'
NOBODY = 65534
MAY_TAKE = 300  # seconds for one run
# tshark's exit status when it read what could be read: all; or a file that is damaged or cut short (2, since 4.6 13 or 14).
READ = (0, 2, 13, 14)
QUIC = 'h3.pcapng'  # the plugin's alone, with a test of its own


def all_captures():
    for folder in (ROOT / 'pcaps', ROOT / 'tests', SHARED / 'corpus' / 'captures', SHARED / 'http-truth', SHARED / 'tcp-truth'):
        for path in sorted(folder.rglob('*')):
            if path.name.endswith(('.pcap', '.pcapng', '.cap', '.pcap.gz')) and path.name != QUIC:
                yield path


def captures():
    """The captures at hand, ours and those given beside the project; every CAPAN_NTH of them when that is set."""
    return itertools.islice(all_captures(), 0, None, int(os.environ.get('CAPAN_NTH', '1')))


def core_list(header, name):
    """[(token, severity, source)] of an X-macro list of the core's headers; '' for what the list does not have."""
    text = re.sub(r'\s*\\\n\s*', ' ', (ROOT / 'core/include/capan' / header).read_text())
    body = re.search(rf'#define CAPAN_{name}\(X\)(.*)', text).group(1)
    return re.findall(r'X\(\w+, "([^"]+)"(?:, ([A-Z]+)(?:, [A-Z_]+){0,2}, "([^"]*)")?', body)


def columns():
    """The core's table of columns (capan/rows.h); those that Wireshark has with their 'field'."""
    text = subprocess.run([os.environ['CAPAN_REFERENCE'], 'columns'], capture_output=True, check=True).stdout
    return [json.loads(line) for line in text.splitlines()]


def side_by_side(work, items):
    """[(item, work(item) or the exception it raised)], as many at a time as there are processors."""
    def attempt(item):
        try:
            return item, work(item)
        except Exception as failure:
            return item, failure

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(attempt, items))


class Wireshark:
    """A private home with the plugin in it (or without), and the runs in it."""

    def __init__(self, plugin=True):
        self.folder = tempfile.TemporaryDirectory()
        self.home = pathlib.Path(self.folder.name)
        self.home.chmod(0o755)
        if plugin:
            self.install(pathlib.Path(os.environ['CAPAN_PLUGIN']))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def install(self, plugin):
        version = plugin.parents[1].name
        target = self.home / '.local/lib/wireshark/plugins' / version / 'epan'
        target.mkdir(parents=True)
        shutil.copy(plugin, target / plugin.name)

    def writable(self):
        """A folder that a user without rights may write to."""
        folder = self.home / 'config'
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
        return folder

    def readable(self, capture):
        """The capture where a user without rights may read it, unpacked."""
        copy = self.home / f'capture-{threading.get_ident()}'
        if capture.suffix == '.gz':
            copy.write_bytes(gzip.decompress(capture.read_bytes()))
        else:
            shutil.copyfile(capture, copy)
        copy.chmod(0o644)
        return str(copy)

    def command(self, *words, preload=True, watch={}, given=None):
        """watch: further environment, where the sanitizers' library is loaded. given: octets on its standard input."""
        environment = {'HOME': str(self.home), 'XDG_CONFIG_HOME': str(self.home / 'config'), 'PATH': os.environ['PATH'],
                       'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'COLORTERM': 'truecolor',
                       # Capture helpers have nothing to do here, and hang at times under the sanitizers' library.
                       'WIRESHARK_EXTCAP_DIR': str(self.home / 'no-extcap')}
        if preload and os.environ.get('CAPAN_PRELOAD'):
            environment |= {'LD_PRELOAD': os.environ['CAPAN_PRELOAD'], 'ASAN_OPTIONS': 'detect_leaks=0',
                            'UBSAN_OPTIONS': 'print_stacktrace=1'} | watch
        as_nobody = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []} if os.geteuid() == 0 else {}
        return subprocess.run([str(word) for word in words], env=environment, cwd='/', input=given, capture_output=True,
                              timeout=MAY_TAKE, **as_nobody)

    def tshark(self, *words, status=(0,)):
        """What it printed."""
        run = self.command('tshark', *words)
        if run.returncode not in status:
            raise AssertionError(f'tshark {" ".join(map(str, words))}: {run.returncode}\n{run.stderr.decode(errors="replace")}')
        return run.stdout.decode(errors='replace')

    def fields(self, capture, fields, *options):
        """{frame: {field: [values]}} of the frames that tshark shows."""
        words = [word for field in ('frame.number', *fields) for word in ('-e', field)]
        text = self.tshark('-n', '-r', capture, *options, '-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=\x1f', *words,
                           status=READ)
        frames = {}
        for line in text.splitlines():
            number, *values = line.split('\t')
            frames[int(number)] = {field: value.split('\x1f') if value else [] for field, value in zip(fields, values)}
        return frames


def run_program(command, form, capture):
    run = subprocess.run([os.environ['CAPAN_PROGRAM'], command, '--format', form, str(capture)], capture_output=True,
                         timeout=MAY_TAKE, env=os.environ | {'ASAN_OPTIONS': 'detect_leaks=0'})
    if run.returncode not in (0, 3):
        raise AssertionError(f'capan {command} {capture}: {run.returncode}\n{run.stderr.decode(errors="replace")}')
    return run.stdout.decode().splitlines()


def program(command, capture):
    """The rows of one of the program's commands."""
    return [json.loads(line) for line in run_program(command, 'ndjson', capture)]
