# SPDX-License-Identifier: MIT
"""Do two builds say the same? Each command in each format, and each field and tree of the plugin, over all captures at hand.

    python3 tests/compare/compare.py OLD NEW [CAPTURE...] [--only program|plugin] [--nth N] [--cost CAPTURE]

OLD and NEW are build folders (presets dev or release) of two states of the project. Prints what differs with its first
differing line, and ends with status 1 where anything does. `--nth N` takes every N-th capture: for a quick look.
`--cost CAPTURE` compares CPU times instead: both builds in turn, five runs each, as the ratio of their medians.
"""
import argparse
import concurrent.futures
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / 'plugin'))
import wireshark  # noqa: E402

ROW_COMMANDS = ('segments', 'connections', 'exchanges', 'pages', 'findings')
FORMATS = ('text', 'csv', 'json', 'ndjson')
MAY_TAKE = 300
RUNS = 5


def program_runs():
    """(name, words) of every way to ask the program about a capture; the capture comes last."""
    for command in ROW_COMMANDS:
        for form in FORMATS:
            yield f'{command} {form}', [command, '--format', form]
    for words in (['summary'], ['explain'], ['har'], ['report'], ['exchanges', '--shared-cache', '--format', 'ndjson'],
                  ['segments', '--no-http', '--format', 'ndjson'], ['explain', '--frame', '5'], ['explain', '--frame', '12'],
                  ['segments', '--where', 'len>0'], ['findings', '--color', 'always']):
        yield ' '.join(words), words


class Program:
    def __init__(self, build):
        self.path = pathlib.Path(build).resolve() / 'core/cli/capan'

    def ask(self, words, capture):
        run = subprocess.run([self.path, *words, capture], capture_output=True, timeout=MAY_TAKE)
        return run.stdout + b'\nstatus %d\n' % run.returncode + run.stderr

    def objects(self, capture):
        """Names, sizes and octets of what `capan objects` writes."""
        with tempfile.TemporaryDirectory() as folder:
            said = self.ask(['objects', '-o', folder + '/out'], capture).replace(folder.encode(), b'FOLDER')
            for path in sorted(pathlib.Path(folder).rglob('*')):
                if path.is_file():
                    said += b'\n' + str(path.relative_to(folder)).encode() + b'\n' + path.read_bytes()
            return said


class Plugin:
    """tshark with the plugin of one build."""

    def __init__(self, build):
        found = sorted(pathlib.Path(build).resolve().glob('plugin/wireshark/*/epan/capan.so'))
        if not found:
            sys.exit(f'{build} has no plugin')
        self.home = wireshark.Wireshark(plugin=False)
        self.home.install(found[-1])
        lines = self.home.tshark('-G', 'fields').splitlines()
        self.registered = '\n'.join(sorted(line for line in lines if '\tcapan' in line))
        self.fields = [line.split('\t')[2] for line in self.registered.splitlines() if line.startswith('F\t')]

    def values(self, capture, *options):
        words = [word for field in self.fields for word in ('-e', field)]
        run = self.home.command('tshark', '-n', '-r', self.home.readable(capture), *options, '-T', 'fields', *words)
        return run.stdout + b'\nstatus %d' % run.returncode

    def tree(self, capture):
        run = self.home.command('tshark', '-n', '-2', '-r', self.home.readable(capture), '-O', 'capan', '-V')
        keep, lines = False, []
        for line in run.stdout.splitlines():
            if line.startswith(b'Frame '):
                lines.append(line.split(b':')[0])
            if line and not line.startswith(b' '):
                keep = line.startswith((b'capan', b'[capan'))
            if keep:
                lines.append(line)
        return b'\n'.join(lines)


def first_difference(old, new):
    olds, news = old.split(b'\n'), new.split(b'\n')
    for number, (a, b) in enumerate(zip(olds, news), 1):
        if a != b:
            return f'line {number}\n    old {a[:300]!r}\n    new {b[:300]!r}'
    return f'{len(olds)} lines, now {len(news)}'


def compare_program(pair, capture):
    for name, words in program_runs():
        said = [program.ask(words, capture) for program in pair]
        if said[0] != said[1]:
            yield f'capan {name} {capture}: {first_difference(*said)}'
    said = [program.objects(capture) for program in pair]
    if said[0] != said[1]:
        yield f'capan objects {capture}: {first_difference(*said)}'


def compare_plugin(pair, capture):
    for name, ask in (('fields', lambda p: p.values(capture)), ('fields -2', lambda p: p.values(capture, '-2')),
                      ('tree', lambda p: p.tree(capture))):
        said = [ask(plugin) for plugin in pair]
        if said[0] != said[1]:
            yield f'tshark {name} {capture}: {first_difference(*said)}'


def compare(args):
    work = []
    if args.only != 'plugin':
        programs = [Program(args.old), Program(args.new)]
        work.append(lambda capture: list(compare_program(programs, capture)))
    wrong = 0
    if args.only != 'program':
        plugins = [Plugin(args.old), Plugin(args.new)]
        if plugins[0].registered != plugins[1].registered:
            wrong += 1
            print('registered fields: ' + first_difference(*(p.registered.encode() for p in plugins)))
        work.append(lambda capture: list(compare_plugin(plugins, capture)))
    captures = args.captures or list(wireshark.all_captures())[::args.nth]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for differences in pool.map(lambda capture: [line for do in work for line in do(capture)], captures):
            for line in differences:
                wrong += 1
                print(line, flush=True)
    print(f'{len(captures)} captures, {wrong} differences')
    return wrong > 0


def cpu_seconds(words):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_turn(name, runs):
    """Ratio of the medians of the second to the first."""
    times = [[], []]
    for _ in range(RUNS):
        for which, run in enumerate(runs):
            times[which].append(run())
    medians = [statistics.median(taken) for taken in times]
    print(f'{name}: {medians[0]:.3f} s, now {medians[1]:.3f} s: {medians[1] / medians[0]:.3f} times')


def cost(args):
    programs = [Program(args.old), Program(args.new)]
    for command in ('exchanges', 'segments', 'connections'):
        in_turn(f'capan {command}', [lambda p=p: cpu_seconds([p.path, command, args.cost]) for p in programs])
    plugins = [Plugin(args.old), Plugin(args.new)]

    def tshark(plugin):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        plugin.home.command('tshark', '-n', '-r', plugin.home.readable(pathlib.Path(args.cost)))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    in_turn('tshark -r with the plugin', [lambda p=p: tshark(p) for p in plugins])
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('old')
    parser.add_argument('new')
    parser.add_argument('captures', nargs='*', type=pathlib.Path)
    parser.add_argument('--only', choices=('program', 'plugin'))
    parser.add_argument('--nth', type=int, default=1)
    parser.add_argument('--cost', metavar='CAPTURE')
    args = parser.parse_args()
    return cost(args) if args.cost else compare(args)


if __name__ == '__main__':
    sys.exit(main())
