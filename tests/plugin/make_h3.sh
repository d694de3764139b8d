#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes captures/h3.pcapng and h3-clear.pcap again: a page of Chromium asks Caddy on loopback for the same things, over HTTP/3 with
# the secrets inside, and in clear. Needs root, caddy, chromium, openssl, tcpdump and editcap.
set -e
# shellcheck source-path=SCRIPTDIR source=record.sh
. "$(dirname "$0")/record.sh"
cat > www/visit.html << 'END'
<!DOCTYPE html>
<link rel="icon" href="data:,">
<script>
async function ask(target, fields = {}, method = 'GET', body = undefined) {
    const answer = await fetch(target, {method, body, headers: fields, cache: 'no-store'});
    await answer.arrayBuffer();
    return answer.headers;
}
async function visit() {
    const known = await ask('/a.txt'), etag = known.get('ETag'), date = known.get('Last-Modified');
    await ask('/b.txt');
    await ask('/a.txt', {'If-None-Match': etag});
    await ask('/a.txt', {'If-None-Match': '"other"'});
    await ask('/a.txt', {'If-Modified-Since': date});
    await ask('/a.txt', {'Range': 'bytes=0-99'});
    await ask('/a.txt', {}, 'HEAD');
    await ask('/none');
    await ask('/a.txt', {}, 'POST', 'hello');
    await ask('/b.txt', {'If-Match': '"wrong"'});
    await Promise.all(['/a.txt?1', '/b.txt?2', '/a.txt?3'].map(target => ask(target, {'If-None-Match': etag})));
    document.title = 'done';
}
visit();
</script>
END
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 3650 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2> openssl.log
pin=$(openssl x509 -in cert.pem -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | openssl base64)
cat > Caddyfile << END
{
    admin off
    auto_https off
}
http://localhost:18080 {
    bind 127.0.0.1
    root * $folder/www
    file_server
}
https://localhost:18443 {
    bind 127.0.0.1
    tls $folder/cert.pem $folder/key.pem
    root * $folder/www
    file_server
}
END
HOME=$folder caddy run --config Caddyfile --adapter caddyfile > caddy.log 2>&1 &
echo $! > caddy.pid
sleep 2

# browse NAME URL
browse() {
    SSLKEYLOGFILE=$folder/$1.keys chromium --headless --no-sandbox --disable-gpu --disable-background-networking --disable-extensions \
        --user-data-dir="$folder/$1" --origin-to-force-quic-on=localhost:18443 --ignore-certificate-errors-spki-list="$pin" \
        --host-resolver-rules='MAP localhost 127.0.0.1' --virtual-time-budget=10000 --dump-dom "$2" > "$1.html" 2> "$1.log"
    grep -q '<title>done</title>' "$1.html"
}

record h3-clear 'tcp port 18080' browse h3-clear http://localhost:18080/visit.html
record h3 'udp port 18443' browse h3 https://localhost:18443/visit.html
cp h3-clear.pcap "$captures"
editcap --inject-secrets tls,h3.keys h3.pcap "$captures/h3.pcapng"
