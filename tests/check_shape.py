# SPDX-License-Identifier: MIT
"""The shape of the C sources: no circle of includes between files, nor between layers; no file or line too long.

A .c and the .h of the same name beside it are one node: who includes the header depends on what the .c includes.
"""
import pathlib
import sys

from check_layers import INCLUDE, MAY_INCLUDE, ROOT, files, layer_of

LINES_MAX = 450
COLUMNS_MAX = 120


def sources():
    """Name and text of each."""
    return {name: path.read_text(encoding='utf-8') for name, path in files() if path.suffix in {'.c', '.h'}}


def node_of(name):
    return name.rsplit('.', 1)[0]


def folders(name):
    """Where an include of that file is looked for: beside it, in its layer, in those that the table names."""
    yield pathlib.PurePosixPath(name).parent.as_posix()
    layer = layer_of(name)
    for found in [layer] + sorted(MAY_INCLUDE.get(layer, MAY_INCLUDE)):
        yield 'core/' + found
        yield from (path.relative_to(ROOT).as_posix() for path in sorted((ROOT / 'core' / found).glob('*/')))
    yield from ('plugin', 'tests/base', 'core/include')


def included(name, text, known):
    """The files of ours that one includes."""
    for bracket, header in INCLUDE.findall(text):
        found = next((folder + '/' + header for folder in folders(name) if folder + '/' + header in known), None)
        if found and bracket == '"':
            yield found


def graph_of(texts, key):
    graph = {key(name): set() for name in texts}
    for name, text in texts.items():
        graph[key(name)] |= {key(found) for found in included(name, text, texts)} - {key(name)}
    return graph


def circle_from(graph, begin, done):
    """The nodes from one that is met again to itself, on a walk from begin; None, with all that was met done."""
    walked, steps = [begin], [iter(sorted(graph[begin]))]
    while walked:
        node = next(steps[-1], None)
        if node is None:
            done.add(walked.pop())
            steps.pop()
        elif node in walked:
            return walked[walked.index(node):] + [node]
        elif node not in done:
            walked.append(node)
            steps.append(iter(sorted(graph[node])))
    return None


def circles(graph):
    """One after the other; an include of each is left out before the next is looked for."""
    graph = {node: set(others) for node, others in graph.items()}
    done = set()
    for node in sorted(graph):
        while node not in done:
            circle = circle_from(graph, node, done)
            if not circle:
                break
            yield ' -> '.join(circle)
            graph[circle[-2]].discard(circle[-1])


def too_long(name, text):
    lines = text.split('\n')[:-1]
    if len(lines) > LINES_MAX:
        yield '%s: %d lines, at most %d' % (name, len(lines), LINES_MAX)
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            yield '%s:%d: %d columns, at most %d' % (name, number, len(line), COLUMNS_MAX)


def main():
    texts = sources()
    own = {name: text for name, text in texts.items() if not name.startswith('tests/')}
    wrong = ['circle of files: ' + circle for circle in circles(graph_of(texts, node_of))]
    wrong += ['circle of layers: ' + circle for circle in circles(graph_of(own, layer_of))]
    for name, text in texts.items():
        wrong += too_long(name, text)
    print('\n'.join(wrong) or '%d files in shape' % len(texts))
    return bool(wrong)


if __name__ == '__main__':
    sys.exit(main())
