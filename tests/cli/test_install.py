#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs program and library into a folder of its own and builds a stranger's program on them, with pkg-config and
with CMake.

usage: test_install.py --build FOLDER --capture FILE
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

CONSUMER = pathlib.Path(__file__).parent / 'consumer'


def run(*words, **more):
    """The output of a command that must succeed."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f'{" ".join(map(str, words))}: exit status {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


def install(build, prefix):
    for component in ('program', 'development'):
        run('cmake', '--install', build, '--prefix', prefix, '--component', component)


def build_with_pkg_config(prefix, folder):
    configs = sorted(prefix.rglob('capan.pc'))
    assert len(configs) == 1, configs
    environment = dict(os.environ, PKG_CONFIG_PATH=str(configs[0].parent))
    flags = run('pkg-config', '--cflags', '--libs', 'capan', env=environment).split()
    program = folder / 'with-pkg-config'
    run('cc', '-std=c11', '-Wall', '-Wextra', '-Werror', CONSUMER / 'consumer.c', *flags, '-o', program)
    return program


def build_with_cmake(prefix, folder):
    run('cmake', '-S', CONSUMER, '-B', folder / 'cmake', f'-DCMAKE_PREFIX_PATH={prefix}')
    run('cmake', '--build', folder / 'cmake')
    return folder / 'cmake' / 'consumer'


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--build', required=True)
    arguments.add_argument('--capture', required=True)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prefix = folder / 'prefix'
        install(options.build, prefix)
        rows = run(prefix / 'bin' / 'capan', 'segments', '--format', 'ndjson', options.capture).splitlines()
        for builder in (build_with_pkg_config, build_with_cmake):
            said = run(builder(prefix, folder), options.capture)
            assert said == f'{len(rows)} segments\n', (builder.__name__, said, len(rows))


main()
