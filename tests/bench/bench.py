# SPDX-License-Identifier: MIT
"""What capan costs: four kinds of capture through the yardstick, the program, and the other tools that are installed.

The kinds: web traffic that is kept alive, many short connections, bulk transfer, and a flood of SYNs; --full makes them
of the size that the README's figures are of. Each command runs five times, in turn, so that a busy spell of the machine
meets all of them. Printed are medians: CPU time (user and system) and the clock's, CPU time per packet and as a ratio to
the yardstick, the highest memory, and for capan what the whole capture takes of the half one. tshark sees only the first
--packets packets; its ratio is per packet. Instructions are counted by callgrind between 500 and 2,500 packets, so that
starting tshark does not count.
"""
import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

NOBODY = 65534
THREADS = 3  # there is no work for more
FIELDS = [*'frame.number tcp.stream tcp.seq tcp.ack tcp.len tcp.analysis.flags tcp.analysis.acks_frame'.split(),
          *'tcp.analysis.ack_rtt tcp.analysis.bytes_in_flight tcp.analysis.retransmission'.split(),
          *'tcp.analysis.fast_retransmission tcp.analysis.duplicate_ack_num http.request.method'.split(),
          *'http.request.full_uri http.response.code http.request_in http.last_modified http.cache_control'.split()]

# kind: the generator's size (megabytes, connections, packets, packets), in short and in full
KINDS = {'web': (100, 1000), 'many': (30_000, 300_000), 'bulk': (100_000, 850_000), 'flood': (200_000, 2_000_000)}

# Those that are installed; {} is the capture.
OTHERS = {'argus': 'argus -r {} -w /dev/null', 'httpry': 'httpry -r {} -o /dev/null', 'tcptrace': 'tcptrace -n -l {}'}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--build', type=pathlib.Path, required=True, help='the build folder')
    parser.add_argument('--full', action='store_true', help='captures of full size')
    parser.add_argument('--kinds', nargs='*', default=list(KINDS), choices=list(KINDS))
    parser.add_argument('--packets', type=int, default=100_000, help='packets that tshark reads')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--skip', nargs='*', default=[], choices=['speed', 'tshark', 'instructions'])
    return parser.parse_args()


