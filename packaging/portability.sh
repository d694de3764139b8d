#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and tries capan for other machines, libraries and compilers, and prints a table of what held.
#
#   sh packaging/portability.sh [KIND...]      as root; without KIND: all of them
#
# Machines: s390x (big-endian), armhf (32 bits): program and unit tests cross-built in a Debian tree, run by qemu; over the
# bundled captures the program must print the octets that the one for this machine prints. Libraries: musl, mingw (what libc
# alone builds). Compilers: clang, gcc-13, gcc-14: library, program, plugin, warnings are errors; unit tests are run.
# Needs debootstrap, and several gigabytes; trees.sh says what it asks of the environment.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/packaging/packages.sh"
. "$root/packaging/trees.sh"

libraries="libcmocka-dev zlib1g-dev libpcap-dev libglib2.0-dev libnghttp2-dev libnghttp3-dev libgcrypt20-dev libbrotli-dev libpcre2-dev
    libzstd-dev libsqlite3-dev"

# prepare SUITE NAME PACKAGE...: a tree with the sources in it.
prepare() {
    make_tree "$trees/$2" "$1"
    tree_name=$trees/$2
    shift 2
    in_tree_install "$tree_name" "$@" cmake ninja-build pkgconf libc6-dev gcc python3-minimal
    copy_sources "$tree_name"
}

# How pkg-config is told of another machine's libraries.
pkg_config=
# build TREE FOLDER OPTION...: warnings are errors. Its log is in the tree's /var/log/capan-FOLDER.
build() {
    built_in=$1 folder=$2
    shift 2
    in_tree "$built_in" sh -c "rm -rf /$folder && $pkg_config cmake -S /capan -B /$folder -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DCAPAN_WERROR=ON $* && ninja -C /$folder" > "$built_in/var/log/capan-$folder" 2>&1
}

# unit_tests TREE FOLDER: how many passed; those alone that are programs of our own.
unit_tests() {
    in_tree "$1" sh -c "cd /$2 && ctest -L unit" > "$1/var/log/capan-$2-tests" 2>&1 || return 1
    sed -n 's/^100% tests passed, .* out of \([0-9]*\)$/\1 unit tests/p' "$1/var/log/capan-$2-tests"
}

# same_output TREE FOLDER EMULATOR: what the program prints there and what the one for this machine does.
same_output() {
    count=0
    for capture in $(cd "$root" && find pcaps -name '*.pcap*' | sort); do
        for command in segments connections exchanges findings; do
            "$native" $command --format ndjson "$root/$capture" > "$1/tmp/here" 2> "$1/tmp/here.err" || true
            in_tree "$1" sh -c "$3 /$2/core/cli/capan $command --no-sandbox --threads 1 --format ndjson /capan/$capture" \
                > "$1/tmp/there" 2> "$1/tmp/there.err" || true
            cmp -s "$1/tmp/here" "$1/tmp/there" || { echo "$capture: $command differs"; return 1; }
            count=$((count + 1))
        done
    done
    echo "$count outputs the same"
}

# machine ARCHITECTURE TRIPLET EMULATOR
machine() {
    make_tree "$trees/cross" bookworm
    in_tree "$trees/cross" dpkg --add-architecture "$1"
    # shellcheck disable=SC2046,SC2086 # lists of words
    prepare bookworm cross "gcc-$2" qemu-user-static $(for library in $libraries; do echo "$library:$1"; done)
    pkg_config=PKG_CONFIG_LIBDIR=/usr/lib/$2/pkgconfig:/usr/share/pkgconfig
    build "$trees/cross" "build-$1" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$1" \
        -DCMAKE_C_COMPILER="$2-gcc" -DCMAKE_LIBRARY_ARCHITECTURE="$2" -DCMAKE_CROSSCOMPILING_EMULATOR="$3" \
        -DCAPAN_PLUGIN=OFF
    echo "$(unit_tests "$trees/cross" "build-$1"), $(same_output "$trees/cross" "build-$1" "$3")"
}

s390x() { machine s390x s390x-linux-gnu qemu-s390x-static; }
armhf() { machine armhf arm-linux-gnueabihf qemu-arm-static; }

musl() {
    prepare bookworm cross musl-tools
    build "$trees/cross" build-musl -DCMAKE_C_COMPILER=musl-gcc -DCAPAN_CORE_ONLY=ON -DBUILD_TESTING=OFF
    echo "builds (core-only)"
}

mingw() {
    prepare bookworm cross gcc-mingw-w64-x86-64
    build "$trees/cross" build-mingw -DCMAKE_C_COMPILER=x86_64-w64-mingw32-gcc -DCMAKE_SYSTEM_NAME=Windows \
        -DCAPAN_CORE_ONLY=ON -DBUILD_TESTING=OFF
    echo "builds (core-only)"
}

# compiler SUITE COMMAND
compiler() {
    # shellcheck disable=SC2086 # a list of words
    prepare "$1" "$1" "$2" $build_packages $libraries
    build "$trees/$1" "build-$2" -DCMAKE_C_COMPILER="$2"
    unit_tests "$trees/$1" "build-$2"
}

clang() { compiler bookworm clang; }
gcc_12() { compiler bookworm gcc-12; }
gcc_13() { compiler trixie gcc-13; }
gcc_14() { compiler trixie gcc-14; }

[ $# -gt 0 ] || set -- s390x armhf musl mingw clang gcc_12 gcc_13 gcc_14
native=$root/build/core/cli/capan
sh -c "cd '$root' && cmake --preset release -DBUILD_TESTING=OFF && cmake --build --preset release" > /dev/null
for kind in "$@"; do
    if said=$($kind); then
        echo "| $kind | $said |"
    else
        echo "| $kind | NOT: ${said:-see /var/log/capan-* in the tree} |"
        failed=1
    fi
done
[ -z "${failed-}" ]
