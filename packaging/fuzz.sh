#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzzes capan for HOURS, all targets in turn or those that are named, then keeps the smallest inputs that reach as much
# in tests/fuzz/corpora and writes the table of SECURITY.md: see tests/fuzz/fuzz.py.
#
#   sh packaging/fuzz.sh HOURS [TARGET...]
set -eu
cd "$(dirname "$0")/.."
if [ $# -lt 1 ]; then
    echo "usage: sh packaging/fuzz.sh HOURS [TARGET...]" >&2
    exit 2
fi
hours=$1
shift
. packaging/packages.sh
# shellcheck disable=SC2086 # lists of words
need_packages $build_packages $test_packages $fuzz_packages
cmake --preset fuzz
cmake --build --preset fuzz --target fuzz_targets
exec nice python3 tests/fuzz/fuzz.py run --build build-fuzz --hours "$hours" "$@"
