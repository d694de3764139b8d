#!/bin/sh
# SPDX-License-Identifier: MIT
# Dask's own scheduler with two workers on this machine: parts are judged by them, one of which is killed meanwhile, and what
# comes of it is what one run prints.
#     sh packaging/scale/dask/test.sh
# On Debian, with its Python. Installs missing packages; capan is $CAPAN, else it is built in build/. Nothing is left but these.
set -eu
cd -- "$(dirname -- "$0")/../../.."
. packaging/scale/testing.sh
# shellcheck disable=SC2154 # of packages.sh
begin_test "$dask_packages"

start scheduler dask-scheduler --host 127.0.0.1 --port 0 --no-dashboard --scheduler-file "$folder/scheduler.json"
until_true 60 test -s "$folder/scheduler.json"
scheduler=$(sed -n 's/.*"address": "\(tcp:[^"]*\)".*/\1/p' "$folder/scheduler.json" | head -n 1)
for worker in one two; do
    start "worker-$worker" dask-worker --no-dashboard --nworkers 1 --nthreads 1 --name "$worker" \
        --local-directory "$folder/dask-$worker" "$scheduler"
done
until_true 60 grep -q 'Registered to' "$folder/worker-one.log"
until_true 60 grep -q 'Registered to' "$folder/worker-two.log"

began=$(date +%s)
parts=$folder/parts
stand_still
"$capan" split --parts 5 -o "$parts" "$folder"/sensors/*
CAPAN="$folder/capan" /usr/bin/python3 -B packaging/scale/dask/run.py "$scheduler" exchanges "$parts" >"$parts/exchanges.out" &
running=$!
until_true 60 test -s "$folder/still"
echo "part 2 is on its way as process $(cat "$folder/still"), which is killed"
kill -KILL "$(cat "$folder/still")"
wait "$running"
for command in findings summary etags har connections; do
    CAPAN=$capan /usr/bin/python3 -B packaging/scale/dask/run.py "$scheduler" "$command" "$parts" >"$parts/$command.out"
done
check_equal "$parts"
echo "judged by two workers and merged six times, one process killed and its part judged again, in $(($(date +%s) - began)) s"
