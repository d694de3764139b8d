#!/bin/sh
# SPDX-License-Identifier: MIT
# One command over all parts of a split, by GNU parallel on the hosts named, else here; the merged rows on standard output.
#
# usage: parallel.sh COMMAND PARTS [HOST...]     COMMAND: one that has partial rows (README.md); PARTS: split's folder
# Each host has capan, and the folder under the same name (a shared file system).
set -eu
command=$1 parts=$2
shift 2
test -s "$parts/split.json" || { echo "$parts: no split that came to its end" >&2; exit 3; }
hosts=$(printf '%s,' "$@" | sed 's/,$//')
rm -f "$parts"/*."$command".rows
parallel ${hosts:+--sshlogin "$hosts"} --halt now,fail=1 --retries 3 \
  "${CAPAN:-capan}" "$command" --format partial -o '{.}'."$command".rows '{}' ::: "$parts"/part-*.pcapng >&2
exec "${CAPAN:-capan}" merge "$parts"/part-*."$command".rows
