/* SPDX-License-Identifier: MIT */
#include "uri.h"

#include "bytes.h"
#include "field.h"

bool capan_uri_split(struct capan_span target, struct capan_span *scheme, struct capan_span *authority,
                     struct capan_span *path) {
    size_t at = 0;
    while (at < target.len && target.at[at] != ':' && target.at[at] != '/') at++;
    if (at == 0 || target.len - at < 3 || memcmp(target.at + at, "://", 3) != 0) return false;
    *scheme = span_cut(target, 0, at);
    struct capan_span rest = span_cut(target, at + 3, SIZE_MAX);
    size_t end = 0;
    while (end < rest.len && rest.at[end] != '/' && rest.at[end] != '?') end++;
    *authority = span_cut(rest, 0, end);
    *path = span_cut(rest, end, SIZE_MAX);
    return true;
}

static struct capan_span without_default_port(struct capan_span authority, bool secure) {
    const char *port = secure ? ":443" : ":80";
    size_t len = strlen(port);
    if (authority.len <= len || memcmp(authority.at + authority.len - len, port, len) != 0) return authority;
    return span_cut(authority, 0, authority.len - len);
}

struct capan_span capan_uri_write(struct capan_arena *arena, struct capan_span authority, struct capan_span path,
                                  bool secure) {
    struct capan_span host = without_default_port(authority, secure);
    uint8_t *uri = capan_arena_take(arena, 1 + host.len + 1 + path.len);
    if (!uri) return (struct capan_span){0};
    uri[0] = secure;
    for (size_t i = 0; i < host.len; i++) uri[1 + i] = capan_lower(host.at[i]);
    uri[1 + host.len] = 0;
    if (path.len) memcpy(uri + 1 + host.len + 1, path.at, path.len);
    return (struct capan_span){uri, 1 + host.len + 1 + path.len};
}

uint64_t capan_uri_key(struct capan_hash_key key, struct capan_span uri, uint64_t server) {
    uint64_t site = uri.len ? capan_hash(key, uri.at, uri.len) : 0;
    return uri.len > 1 && uri.at[1] ? site : capan_mix(site, server);
}

struct capan_span capan_uri_authority(struct capan_arena *arena, struct capan_span authority, struct capan_span uri,
                                      bool secure) {
    if (without_default_port(authority, secure).len < authority.len)
        uri = capan_uri_write(arena, authority, (struct capan_span){0}, !secure);
    return uri.len ? span_cut(uri, 1, authority.len) : uri;
}
