#!/bin/sh
# SPDX-License-Identifier: MIT
# The job that merges: COMMAND FOLDER
set -eu
command=$1 folder=$2
exec "${CAPAN:-capan}" merge -o "$folder/$command.out" "$folder"/part-*."$command".rows
