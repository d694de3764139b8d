#!/bin/sh
# SPDX-License-Identifier: MIT
# One command over captures on a Slurm cluster: a job that splits, an array with a job for each part, a job that merges.
#
# usage: submit.sh COMMAND FOLDER PARTS FILE...     COMMAND: one that has partial rows (../README.md)
# FOLDER, which all nodes share, gets the parts, rows, logs and COMMAND.out; a split that is there already is not made again.
# capan is in the nodes' PATH, or $CAPAN. Options for sbatch come as its SBATCH_ variables. Prints the number of the last job.
set -eu
command=$1 folder=$2 parts=$3
shift 3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$folder"
after=
if ! [ -s "$folder/split.json" ]; then
    after=--dependency=afterok:$(sbatch --parsable --job-name=capan-split --output="$folder/split.log" \
        "$here/split.sh" "$folder" "$parts" "$@")
fi
judged=$(sbatch --parsable --job-name="capan-$command" --array="1-$parts" --requeue --open-mode=append \
    --output="$folder/$command-%a.log" ${after:+"$after"} --kill-on-invalid-dep=yes "$here/judge.sh" "$command" "$folder")
sbatch --parsable --job-name=capan-merge --output="$folder/$command.log" --dependency="afterok:$judged" \
    --kill-on-invalid-dep=yes "$here/merge.sh" "$command" "$folder"
