#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds capan three ways and runs all tests in each: dev (warnings are errors), asan (sanitizers), core-only (libc alone).
#     sh packaging/test.sh
# As root or as a user. Installs missing Debian packages, asks nothing, and ends on ctest's summary.
set -eu
cd -- "$(dirname -- "$0")/.."
. packaging/packages.sh

# shellcheck disable=SC2086 # lists of words
need_packages $build_packages $test_packages

# hide_libraries FOLDER: what core-only must do without cannot be found any more, installed or not: pkg-config knows cmocka
# alone, and the others' headers refuse to be included.
hide_libraries() {
    mkdir -p "$1/pkgconfig"
    for header in pcap.h pcap/pcap.h glib.h zlib.h wireshark.h epan/packet.h; do
        mkdir -p "$(dirname -- "$1/headers/$header")"
        echo "#error core-only must do without $header" >"$1/headers/$header"
    done
    cp "$(pkg-config --variable=pcfiledir cmocka)/cmocka.pc" "$1/pkgconfig/"
    export PKG_CONFIG_LIBDIR="$1/pkgconfig" CFLAGS="-I$1/headers ${CFLAGS:-}"
}

try() {
    echo "== $1: configure and build"
    cmake --preset "$@" >/dev/null
    cmake --build --preset "$1"
    echo "== $1: test"
    ctest --preset "$1" -j "$(nproc)"
}

try dev
try asan
hide_libraries "$PWD/build-core-only/hidden"
try core-only -DCMAKE_DISABLE_FIND_PACKAGE_Wireshark=ON
