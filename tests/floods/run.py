# SPDX-License-Identifier: MIT
"""What one run of capan took: user CPU seconds, peak RSS, and what it said."""
import os
import resource
import subprocess

COMMANDS = {
    'summary': (), 'segments': ('--format', 'ndjson'), 'connections': ('--format', 'ndjson'),
    'exchanges': ('--format', 'ndjson'), 'pages': ('--format', 'ndjson'), 'findings': ('--format', 'ndjson'),
    'findings --by place': ('--format', 'ndjson', '--by', 'place'), 'explain': (),
    'explain --format ndjson': ('--format', 'ndjson'), 'har': (), 'objects': ('--output-limit', '64'), 'plot': ('--stream', '0'), 'report': (), 'whatif': (),
    'whatif --by change': ('--by', 'change'), 'etags': (), 'stitch': (), 'diff': (), 'reduce': ('--finding', 'mss-only'), 'prove': (),
}
LIMIT_S = 120
MEMORY_USUAL = 256  # MiB, where --memory is not given


class Ran:
    """status: as a shell has it. seconds: of user CPU; mb: peak RSS; told: what came on standard error."""

    def __init__(self, words, output):
        with open(output, 'wb') as out:
            process = subprocess.Popen(words, stdout=out, stderr=subprocess.PIPE, preexec_fn=limit)
            self.told = process.stderr.read().decode(errors='replace')
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.status, self.seconds, self.mb = process.returncode, usage.ru_utime, usage.ru_maxrss / 1024


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_S, LIMIT_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 30, 8 << 30))


def command(capan, name, capture, folder, memory=None):
    """The words of one command; the commands of two captures have the same one twice, prove has no proofs."""
    words = [capan, name.split()[0], *COMMANDS[name], *(('--memory', str(memory)) if memory else ())]
    if name == 'objects':
        words += ['-o', str(folder / 'objects')]
    if name == 'prove':
        (folder / 'proofs').write_bytes(b'')
        words.append(str(folder / 'proofs'))
    words.append(str(capture))
    if name in ('stitch', 'diff'):
        words.append(str(capture))
    if name == 'reduce':
        words.append(str(folder / 'reduced.pcapng'))
    return words


def may_take(memory):
    """MB of peak RSS."""
    return 1.25 * (memory or MEMORY_USUAL) + 16
