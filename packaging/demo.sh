#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds capan and shows a capture as tshark sees it with the plugin, and as the program tells it.
#     sh packaging/demo.sh [CAPTURE]
# As root or as a user. Nothing is installed but missing Debian packages; the build is left in build/.
set -eu
capture=$(realpath -- "${1:-$(dirname -- "$0")/../pcaps/article/baidu.pcap}")
if [ ! -r "$capture" ]; then
    echo "demo.sh: cannot read $capture" >&2
    exit 2
fi
cd -- "$(dirname -- "$0")/.."
. packaging/packages.sh

# shellcheck disable=SC2086 # a list of words
need_packages $build_packages
echo "== building in build/"
cmake --preset release -DBUILD_TESTING=OFF >/dev/null
cmake --build --preset release -- --quiet

# tshark loads no plugin from a personal folder as root, so it runs as nobody there. Its home is a temporary one.
home=$(mktemp -d)
trap 'rm -rf -- "$home"' EXIT
trap 'exit 1' HUP INT TERM
plugins=$home/.local/lib/wireshark/plugins
mkdir -p "$plugins"
cp -R build/plugin/wireshark/. "$plugins/"
cp -- "$capture" "$home/capture"
chmod -R a+rX "$home"
as_user=
[ "$(id -u)" != 0 ] || as_user="setpriv --reuid=65534 --regid=65534 --clear-groups"
tshark_with_plugin() {
    $as_user env HOME="$home" XDG_CONFIG_HOME="$home/.config" tshark -n -2 -r "$home/capture" "$@"
}

# Tab-separated lines in columns as wide as their widest cell.
aligned() {
    awk -F '\t' '{ lines[NR] = $0; for (i = 1; i <= NF; i++) if (length($i) > width[i]) width[i] = length($i) }
        END { for (n = 1; n <= NR; n++) { count = split(lines[n], cell, FS); line = ""
            for (i = 1; i < count; i++) line = line sprintf("%-" width[i] "s  ", cell[i])
            line = line cell[count]; sub(/ +$/, "", line); print line } }'
}

# A long capture shows its beginning.
shown() {
    awk -v most=200 'NR <= most; END { if (NR > most) print "... and " NR - most " lines more" }'
}

# tshark_columns FILTER HEADING=FIELD...: a table, one row for each frame that the filter passes.
tshark_columns() {
    filter=$1
    shift
    format='"No.","%m"'
    headings=No.
    for column in "$@"; do
        case ${column#*=} in
        %*) format="$format,\"${column%%=*}\",\"${column#*=}\"" ;;
        *) format="$format,\"${column%%=*}\",\"%Cus:${column#*=}:0:R\"" ;;
        esac
        headings="$headings\t${column%%=*}"
    done
    {
        printf '%b\n' "$headings"
        tshark_with_plugin -Y "$filter" -T tabs -o "gui.column.format:$format" | sed 's/^ *//; s/ *\t */\t/g'
    } | aligned | shown
}

echo
echo "== tshark with the plugin: each segment, the state of both ends after it, its kind"
tshark_columns tcp Time=%Rt From=%uS To=%uD Len=tcp.len Client=capan.tcp.client.state \
    Server=capan.tcp.server.state Kind=capan.tcp.kind Cause=capan.tcp.cause HTTP=capan.http.outcome
echo
echo "== tshark with the plugin: each exchange, on the frame that ends its response"
tshark_columns capan.http.outcome Asked=capan.http.request_in Status=http.response.code \
    Condition=capan.http.cond Outcome=capan.http.outcome Reason=capan.http.reason Explained=capan.explain

for command in segments connections exchanges summary; do
    echo
    echo "== capan $command"
    build/core/cli/capan "$command" "$capture" | shown
done
echo
echo "The same, told frame by frame: build/core/cli/capan explain $capture"
