# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034
# The Debian 12 packages, and how to get them. Read by demo.sh, test.sh, fuzz.sh and scale/testing.sh.
build_packages="gcc libc6-dev cmake ninja-build pkgconf zlib1g-dev libpcap-dev libglib2.0-dev
    libwireshark-dev wireshark-dev tshark libnghttp2-dev libnghttp3-dev libgcrypt20-dev libbrotli-dev libpcre2-dev libzstd-dev
    libsqlite3-dev"
test_packages="libcmocka-dev python3 g++ clang-format"
slurm_packages="slurmctld slurmd slurm-client munge" # packaging/scale, as the next line
dask_packages="python3-distributed"
fuzz_packages="clang llvm libclang-rt-dev" # libFuzzer, the sanitizers, names in their reports

missing_packages() {
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=absent
        [ "$status" = installed ] || printf '%s ' "$package"
    done
}

# need_packages PACKAGE...: installs those that are missing: as root, or through sudo. Asks nothing.
need_packages() {
    if ! command -v dpkg-query >/dev/null; then
        echo "This is not Debian: make sure that these packages' counterparts are installed: $*" >&2
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    as_root=
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Some packages are missing, and installing them needs root. As root, run:" >&2
            echo "    apt-get install --no-install-recommends $missing" >&2
            return 1
        fi
        as_root=sudo
    fi
    echo "== installing $missing"
    $as_root apt-get -qq -o Acquire::Retries=3 update
    # shellcheck disable=SC2086 # both are lists of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 \
        install --no-install-recommends $missing >/dev/null
}
