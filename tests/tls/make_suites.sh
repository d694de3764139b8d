#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes suites.pcapng again: one exchange of HTTP per way to protect records, between openssl's client and server on
# loopback, the target naming the way; the secrets are inside. Needs root, openssl, tcpdump and editcap.
set -e
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
openssl req -x509 -newkey rsa:2048 -nodes -keyout rsa.key -out rsa.pem -days 3650 -subj /CN=rsa 2>openssl.log
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -out ec.pem -days 3650 -subj /CN=ec 2>>openssl.log
port=18500

# exchange NAME CLIENT-OPTIONS...: a server of its own, one connection, one exchange. What s_client gets to type besides
# the request is in $typed, what s_server is told in $server.
exchange() {
    name=$1
    shift
    port=$((port + 1))
    body="content of $name"
    printf 'HTTP/1.1 200 OK\r\nETag: "%s"\r\nContent-Length: %d\r\n\r\n%s' "$name" ${#body} "$body" >"$name"
    # shellcheck disable=SC2086 # a list of words
    openssl s_server -accept "$port" -naccept 1 -cert rsa.pem -key rsa.key -dcert ec.pem -dkey ec.key -HTTP -cipher ALL:@SECLEVEL=0 \
        ${server:-} >server.log 2>&1 &
    sleep 0.3
    { [ -z "${typed:-}" ] || { sleep 0.2; printf '%s\n' "$typed"; sleep 0.2; }
      printf 'GET /%s HTTP/1.1\r\nHost: %s.example\r\n\r\n' "$name" "$name"; sleep 0.3; } |
        openssl s_client -connect "127.0.0.1:$port" -keylogfile keys -cipher ALL:@SECLEVEL=0 "$@" >client.log 2>&1 || true
    wait $!
}

tcpdump -i lo -U -s 0 -w all.pcap 'tcp portrange 18500-18599' 2>tcpdump.log &
recorder=$!
sleep 1
exchange 1.3-gcm-128 -tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256
exchange 1.3-gcm-256 -tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384
exchange 1.3-chacha -tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256
server='-ciphersuites TLS_AES_128_CCM_SHA256' exchange 1.3-ccm -tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256
server='-ciphersuites TLS_AES_128_CCM_8_SHA256' exchange 1.3-ccm-8 -tls1_3 -ciphersuites TLS_AES_128_CCM_8_SHA256
server='-groups P-384' exchange 1.3-retry -tls1_3
typed=K exchange 1.3-key-update -tls1_3
exchange 1.2-gcm-128 -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
exchange 1.2-gcm-256 -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384
exchange 1.2-chacha -tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305
exchange 1.2-ccm -tls1_2 -cipher AES128-CCM:@SECLEVEL=0
exchange 1.2-ccm-8 -tls1_2 -cipher ECDHE-ECDSA-AES256-CCM8:@SECLEVEL=0
exchange 1.2-cbc-sha1 -tls1_2 -cipher ECDHE-RSA-AES128-SHA -no_etm
exchange 1.2-cbc-sha256 -tls1_2 -cipher AES256-SHA256 -no_etm
exchange 1.2-cbc-sha384 -tls1_2 -cipher ECDHE-RSA-AES256-SHA384 -no_etm
exchange 1.2-cbc-mac-last -tls1_2 -cipher ECDHE-RSA-AES128-SHA256
sleep 1
kill $recorder
wait $recorder || true
editcap --inject-secrets tls,keys all.pcap "$here/suites.pcapng"
