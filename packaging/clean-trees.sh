#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the packages, Debian's and RPM's, in one tree of a suite, installs them in another that is bare, uses them there as a
# plain user, and takes them away again. An RPM cannot ask for Debian's libraries by name: those come by apt.
#
#   sh packaging/clean-trees.sh [SUITE...]      as root; without SUITE: bookworm trixie (Debian 12 and 13)
#
# Needs debootstrap; trees.sh says what it asks of the environment.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/packaging/packages.sh"
. "$root/packaging/trees.sh"

build_packages_in() {
    # shellcheck disable=SC2086 # a list of words
    in_tree_install "$1" $build_packages ca-certificates dpkg-dev file rpm
    copy_sources "$1"
    rm -rf "$1/capan-packages"
    in_tree "$1" cmake -S /capan -B /capan-build -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF > "$1/var/log/capan-configure"
    in_tree "$1" ninja -C /capan-build > "$1/var/log/capan-build"
    in_tree "$1" cpack -G DEB --config /capan-build/CPackConfig.cmake -B /capan-packages > "$1/var/log/capan-cpack"
    in_tree "$1" cpack -G RPM --config /capan-build/CPackConfig.cmake -B /capan-packages >> "$1/var/log/capan-cpack"
}

# holds TREE WHAT COMMAND...: what a plain user sees; its output goes to /tmp/said.
as_user() {
    in_tree "$1" runuser -u capan-user -- sh -c "cd /tmp && $2" > "$1/tmp/said" 2>&1
}
holds() {
    if as_user "$1" "$3"; then
        echo "  $2"
    else
        echo "  NOT: $2"
        cat "$1/tmp/said"
        failed="${failed-} $suite:'$2'"
    fi
}

user_in() {
    in_tree "$1" id capan-user > "$1/dev/null" 2>&1 || in_tree "$1" useradd -m capan-user
}

use() {
    user_in "$1"
    holds "$1" "the program says its version" "capan --version"
    holds "$1" "it reads a capture" "capan segments --format ndjson baidu.pcap | grep -q '\"kind\":\"syn-ack\"'"
    holds "$1" "tshark has the plugin's fields" "tshark -G fields | grep -q capan.tcp.kind"
    holds "$1" "tshark has its verdicts" "tshark -2 -r baidu.pcap -T fields -e capan.tcp.kind | grep -qx syn-ack"
    holds "$1" "the profile is there" "tshark -C capan -2 -r baidu.pcap | grep -q first-fetch"
    holds "$1" "man capan" "man capan | grep -q 'capan - read a packet capture'"
    holds "$1" "man 7 capan-verdicts" "man 7 capan-verdicts | grep -q retransmit-rto"
    holds "$1" "bash completes commands" "bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader capan; complete -p capan'"
    holds "$1" "a program builds on the library" "printf '#include <capan/capan.h>\\nint main(void) { return !*capan_version(); }\\n' > own.c && cc own.c \$(pkg-config --cflags --libs capan) -o own && ./own && ldd own | grep -q 'libcapan.so.*=> /'"
}

# nothing_is_left TREE FOLDER...: what the package manager does not know of any more must not lie there either.
nothing_is_left() {
    tree_left=$1
    shift
    rest=$(cd "$tree_left" && find "$@" -name '*capan*' ! -name 'capan-user*')
    if [ -z "$rest" ]; then
        echo "  removed without a trace"
    else
        echo "  NOT removed: $rest"
        failed="${failed-} $suite:rest"
    fi
}

install_and_use() {
    in_tree_install "$1" tshark man-db bash-completion gcc libc6-dev pkgconf ca-certificates
    rm -f "$1"/tmp/capan* "$1"/etc/dpkg/dpkg.cfg.d/docker
    cp "$2"/capan-packages/capan*.deb "$2"/capan-packages/libcapan*.deb "$root/pcaps/article/baidu.pcap" "$1/tmp/"
    in_tree "$1" sh -c 'apt-get -q -q -y --no-install-recommends install /tmp/*capan*.deb' >> "$1/var/log/capan-packages" 2>&1
    use "$1"
    in_tree "$1" apt-get -q -q -y purge capan capan-dev capan-wireshark 'libcapan*' >> "$1/var/log/capan-packages" 2>&1
    nothing_is_left "$1" usr var/lib/dpkg/info
}

# The libraries that the packages stand on are still there from Debian's.
install_and_use_rpm() {
    echo "$suite: RPM"
    in_tree_install "$1" rpm
    cp "$2"/capan-packages/capan*.rpm "$1/tmp/"
    in_tree "$1" sh -c 'rpm --install --nodeps /tmp/capan*.rpm' >> "$1/var/log/capan-packages" 2>&1
    use "$1"
    in_tree "$1" sh -c 'rpm --erase $(rpm -qa "capan*")' >> "$1/var/log/capan-packages" 2>&1
    nothing_is_left "$1" usr
}

[ $# -gt 0 ] || set -- bookworm trixie
for suite in "$@"; do
    make_tree "$trees/$suite" "$suite"
    make_tree "$trees/$suite-bare" "$suite"
    echo "$suite: $(in_tree "$trees/$suite" sh -c '. /etc/os-release; echo "$PRETTY_NAME"')"
    build_packages_in "$trees/$suite"
    install_and_use "$trees/$suite-bare" "$trees/$suite"
    install_and_use_rpm "$trees/$suite-bare" "$trees/$suite"
    umount "$trees/$suite/proc" "$trees/$suite-bare/proc"
done
[ -z "${failed-}" ] || { echo "failed:$failed" >&2; exit 1; }