def as_nobody():
    """tshark loads no plugin of a personal folder as root."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


class Run:
    """What one run of a command took: CPU seconds, seconds by the clock, and the most memory in MiB."""

    def __init__(self, command, home=None):
        environment = dict(os.environ, HOME=str(home), XDG_CONFIG_HOME=str(home)) if home else None
        begun = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=environment,
                                   preexec_fn=as_nobody if home else None)
        _, status, usage = os.wait4(process.pid, 0)
        self.clock = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        self.fine = process.returncode == 0
        self.seconds = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024


class Place:
    """The programs and captures; and the homes for tshark, one with the plugin."""

    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.captures = build / 'bench'
        self.captures.mkdir(exist_ok=True)
        self.capan = build / 'core/cli/capan'
        self.homes = {'without': folder / 'without', 'with': folder / 'with'}
        for home in self.homes.values():
            (home / '.local/lib/wireshark').mkdir(parents=True)
        if (build / 'plugin/wireshark').is_dir():
            shutil.copytree(build / 'plugin/wireshark', self.homes['with'] / '.local/lib/wireshark/plugins')
        subprocess.run(['chmod', '-R', 'a+rX', folder], check=True)

    def tool(self, name):
        return self.build / 'tests/bench' / name

    def capture(self, kind, size):
        """Made once."""
        path = self.captures / ('%s-%d.pcap' % (kind, size))
        if not path.exists():
            making = path.with_suffix('.making')
            subprocess.run([self.tool('make_' + kind), making, str(size)], check=True)
            making.rename(path)
        return path

    def first_packets(self, capture, count):
        """Where tshark, as another user, can read it."""
        path = self.folder / ('first-%d.pcap' % count)
        subprocess.run(['editcap', '-F', 'pcap', '-r', capture, path, '1-%d' % count], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path.chmod(0o644)
        return path


def packets_of(place, capture):
    counted = subprocess.run([place.tool('count'), capture], check=True, capture_output=True, text=True).stdout
    return int(counted.split()[0])


def in_turn(commands, rounds):
    """{name: its runs}; one that fails is left out."""
    runs = {name: [] for name in commands}
    for _ in range(rounds):
        for name in list(runs):
            run = Run(*commands[name])
            if run.fine:
                runs[name].append(run)
            else:
                print('%s: it fails' % name, file=sys.stderr)
                del runs[name]
    return runs


def median(runs, what):
    return statistics.median(getattr(run, what) for run in runs)


def growth(place, whole, half, threads):
    """What the whole capture takes of the half one: CPU time and memory."""
    both = [[Run([place.capan, 'exchanges', '--threads', threads, capture]) for _ in range(3)] for capture in (half, whole)]
    return [min(getattr(run, what) for run in both[1]) / min(getattr(run, what) for run in both[0])
            for what in ('seconds', 'memory')]


def speed(place, options):
    for kind in options.kinds:
        size = KINDS[kind][options.full]
        whole, half = place.capture(kind, size), place.capture(kind, size // 2)
        packets = packets_of(place, whole)
        commands = {'libpcap count loop': ([place.tool('count'), whole],)}
        for threads in range(1, THREADS + 1):
            commands['capan exchanges --threads %d' % threads] = (
                [place.capan, 'exchanges', '--format', 'ndjson', '--threads', threads, whole],)
        for name, command in OTHERS.items():
            if shutil.which(name):
                commands[command.format('FILE')] = ([word.format(whole) for word in command.split()],)
        runs = in_turn(commands, options.rounds)
        grown = {threads: growth(place, whole, half, threads) for threads in (1, THREADS)}
        print('\n%s: %.0f MB, %d packets. Medians of %d runs.\n' % (kind, whole.stat().st_size / 1e6, packets, options.rounds))
        print('| command | CPU s | clock s | us per packet | to the count loop | peak MiB | half to whole |')
        print('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
        yardstick = median(runs['libpcap count loop'], 'seconds')
        for name, its in runs.items():
            seconds, threads = median(its, 'seconds'), name.rpartition(' --threads ')[2]
            times = 'time %.2f, memory %.2f' % tuple(grown[int(threads)]) if threads.isdigit() and int(threads) in grown else ''
            print('| %s | %.3f | %.3f | %.2f | %.1f | %.0f | %s |' % (
                name, seconds, median(its, 'clock'), seconds / packets * 1e6, seconds / yardstick,
                max(run.memory for run in its), times))


def tshark(place, options):
    """The first packets of the web capture, with the plugin and without."""
    if not shutil.which('tshark'):
        print('\ntshark is not installed')
        return
    part = place.first_packets(place.capture('web', KINDS['web'][options.full]), options.packets)
    packets = packets_of(place, part)
    fields = [word for field in FIELDS for word in ('-e', field)]
    plain = ['tshark', '-n', '-r', part]
    commands = {'libpcap count loop': ([place.tool('count'), part],),
                'tshark -T fields, tcp.analysis and http': ([*plain, '-T', 'fields', *fields], place.homes['without']),
                'tshark -r': (plain, place.homes['without']),
                'tshark -r with the plugin': (plain, place.homes['with'])}
    runs = in_turn(commands, options.rounds)
    yardstick = median(runs['libpcap count loop'], 'seconds')
    print('\nweb, the first %d packets. Medians of %d runs.\n' % (packets, options.rounds))
    print('| command | CPU s | us per packet | to the count loop | peak MiB |')
    print('| --- | ---: | ---: | ---: | ---: |')
    for name, its in runs.items():
        seconds = median(its, 'seconds')
        print('| %s | %.3f | %.2f | %.1f | %.0f |' % (name, seconds, seconds / packets * 1e6, seconds / yardstick,
                                                      max(run.memory for run in its)))


def instructions_of(command, home):
    log = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', *map(str, command)],
                         env=dict(os.environ, HOME=str(home), XDG_CONFIG_HOME=str(home)), preexec_fn=as_nobody,
                         check=True, capture_output=True, text=True).stderr
    return int(re.search(r'Collected : (\d+)', log).group(1))


def instructions(place, options):
    if not shutil.which('valgrind'):
        print('\nvalgrind is not installed: no instruction counts')
        return
    whole = place.capture('web', KINDS['web'][options.full])
    few, many = place.first_packets(whole, 500), place.first_packets(whole, 2500)
    each = {}
    for name, home in place.homes.items():
        each[name] = (instructions_of(['tshark', '-n', '-r', many], home)
                      - instructions_of(['tshark', '-n', '-r', few], home)) / 2000
    print('\ntshark -r, instructions per packet: %.0f without the plugin, %.0f with it: %.2f times' % (
        each['without'], each['with'], each['with'] / each['without']))


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(options.build.resolve(), pathlib.Path(folder))
        for name, measure in (('speed', speed), ('tshark', tshark), ('instructions', instructions)):
            if name not in options.skip:
                measure(place, options)


if __name__ == '__main__':
    main()
