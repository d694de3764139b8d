#!/bin/bash
# SPDX-License-Identifier: MIT
# Wireshark with the plugin and the profile "capan" under Xvfb, driven and looked at as a user would: gui.py says what must be
# seen. On demand; takes the pictures of the README, too.
#
#   tests/plugin/gui.sh BUILD [FOLDER]      BUILD: where the plugin was built; FOLDER: where pictures are left
#
# Needs: wireshark xvfb xdotool imagemagick dbus at-spi2-core gir1.2-atspi-2.0 python3-gi. As root it runs all of it as a user
# without rights.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
plugin=$(find "$1/plugin/wireshark" -name capan.so | head -n 1)
version=$(basename "$(dirname "$(dirname "$plugin")")")
home=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$home"' EXIT
export DISPLAY=:78
Xvfb "$DISPLAY" -screen 0 1400x860x24 -nolisten tcp > /dev/null 2>&1 &
server=$!

mkdir -p "$home/.local/lib/wireshark/plugins/$version/epan" "$home/.config/wireshark/profiles" "$home/run" "$home/pictures"
cp "$plugin" "$home/.local/lib/wireshark/plugins/$version/epan/"
cp -r "$root/plugin/profile" "$home/.config/wireshark/profiles/capan"
printf 'gui.update.enabled: FALSE\ngui.ask_unsaved: FALSE\n' >> "$home/.config/wireshark/profiles/capan/preferences"
cp "$here/gui.py" "$home/"
cp -r "$root/pcaps" "$home/"
chmod -R a+rX "$home"
as_nobody=()
if [ "$(id -u)" -eq 0 ]; then
    chown -R 65534:65534 "$home"
    as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
chmod 700 "$home/run"

# Qt tells the accessibility bus all that it shows. Each test has a session of its own: who looks does not forget a Wireshark
# that has ended. Debian's python3 has the bindings.
look() {
    (cd / && "${as_nobody[@]}" env -i PATH="$PATH" DISPLAY="$DISPLAY" HOME="$home" XDG_RUNTIME_DIR="$home/run" LC_ALL=C.UTF-8 \
        QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 WIRESHARK_EXTCAP_DIR="$home/none" \
        dbus-run-session -- /usr/bin/python3 "$home/gui.py" "Gui.$1") 2>&1
}

failed=
for test in ${TESTS:-$(sed -n 's/^    def \(test_[a-z]*\).*/\1/p' "$here/gui.py")}; do
    if look "$test" > "$home/log"; then
        echo "ok      $test"
    else
        echo "failed  $test"
        grep -v 'dbus-daemon\|SpiRegistry\|dbind' "$home/log"
        failed=yes
    fi
done
[ $# -lt 2 ] || { mkdir -p "$2" && cp "$home"/pictures/*.png "$2/"; }
[ -z "$failed" ]
