#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs program and library into a folder of its own and builds a stranger's programs on them, in C and C++, with
pkg-config and with CMake.

usage: test_install.py --build FOLDER --capture FILE [--plugin]
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

CONSUMER = pathlib.Path(__file__).parent / 'consumer'
COMPILERS = (('cc', '-std=c11', 'consumer.c'), ('c++', '-std=c++11', 'consumer.cpp'))


def run(*words, **more):
    """The output of a command that must succeed."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f'{" ".join(map(str, words))}: exit status {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


def install(build, prefix):
    for component in ('program', 'development', 'wireshark'):
        run('cmake', '--install', build, '--prefix', prefix, '--component', component)


def check_plugin(prefix):
    """Plugin and profile lie below the prefix as Wireshark's own lie below its."""
    folders = dict(line.split(':', 1) for line in run('tshark', '-G', 'folders').splitlines())
    plugins = pathlib.Path(folders['Global Plugins'].strip())
    assert (prefix / plugins.relative_to('/usr') / 'epan' / 'capan.so').is_file(), sorted(prefix.rglob('capan.so'))
    assert (prefix / 'share/wireshark/profiles/capan/colorfilters').is_file()


def build_with_pkg_config(prefix, folder):
    configs = sorted(prefix.rglob('capan.pc'))
    assert len(configs) == 1, configs
    environment = dict(os.environ, PKG_CONFIG_PATH=str(configs[0].parent))
    flags = run('pkg-config', '--cflags', '--libs', 'capan', env=environment).split()
    for *compiler, source in COMPILERS:
        program = folder / f'with-pkg-config-{source}'
        run(*compiler, '-Wall', '-Wextra', '-Wpedantic', '-Werror', CONSUMER / source, *flags, '-o', program)
        yield program


def build_with_cmake(prefix, folder):
    run('cmake', '-S', CONSUMER, '-B', folder / 'cmake', f'-DCMAKE_PREFIX_PATH={prefix}')
    run('cmake', '--build', folder / 'cmake')
    yield folder / 'cmake' / 'consumer'
    yield folder / 'cmake' / 'consumer_cpp'


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--build', required=True)
    arguments.add_argument('--capture', required=True)
    arguments.add_argument('--plugin', action='store_true')
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        prefix = folder / 'prefix'
        install(options.build, prefix)
        if options.plugin:
            check_plugin(prefix)
        rows = run(prefix / 'bin' / 'capan', 'segments', '--format', 'ndjson', options.capture).splitlines()
        for builder in (build_with_pkg_config, build_with_cmake):
            for program in builder(prefix, folder):
                said = run(program, options.capture)
                assert said == f'{len(rows)} segments\n', (program.name, said, len(rows))


main()
