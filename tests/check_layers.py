# SPDX-License-Identifier: MIT
"""The include graph against the table of layers; each file's licence line; the public headers' C++ guards; no path of one
machine in any file."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

# What each layer may include besides itself. public: the layer whose words a header of core/include/capan holds.
MAY_INCLUDE = {
    'base': set(),
    'tcp': {'base'},
    'http': {'base'},
    'quic': {'base', 'tcp'},
    'judge': {'base', 'http'},
    'talk': {'base', 'tcp', 'http', 'quic', 'judge'},
    'engine': {'base', 'tcp', 'http', 'judge', 'talk'},
    'ledger': {'base', 'tcp', 'http', 'judge', 'talk', 'engine'},
    'whatif': {'base', 'http', 'judge'},
    'etags': {'base', 'http', 'judge'},
    'diff': {'base', 'tcp', 'http', 'judge', 'talk', 'engine'},
    'stitch': {'base', 'tcp', 'http', 'judge', 'talk', 'engine'},
    'prove': {'base', 'tcp', 'http', 'judge'},
    'reduce': {'base', 'tcp', 'http', 'judge', 'talk', 'engine'},
    'places': {'base', 'tcp', 'http', 'judge', 'talk', 'engine'},
    'audit': {'base', 'tcp', 'http', 'judge', 'talk', 'engine'},
    'capture': {'base'},
    'split': {'base', 'tcp', 'http', 'judge', 'talk', 'engine', 'capture'},
    'hpack': {'base', 'http'},
    'qpack': {'base', 'http'},
    'tls': {'base', 'talk'},
    'database': {'base', 'report'},
    'report': {'base', 'tcp', 'http', 'judge', 'talk', 'engine', 'whatif', 'etags', 'stitch', 'diff', 'prove', 'places', 'audit'},
    'cli': {'base', 'tcp', 'http', 'judge', 'talk', 'engine', 'ledger', 'capture', 'tls', 'hpack', 'qpack', 'whatif', 'etags', 'stitch', 'diff', 'prove', 'places', 'reduce', 'audit', 'report', 'database', 'split'},
    'plugin': set(),
}
PUBLIC = {
    'base.h': 'base', 'json.h': 'base', 'packet.h': 'base', 'nearest.h': 'base', 'carriers.h': 'base', 'profile.h': 'base',
    'tcp.h': 'tcp', 'icmp.h': 'tcp', 'statistics.h': 'tcp',
    'http.h': 'http',
    'exchange.h': 'judge', 'verdicts.h': 'judge', 'sentence.h': 'judge', 'rules.h': 'tcp',
    'talk.h': 'talk',
    'analysis.h': 'engine',
    'ledger.h': 'ledger',
    'whatif.h': 'whatif',
    'etags.h': 'etags',
    'prove.h': 'prove',
    'stitch.h': 'stitch',
    'diff.h': 'diff',
    'places.h': 'places',
    'reduce.h': 'reduce',
    'audit.h': 'audit',
    'capture.h': 'capture',
    'split.h': 'split',
    'tls.h': 'tls',
    'hpack.h': 'hpack',
    'qpack.h': 'qpack',
    'database.h': 'database',
    'rows.h': 'report', 'report.h': 'report', 'layout.h': 'report', 'extract.h': 'report',
    'capan.h': 'cli',
}
GENERATED = {('cli', 'commit.h')}  # by the build, in its folder
LIBC_ALONE = {'base', 'tcp', 'http', 'quic', 'judge', 'talk', 'engine', 'ledger', 'whatif', 'etags', 'stitch', 'diff', 'prove', 'places', 'reduce', 'audit', 'report'}
LIBC = {'assert.h', 'ctype.h', 'errno.h', 'inttypes.h', 'limits.h', 'stdalign.h', 'stdarg.h', 'stdbool.h', 'stddef.h',
        'stdint.h', 'stdio.h', 'stdlib.h', 'stdnoreturn.h', 'string.h', 'time.h'}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
MACHINE_PATH = re.compile(r'(?<![\w.}/$-])/(?:work|root|home)/[\w.-]+|/tmp/b-\w+')
LICENSED = {'.c', '.h', '.cpp', '.py', '.sh', '.cmake', '.seg'}
SKIPPED = re.compile(r'^(\.git|build[^/]*)(/|$)|/__pycache__/')


def files():
    for path in sorted(ROOT.rglob('*')):
        name = path.relative_to(ROOT).as_posix()
        if path.is_file() and not SKIPPED.search(name):
            yield name, path


def layer_of(name):
    parts = name.split('/')
    if name.startswith('core/include/capan/'):
        return PUBLIC.get(parts[-1], 'unknown')
    return parts[1] if parts[0] == 'core' else parts[0]


def public_allowed(layer, included):
    if layer == 'plugin':
        return True
    owner = PUBLIC.get(included)
    return owner == layer or owner in MAY_INCLUDE[layer]


def internal_allowed(name, layer, included):
    """A bare name is found beside its file, elsewhere in its layer, or in a layer that the table names; what fuzz targets
    share, in tests/fuzz."""
    if name.startswith('core/include/'):
        return public_allowed(layer, included)
    if (ROOT / name).with_name(included).exists():
        return True
    if '/fuzz_' in name and (ROOT / 'tests/fuzz' / included).exists():
        return True
    return any(next((ROOT / 'core' / found).rglob(included), None) for found in MAY_INCLUDE[layer] | {layer})


def wrong_includes(name, text):
    layer = layer_of(name)
    if layer not in MAY_INCLUDE:
        yield 'of no layer'
        return
    for bracket, included in INCLUDE.findall(text):
        if bracket == '<':
            allowed = layer not in LIBC_ALONE or included in LIBC
        elif included.startswith('capan/'):
            allowed = public_allowed(layer, included[len('capan/'):])
        else:
            allowed = (layer, included) in GENERATED or internal_allowed(name, layer, included)
        if not allowed:
            yield 'layer %s may not include %s' % (layer, included)


def licences_of(name):
    """The plugin's tests are compiled with its sources and may share their licence."""
    if name.startswith('plugin/'):
        return {'GPL-2.0-or-later'}
    return {'MIT', 'GPL-2.0-or-later'} if name.startswith('tests/plugin/') else {'MIT'}


def wrong_licence(name, text):
    tags = {'SPDX-License-Identifier: ' + licence for licence in licences_of(name)}
    head = text.split('\n', 2)[:2]
    if not any(line.strip('/* #-<!>') in tags for line in head):
        yield 'does not begin with ' + ' or '.join(sorted(tags))


def complaints(name, path):
    try:
        text = path.read_text(encoding='utf-8')
    except UnicodeDecodeError:
        return
    if path.suffix in LICENSED or path.name == 'CMakeLists.txt':
        yield from wrong_licence(name, text)
    if path.suffix in {'.c', '.h'} and name.startswith(('core/', 'plugin/')):
        yield from wrong_includes(name, text)
    if name.startswith('core/include/') and path.name != 'capan.h' and 'extern "C" {' not in text:
        yield 'is not guarded for C++'
    for found in MACHINE_PATH.findall(text):
        yield 'names a place on one machine: ' + found


def main():
    seen, wrong = 0, []
    for name, path in files():
        seen += 1
        wrong += ['%s: %s' % (name, complaint) for complaint in complaints(name, path)]
    print('\n'.join(wrong) or '%d files in order' % seen)
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
