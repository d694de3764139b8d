# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# Debian trees of other suites, each bootable by chroot alone. Read by wireshark-lines.sh and clean-trees.sh, as root.
# TREES is where they are kept (1.2 GB each), MIRROR the Debian mirror: by default the one that apt uses here.
trees=${TREES:-/var/tmp/capan-trees}
mirror=${MIRROR:-$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep '/debian/*$' | head -n 1)}
[ -n "$mirror" ] || { echo "no Debian mirror found: set MIRROR" >&2; exit 2; }

# make_tree TREE SUITE: unless it is there.
make_tree() {
    mkdir -p "$trees"
    [ -e "$1/usr/sbin/policy-rc.d" ] || debootstrap --variant=minbase "$2" "$1" "$mirror" > "$1.log"
    cp -r /etc/apt/apt.conf.d "$1/etc/apt/"
    rm -f "$1"/etc/apt/apt.conf.d/*docker*
    printf 'Acquire::Check-Valid-Until "false";\n' > "$1/etc/apt/apt.conf.d/90trees"
    printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d"
    chmod +x "$1/usr/sbin/policy-rc.d"
    mountpoint -q "$1/proc" || mount -t proc proc "$1/proc"
}

# in_tree TREE COMMAND...
in_tree() {
    tree=$1
    shift
    chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# in_tree_install TREE PACKAGE...
in_tree_install() {
    installed_in=$1
    shift
    in_tree "$installed_in" apt-get -q -q update
    in_tree "$installed_in" apt-get -q -q -y --no-install-recommends install "$@" >> "$installed_in/var/log/capan-packages" 2>&1
}

# copy_sources TREE: as a clone would have them, to /capan.
copy_sources() {
    rm -rf "$1/capan"
    mkdir "$1/capan"
    tar -C "$root" --exclude='./build*' --exclude=__pycache__ -cf - . | tar -C "$1/capan" -xf -
}
