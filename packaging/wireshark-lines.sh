#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the plugin and runs its tests against the Wireshark of other Debian suites, each in a tree of its own.
#
#   sh packaging/wireshark-lines.sh [SUITE...]      as root; without SUITE: trixie sid (Wireshark 4.4 and 4.6)
#
# Needs debootstrap. TREES is where the trees are kept (1.2 GB each), MIRROR the Debian mirror: by default the one that apt
# uses here.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/packaging/packages.sh"
trees=${TREES:-/var/tmp/capan-trees}
mirror=${MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1)}
[ -n "$mirror" ] || { echo "no Debian mirror found: set MIRROR" >&2; exit 2; }

make_tree() {
    tree=$1 suite=$2
    debootstrap --variant=minbase "$suite" "$tree" "$mirror"
    cp -r /etc/apt/apt.conf.d "$tree/etc/apt/"
    rm -f "$tree"/etc/apt/apt.conf.d/*docker*
    printf 'Acquire::Check-Valid-Until "false";\n' > "$tree/etc/apt/apt.conf.d/90capan"
    printf '#!/bin/sh\nexit 101\n' > "$tree/usr/sbin/policy-rc.d"
    chmod +x "$tree/usr/sbin/policy-rc.d"
}

in_tree() {
    tree=$1
    shift
    chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

install_packages() {
    in_tree "$1" apt-get -q -q update
    # shellcheck disable=SC2086
    in_tree "$1" apt-get -q -q -y --no-install-recommends install $build_packages $test_packages ca-certificates > "$1/var/log/capan-packages" 2>&1
}

copy_sources() {
    rm -rf "$1/capan"
    mkdir "$1/capan"
    tar -C "$root" --exclude=./.git --exclude='./build*' --exclude=__pycache__ -cf - . | tar -C "$1/capan" -xf -
}

build_and_test() {
    in_tree "$1" cmake -S /capan -B /capan-build -G Ninja -DCMAKE_BUILD_TYPE=Release > "$1/var/log/capan-configure" &&
        in_tree "$1" ninja -C /capan-build &&
        in_tree "$1" tshark --version | head -n 1 &&
        in_tree "$1" ctest --test-dir /capan-build --output-on-failure -R '^plugin/'
}

[ $# -gt 0 ] || set -- trixie sid
for suite in "$@"; do
    tree=$trees/$suite
    mkdir -p "$trees"
    [ -e "$tree/usr/sbin/policy-rc.d" ] || make_tree "$tree" "$suite"
    mountpoint -q "$tree/proc" || mount -t proc proc "$tree/proc"
    install_packages "$tree"
    copy_sources "$tree"
    build_and_test "$tree" || failed="${failed-} $suite"
    umount "$tree/proc"
done
[ -z "${failed-}" ] || { echo "failed:$failed" >&2; exit 1; }
