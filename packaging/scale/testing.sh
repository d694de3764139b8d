# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# What the tests of engines share. Read by them, in the repository's folder.
. packaging/packages.sh

# begin_test PACKAGES: a folder that is gone afterwards, with captures of two sensors; capan is $CAPAN, else built in build/.
begin_test() {
    # shellcheck disable=SC2086 # a list of words
    need_packages python3 $1
    if [ -z "${CAPAN:-}" ]; then
        # shellcheck disable=SC2086,SC2154 # a list of words
        need_packages $build_packages
        cmake --preset release -DBUILD_TESTING=OFF >/dev/null
        cmake --build --preset release -- --quiet
        CAPAN=$PWD/build/core/cli/capan
    fi
    capan=$(realpath -- "$CAPAN")
    folder=$(mktemp -d)
    daemons=
    trap end_test EXIT
    trap 'exit 1' HUP INT TERM
    mkdir "$folder/sensors"
    python3 -B tests/cli/sensors.py "$folder/sensors" >"$folder/files"
}

end_test() {
    status=$?
    [ "$status" = 0 ] || tail -n 5 "$folder"/*.log "$folder"/parts/*.log 2>/dev/null || true
    # shellcheck disable=SC2086 # a list of numbers
    [ -z "$daemons" ] || kill $daemons 2>/dev/null || true
    wait
    rm -rf -- "$folder"
    exit "$status"
}

# start NAME PROGRAM...: in the background, with a log.
start() {
    name=$1
    shift
    "$@" >"$folder/$name.log" 2>&1 &
    daemons="$! $daemons"
}

# until_true SECONDS COMMAND...
until_true() {
    left=$(($1 * 5))
    shift
    until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || { echo "waited in vain for: $*" >&2; exit 1; }
        sleep 0.2
    done
}

# $folder/capan is capan, but that at its first attempt part 2 stands still, to be killed: $folder/still has the process.
stand_still() {
    cat >"$folder/capan" <<END
#!/bin/sh
case "\$*" in
*partial*part-002.pcapng) [ -e "$folder/still" ] || { echo \$\$ >"$folder/still"; exec sleep 600; } ;;
esac
exec "$capan" "\$@"
END
    chmod +x "$folder/capan"
}

# check_equal FOLDER: COMMAND.out in it, of each command, is what one run over all parts prints.
check_equal() {
    for command in exchanges connections findings etags har summary; do
        form=
        case $command in har | summary) ;; *) form=--format=ndjson ;; esac
        # shellcheck disable=SC2086 # a word or none
        "$capan" "$command" $form "$1"/part-*.pcapng >"$folder/one" 2>/dev/null
        cmp "$folder/one" "$1/$command.out"
        echo "$command: $(wc -l <"$folder/one") lines, equal"
    done
}
