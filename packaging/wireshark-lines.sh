#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the plugin and runs its tests against the Wireshark of other Debian suites, each in a tree of its own.
#
#   sh packaging/wireshark-lines.sh [SUITE...]      as root; without SUITE: trixie sid (Wireshark 4.4 and 4.6)
#
# Needs debootstrap; trees.sh says what it asks of the environment.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/packaging/packages.sh"
. "$root/packaging/trees.sh"

build_and_test() {
    in_tree "$1" cmake -S /capan -B /capan-build -G Ninja -DCMAKE_BUILD_TYPE=Release > "$1/var/log/capan-configure" &&
        in_tree "$1" ninja -C /capan-build &&
        in_tree "$1" tshark --version | head -n 1 &&
        in_tree "$1" ctest --test-dir /capan-build --output-on-failure -R '^plugin/'
}

[ $# -gt 0 ] || set -- trixie sid
for suite in "$@"; do
    tree=$trees/$suite
    make_tree "$tree" "$suite"
    # shellcheck disable=SC2086 # lists of words
    in_tree_install "$tree" $build_packages $test_packages ca-certificates
    copy_sources "$tree"
    build_and_test "$tree" || failed="${failed-} $suite"
    umount "$tree/proc"
done
[ -z "${failed-}" ] || { echo "failed:$failed" >&2; exit 1; }
