# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the scripts that record captures share; sourced with set -e. They work in a folder of their own, which goes with
# them: $folder, a site in $folder/www, what to kill at the end in files $folder/*.pid. Captures go to $captures.
captures=$(cd "$(dirname "$0")" && pwd)/captures
folder=$(mktemp -d)
trap 'kill $(cat "$folder"/*.pid 2> /dev/null) 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
mkdir www
chmod 755 . www
seq 1 1000 > www/a.txt
echo small > www/b.txt

# record NAME FILTER COMMAND...: NAME.pcap, of what the command does on loopback.
record() {
    name=$1 filter=$2
    shift 2
    tcpdump -i lo -U -s 0 -w "$name.pcap" "$filter" 2> tcpdump.log &
    recorder=$!
    echo "$recorder" > recorder.pid
    sleep 1
    "$@"
    sleep 1
    kill "$recorder"
    wait "$recorder" || true
    rm recorder.pid
}
