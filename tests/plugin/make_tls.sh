#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes captures/clear.pcap, tls-h1.pcapng and tls-h2.pcapng again: the same requests of curl to nginx on loopback, in clear, over
# TLS with HTTP/1.1, and over TLS with HTTP/2, the last two with their secrets inside. Needs root, nginx, curl, openssl,
# tcpdump and editcap.
set -e
# shellcheck source-path=SCRIPTDIR source=record.sh
. "$(dirname "$0")/record.sh"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 3650 -subj /CN=localhost 2> openssl.log

places="root $folder/www; location /resent/ { alias $folder/www/; if_modified_since off; add_header Cache-Control max-age=60; }"
cat > nginx.conf << END
pid $folder/nginx.pid;
error_log $folder/error.log;
user root;
events { }
http {
    access_log off;
    server { listen 127.0.0.1:18080; $places }
    server { listen 127.0.0.1:18443 ssl http2; ssl_certificate $folder/cert.pem; ssl_certificate_key $folder/key.pem; $places }
}
END
nginx -c "$folder/nginx.conf" 2> nginx.log
field() { curl -sI http://127.0.0.1:18080/a.txt | tr -d '\r' | sed -n "s/^$1: //p"; }
etag=$(field ETag)
date=$(field Last-Modified)

# visit BASE [OPTION]: one connection, one request after the other.
visit() {
    base=$1
    shift
    next="--next -sk $* -o /dev/null"
    curl -sk "$@" "$base/a.txt" -o /dev/null "$base/b.txt" -o /dev/null \
        $next -H "If-None-Match: $etag" "$base/a.txt" \
        $next -H 'If-None-Match: "other"' "$base/a.txt" \
        $next -H "If-Modified-Since: $date" "$base/a.txt" \
        $next -H "If-Modified-Since: $date" "$base/resent/a.txt" \
        $next -r 0-99 "$base/a.txt" \
        $next -I "$base/a.txt" \
        $next "$base/none" \
        $next -X POST -d hello "$base/a.txt" \
        $next -H 'If-Match: "wrong"' "$base/b.txt"
}

record clear "tcp port 18080" visit http://127.0.0.1:18080
SSLKEYLOGFILE=$folder/h1.keys
export SSLKEYLOGFILE
record h1 "tcp port 18443" visit https://127.0.0.1:18443 --http1.1
SSLKEYLOGFILE=$folder/h2.keys
record h2 "tcp port 18443" visit https://127.0.0.1:18443 --http2
nginx -c "$folder/nginx.conf" -s stop 2> nginx.log

cp clear.pcap "$captures/clear.pcap"
for name in h1 h2; do editcap --inject-secrets "tls,$name.keys" "$name.pcap" "$captures/tls-$name.pcapng"; done
