# SPDX-License-Identifier: MIT
"""What capan costs: a large web capture through the yardstick, the program, and tshark with and without the plugin.

Each command runs five times, in turn, so that a busy spell of the machine meets all of them. Printed are medians of CPU
time (user and system), per packet and as a ratio to the yardstick, and the highest memory. tshark sees only the first
--packets packets, with the yardstick beside it on those; its ratio is per packet. Instructions are counted by
callgrind between 500 and 2,500 packets, so that starting tshark does not count.
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

NOBODY = 65534
FIELDS = ['frame.number', 'tcp.stream', 'tcp.seq', 'tcp.ack', 'tcp.len', 'tcp.analysis.flags', 'tcp.analysis.acks_frame',
          'tcp.analysis.ack_rtt', 'tcp.analysis.bytes_in_flight', 'tcp.analysis.retransmission',
          'tcp.analysis.fast_retransmission', 'tcp.analysis.duplicate_ack_num', 'http.request.method',
          'http.request.full_uri', 'http.response.code', 'http.request_in', 'http.last_modified', 'http.cache_control']


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--build', type=pathlib.Path, required=True, help='the build folder')
    parser.add_argument('--megabytes', type=int, default=250, help='size of the capture')
    parser.add_argument('--packets', type=int, default=100_000, help='packets that tshark reads')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--skip', nargs='*', default=[], choices=['speed', 'instructions', 'limits'])
    return parser.parse_args()


def as_nobody():
    """tshark loads no plugin of a personal folder as root."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


class Run:
    """What one run of a command took: CPU seconds and the most memory in MiB."""

    def __init__(self, command, home=None):
        environment = dict(os.environ, HOME=str(home), XDG_CONFIG_HOME=str(home)) if home else None
        process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=environment,
                                   preexec_fn=as_nobody if home else None)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit('%s: exit status %d' % (command[0], process.returncode))
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
        shutil.copytree(build / 'plugin/wireshark', self.homes['with'] / '.local/lib/wireshark/plugins')
        subprocess.run(['chmod', '-R', 'a+rX', folder], check=True)

    def tool(self, name):
        return self.build / 'tests/bench' / name

    def capture(self, name, *words):
        """Made once."""
        path = self.captures / name
        if not path.exists():
            making = path.with_suffix('.making')
            generator = 'make_flood' if name.startswith('syn') else 'make_web'
            subprocess.run([self.tool(generator), making, *map(str, words)], check=True)
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


def speed(place, options):
    whole = place.capture('web-%d.pcap' % options.megabytes, options.megabytes)
    part = place.first_packets(whole, options.packets)
    packets = {whole: packets_of(place, whole), part: packets_of(place, part)}
    fields = [word for field in FIELDS for word in ('-e', field)]
    commands = {
        'libpcap count loop': (whole, [place.tool('count'), whole], None),
        'capan exchanges': (whole, [place.capan, 'exchanges', whole], None),
        'capan segments': (whole, [place.capan, 'segments', whole], None),
        'tshark -T fields, tcp.analysis and http': (part, ['tshark', '-n', '-r', part, '-T', 'fields', *fields],
                                                    place.homes['without']),
        'tshark -r': (part, ['tshark', '-n', '-r', part], place.homes['without']),
        'tshark -r with the plugin': (part, ['tshark', '-n', '-r', part], place.homes['with']),
    }
    runs = {name: [] for name in commands}
    for _ in range(options.rounds):
        for name, (_, command, home) in commands.items():
            runs[name].append(Run(command, home))
    print('\n%s: %.0f MB, %d packets; tshark reads the first %d. Medians of %d runs, CPU time.\n' % (
        whole.name, whole.stat().st_size / 1e6, packets[whole], packets[part], options.rounds))
    print('| command | packets | CPU s | us per packet | to the count loop | peak MiB |')
    print('| --- | ---: | ---: | ---: | ---: | ---: |')
    yardstick = None
    for name, (capture, _, _) in commands.items():
        seconds = statistics.median(run.seconds for run in runs[name])
        each = seconds / packets[capture] * 1e6
        yardstick = yardstick or each
        print('| %s | %d | %.3f | %.2f | %.1f | %.0f |' % (name, packets[capture], seconds, each, each / yardstick,
                                                       max(run.memory for run in runs[name])))


def instructions_of(command, home):
    log = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', *map(str, command)],
                         env=dict(os.environ, HOME=str(home), XDG_CONFIG_HOME=str(home)), preexec_fn=as_nobody,
                         check=True, capture_output=True, text=True).stderr
    return int(re.search(r'Collected : (\d+)', log).group(1))


def instructions(place, options):
    if not shutil.which('valgrind'):
        print('\nvalgrind is not installed: no instruction counts')
        return
    whole = place.capture('web-%d.pcap' % options.megabytes, options.megabytes)
    few, many = place.first_packets(whole, 500), place.first_packets(whole, 2500)
    each = {}
    for name, home in place.homes.items():
        each[name] = (instructions_of(['tshark', '-n', '-r', many], home)
                      - instructions_of(['tshark', '-n', '-r', few], home)) / 2000
    print('\ntshark -r, instructions per packet: %.0f without the plugin, %.0f with it: %.2f times' % (
        each['without'], each['with'], each['with'] / each['without']))


def limits(place, options):
    """Memory of a flood, and time and memory when the input doubles."""
    print()
    for count in (500_000, 1_000_000, 2_000_000):
        run = Run([place.capan, 'segments', place.capture('syn-%d.pcap' % count, count)])
        print('capan segments, %d SYNs: %.2f s, %.0f MiB' % (count, run.seconds, run.memory))
    for words in ((), (100_000, 1000, 400)):
        runs = []
        for size in (options.megabytes, 2 * options.megabytes):
            capture = place.capture('web-%s.pcap' % '-'.join(map(str, (size, *words))), size, *words)
            runs.append(min((Run([place.capan, 'exchanges', capture]) for _ in range(3)), key=lambda run: run.seconds))
        print('capan exchanges, %s: %d MB %.2f s, %.0f MiB; %d MB %.2f s, %.0f MiB: %.2f times' % (
            '%d URLs, %d clients' % (words[0], words[1]) if words else '2000 URLs, 500 clients',
            options.megabytes, runs[0].seconds, runs[0].memory,
            2 * options.megabytes, runs[1].seconds, runs[1].memory, runs[1].seconds / runs[0].seconds))


def main():
    options = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        place = Place(options.build.resolve(), pathlib.Path(folder))
        for name, measure in (('speed', speed), ('instructions', instructions), ('limits', limits)):
            if name not in options.skip:
                measure(place, options)


if __name__ == '__main__':
    main()
