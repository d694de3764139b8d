# SPDX-License-Identifier: MIT
"""Each segment script as a capture file: the program says of it what the engine said of the packets in memory.

check_captures.py CAPAN SEG2PCAP RUN_SCRIPTS SCRIPT...
"""
import json
import pathlib
import subprocess
import sys
import tempfile


def from_memory(run_scripts, script):
    lines = subprocess.run([run_scripts, '--verdicts', script], check=True, capture_output=True, text=True).stdout.splitlines()
    return {int(words[0]): words[1:] for words in map(str.split, lines)}


def from_capture(capan, capture):
    rows = subprocess.run([capan, 'segments', '--format', 'ndjson', capture], check=True, capture_output=True, text=True).stdout
    verdicts = {}
    for row in map(json.loads, rows.splitlines()):
        tcp = row['tcp']
        verdicts[row['frame']] = [tcp['kind'], tcp['client']['state'], tcp['server']['state'], *tcp.get('flags', [])]
    return verdicts


def differences(capan, seg2pcap, run_scripts, script, folder):
    capture = folder / (pathlib.Path(script).stem + '.pcap')
    subprocess.run([seg2pcap, script, capture], check=True)
    wanted, found = from_memory(run_scripts, script), from_capture(capan, capture)
    for frame in sorted(wanted.keys() | found.keys()):
        if wanted.get(frame) != found.get(frame):
            yield '%s: frame %d: %s in memory, %s in a file' % (script, frame, wanted.get(frame), found.get(frame))


def main(capan, seg2pcap, run_scripts, *scripts):
    with tempfile.TemporaryDirectory() as folder:
        failures = [line for script in scripts for line in differences(capan, seg2pcap, run_scripts, script, pathlib.Path(folder))]
    print(*failures, sep='\n')
    return bool(failures) or not scripts


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
