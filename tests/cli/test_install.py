#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs program and libraries into a folder of its own and builds a stranger's programs on them, in C and C++, with
pkg-config and with CMake. With --plugin, a user who is not root installs the plugin for Wireshark from there.

usage: test_install.py --build FOLDER --capture FILE [--plugin]
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

NOBODY = 65534
CONSUMER = pathlib.Path(__file__).parent / 'consumer'
COMPILERS = (('cc', '-std=c11', 'consumer.c'), ('c++', '-std=c++11', 'consumer.cpp'))


def run(*words, **more):
    """The output of a command that must succeed."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f'{" ".join(map(str, words))}: exit status {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


def install(build, prefix):
    for component in ('program', 'library', 'development', 'wireshark'):
        run('cmake', '--install', build, '--prefix', prefix, '--component', component)


def check_plugin(prefix):
    """Plugin and profile lie below the prefix as Wireshark's own lie below its."""
    folders = dict(line.split(':', 1) for line in run('tshark', '-G', 'folders').splitlines())
    plugins = pathlib.Path(folders['Global Plugins'].strip())
    assert (prefix / plugins.relative_to('/usr') / 'epan' / 'capan.so').is_file(), sorted(prefix.rglob('capan.so'))
    assert (prefix / 'share/wireshark/profiles/capan/colorfilters').is_file()


def as_nobody(home):
    """How another user than root is become, whose folders lie in home."""
    os.chmod(home.parent, 0o755)
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
    environment = {name: value for name, value in os.environ.items() if not name.startswith('XDG_')}
    more = {'env': dict(environment, HOME=str(home)), 'cwd': home}
    return dict(more, user=NOBODY, group=NOBODY, extra_groups=()) if os.geteuid() == 0 else more


def check_personal_plugin(prefix, home):
    """One user gets plugin and profile, keeps what was changed of the profile, and is rid of the rest again."""
    capan = prefix / 'bin' / 'capan'
    if os.geteuid() == 0:
        refused = subprocess.run([capan, '--install-plugin'], capture_output=True, text=True, check=False)
        assert refused.returncode == 2 and 'as root' in refused.stderr, refused
    user = as_nobody(home)
    said = run(capan, '--install-plugin', **user)
    [plugin] = home.rglob('capan.so')
    assert str(plugin) in said, said
    assert 'capan.tcp.kind' in run('tshark', '-G', 'fields', **user)
    [filters] = home.rglob('profiles/capan/colorfilters')
    filters.write_text('# mine\n', encoding='utf-8')
    said = run(capan, '--install-plugin', **user)
    assert f'left alone, for it is not as capan has it: {filters}\n' in said, said
    run(capan, '--uninstall-plugin', **user)
    left = [path for path in home.rglob('*') if path.is_file()]
    assert left == [filters] and filters.read_text(encoding='utf-8') == '# mine\n', left
    filters.unlink()
    run(capan, '--uninstall-plugin', **user)
    assert not filters.parent.exists()


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
    yield from (folder / 'cmake' / f'consumer{language}_{library}'
                for language in ('', '_cpp') for library in ('core', 'shared'))


def needed(program):
    """The shared libraries that a program names."""
    return {line.split()[-1] for line in run('objdump', '-p', program).splitlines() if line.strip().startswith('NEEDED')}


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
            check_personal_plugin(prefix, folder / 'home')
        rows = run(prefix / 'bin' / 'capan', 'segments', '--format', 'ndjson', options.capture).splitlines()
        [shared] = prefix.rglob('libcapan.so')
        environment = dict(os.environ, LD_LIBRARY_PATH=str(shared.parent))
        for builder in (build_with_pkg_config, build_with_cmake):
            for program in builder(prefix, folder):
                assert (shared.resolve().name.rpartition('.')[0] in needed(program)) == ('core' not in program.name)
                said = run(program, options.capture, env=environment)
                assert said == f'{len(rows)} segments\n', (program.name, said, len(rows))


main()
