#!/bin/sh
# SPDX-License-Identifier: MIT
# The job of one part, by its number in the array: COMMAND FOLDER     What was killed, or had no memory, is tried again.
set -eu
command=$1 folder=$2 most=3
part=$folder/part-$(printf %03d "$SLURM_ARRAY_TASK_ID") status=0
"${CAPAN:-capan}" "$command" --format partial -o "$part.$command.rows" "$part.pcapng" || status=$?
[ "$status" -gt 1 ] || exit 0 # 1: there are findings
if [ "$status" -gt 3 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "$most" ]; then
    echo "part $SLURM_ARRAY_TASK_ID ended with $status: again"
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
    sleep 60 # until it is taken away
fi
exit "$status"
