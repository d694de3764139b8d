#!/bin/sh
# SPDX-License-Identifier: MIT
# The job that splits: FOLDER PARTS FILE...     What another attempt left is of no use, and taken away.
set -eu
folder=$1 parts=$2
shift 2
rm -f "$folder"/part-*.pcapng "$folder/split.json"
exec "${CAPAN:-capan}" split --by "${CAPAN_BY:-client}" --parts "$parts" -o "$folder" "$@"
