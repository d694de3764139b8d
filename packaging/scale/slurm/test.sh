#!/bin/sh
# SPDX-License-Identifier: MIT
# Slurm's own daemons on this machine, a controller and two nodes: captures are split, judged and merged by jobs, of which one is
# killed, and what comes of it is what one run prints.
#     sh packaging/scale/slurm/test.sh
# As root, on Debian. Installs missing packages; capan is $CAPAN, else it is built in build/. Nothing is left but these.
set -eu
cd -- "$(dirname -- "$0")/../../.."
. packaging/scale/testing.sh
# shellcheck disable=SC2154 # of packages.sh
begin_test "$slurm_packages"

# What authenticates: a key of its own, and a socket.
(umask 077; head -c 1024 /dev/urandom >"$folder/munge.key")
start munged munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge" \
    --pid-file="$folder/munged.pid" --log-file="$folder/munge.log" --seed-file="$folder/munge.seed"
until_true 10 test -S "$folder/munge"

mkdir "$folder/state"
cat >"$folder/slurm.conf" <<END
ClusterName=capan
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge,cred_expire=5
StateSaveLocation=$folder/state
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPort=36817
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
NodeName=one NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=36818 CPUs=1
NodeName=two NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=36819 CPUs=1
PartitionName=all Nodes=one,two Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF="$folder/slurm.conf"
start slurmctld slurmctld -D
start slurmd-one slurmd -D -N one
start slurmd-two slurmd -D -N two
idle() { [ "$(sinfo -h -t idle -o %D 2>/dev/null)" = 2 ]; }
until_true 60 idle

stand_still
export CAPAN="$folder/capan"

began=$(date +%s)
parts=$folder/parts
set -- "$folder"/sensors/*
sh packaging/scale/slurm/submit.sh exchanges "$parts" 5 "$@" >"$folder/last"
until_true 120 test -s "$folder/still"
echo "part 2 is on its way as process $(cat "$folder/still"), which is killed"
kill -KILL "$(cat "$folder/still")"
state() { scontrol show job "$1" | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p' | sort -u; }
completed() { [ "$(state "$(cat "$folder/last")")" = COMPLETED ]; }
until_true 180 completed
grep -q 'ended with 137: again' "$parts/exchanges-2.log"

# The same split once more, for other commands.
for command in findings summary etags har connections; do
    sh packaging/scale/slurm/submit.sh "$command" "$parts" 5 "$@" >"$folder/last"
    until_true 180 completed
done
check_equal "$parts"
echo "split, judged by two nodes and merged six times, one job killed and queued again, in $(($(date +%s) - began)) s"
