#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes captures/h2c-prior.pcap, h2c-upgrade.pcap and h2c-push.pcap again: HTTP/2 in clear on loopback, each of one connection.
# httpx with prior knowledge to nginx, with the requests of captures/clear.pcap; nghttp with Upgrade to nghttpx in front of nginx;
# nghttp to nghttpd, which pushes. Needs root, nginx, curl, tcpdump, httpx and the nghttp2 programs (Debian: python3-httpx,
# python3-h2, nghttp2-client, nghttp2-server, nghttp2-proxy).
set -e
# shellcheck source-path=SCRIPTDIR source=record.sh
. "$(dirname "$0")/record.sh"
places="root $folder/www; location /resent/ { alias $folder/www/; if_modified_since off; add_header Cache-Control max-age=60; }"
cat > nginx.conf << END
pid $folder/nginx.pid;
error_log $folder/error.log;
user root;
events { }
http {
    access_log off;
    server { listen 127.0.0.1:18080; $places }
    server { listen 127.0.0.1:18081 http2; $places }
}
END
nginx -c "$folder/nginx.conf" 2> nginx.log
nghttpx --conf=/dev/null --frontend='127.0.0.1,18082;no-tls' --backend=127.0.0.1,18080 --errorlog-file=proxy.log &
echo $! > proxy.pid
nghttpd --no-tls -d "$folder/www" --address=127.0.0.1 --push=/a.txt=/b.txt 18083 > push.log &
echo $! > push.pid
sleep 1
field() { curl -sI http://127.0.0.1:18080/a.txt | tr -d '\r' | sed -n "s/^$1: //p"; }
etag=$(field ETag)
date=$(field Last-Modified)

# The requests of make_tls.sh, one after the other.
cat > visit.py << 'END'
import sys
import httpx

etag, date = sys.argv[1:]
with httpx.Client(http1=False, http2=True, base_url='http://127.0.0.1:18081') as client:
    for method, path, fields in (
            ('GET', '/a.txt', {}), ('GET', '/b.txt', {}), ('GET', '/a.txt', {'If-None-Match': etag}),
            ('GET', '/a.txt', {'If-None-Match': '"other"'}), ('GET', '/a.txt', {'If-Modified-Since': date}),
            ('GET', '/resent/a.txt', {'If-Modified-Since': date}), ('GET', '/a.txt', {'Range': 'bytes=0-99'}),
            ('HEAD', '/a.txt', {}), ('GET', '/none', {})):
        client.request(method, path, headers=fields)
    client.post('/a.txt', data='hello')
    client.get('/b.txt', headers={'If-Match': '"wrong"'})
END

record h2c-prior 'tcp port 18081' /usr/bin/python3 visit.py "$etag" "$date"
record h2c-upgrade 'tcp port 18082' nghttp -nu -H "If-None-Match: $etag" http://127.0.0.1:18082/a.txt http://127.0.0.1:18082/b.txt
record h2c-push 'tcp port 18083' nghttp -n http://127.0.0.1:18083/a.txt
cp h2c-*.pcap "$captures"
