#!/bin/bash
# SPDX-License-Identifier: MIT
# Takes pictures of Wireshark with the plugin and the profile "capan" under Xvfb.
#
#   packaging/screenshots.sh BUILD FOLDER      BUILD: where the plugin was built; FOLDER: where the pictures go
#
# Needs wireshark, xvfb, xdotool and imagemagick. As root it runs Wireshark as a user without rights.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
plugin=$(find "$1/plugin/wireshark" -name capan.so | head -n 1)
version=$(basename "$(dirname "$(dirname "$plugin")")")
pictures=$(cd "$2" && pwd)
display=:78
size=1400x860
home=$(mktemp -d)
trap 'kill $server 2> /dev/null; rm -rf "$home"' EXIT
Xvfb "$display" -screen 0 ${size}x24 -nolisten tcp > /dev/null 2>&1 &
server=$!
export DISPLAY=$display

as_nobody=()
[ "$(id -u)" -ne 0 ] || as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

prepare() {
    mkdir -p "$home/.local/lib/wireshark/plugins/$version/epan" "$home/.config/wireshark/profiles" "$home/run"
    cp "$plugin" "$home/.local/lib/wireshark/plugins/$version/epan/"
    cp -r "$root/plugin/profile" "$home/.config/wireshark/profiles/capan"
    printf 'gui.update.enabled: FALSE\ngui.ask_unsaved: FALSE\n' >> "$home/.config/wireshark/profiles/capan/preferences"
    chmod -R a+rX "$home"
    [ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$home"
    chmod 700 "$home/run"
}

# press KEY... | "click:X Y"
press() {
    for what in "$@"; do
        case $what in
            click:*) xdotool mousemove ${what#click:} click 1 ;;
            *) xdotool key "$what" ;;
        esac
        sleep 1
    done
}

# take NAME CAPTURE FRAME [press...]: opens the capture at the frame and takes a picture.
take() {
    name=$1 capture=$2 frame=$3
    shift 3
    install -m 644 "$root/pcaps/$capture" "$home/$(basename "$capture")"
    "${as_nobody[@]}" env HOME="$home" XDG_CONFIG_HOME="$home/.config" XDG_RUNTIME_DIR="$home/run" \
        QT_QPA_PLATFORM=xcb LC_ALL=C.UTF-8 wireshark -C capan -r "$home/$(basename "$capture")" -g "$frame" > /dev/null 2>&1 &
    wireshark=$!
    window=$(timeout 60 xdotool search --sync --onlyvisible --name "$(basename "$capture")" | tail -n 1)
    sleep 3
    xdotool windowmove "$window" 0 0 windowsize "$window" ${size/x/ }
    sleep 2
    press "$@"
    sleep 3
    import -window root +dither -colors 96 "png8:$pictures/$name.png"
    kill $wireshark
    wait $wireshark 2> /dev/null || true
}

prepare
take recovery tcp/fast-and-sack.pcap 23 "click:300 650" End shift+Right
take article article/baidu.pcap 9 "click:300 650" End shift+Right
take conditional http/unchanged-resent.pcap 14 "click:300 650" End shift+Right
take experts http/unchanged-resent.pcap 14 "click:12 848"
