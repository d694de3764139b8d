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

static bool ends_with(struct capan_span octets, const char *end) {
    size_t len = strlen(end);
    return octets.len > len && memcmp(octets.at + octets.len - len, end, len) == 0;
}

/* An empty port is the default one too (RFC 9110 4.2.3). */
static struct capan_span without_default_port(struct capan_span authority, bool secure) {
    const char *port = secure ? ":443" : ":80";
    if (ends_with(authority, port)) return span_cut(authority, 0, authority.len - strlen(port));
    return ends_with(authority, ":") ? span_cut(authority, 0, authority.len - 1) : authority;
}

static int hex_digit(uint8_t octet) {
    uint8_t lower = capan_lower(octet);
    if (octet >= '0' && octet <= '9') return octet - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The octet that a "%7E" stands for where it needs no encoding (RFC 3986 2.3, RFC 9110 4.2.3); -1 else. */
static int unreserved(struct capan_span encoded) {
    if (encoded.len < 3 || encoded.at[0] != '%') return -1;
    int high = hex_digit(encoded.at[1]), low = hex_digit(encoded.at[2]);
    if (high < 0 || low < 0) return -1;
    int octet = high * 16 + low;
    bool letter = capan_lower((uint8_t)octet) >= 'a' && capan_lower((uint8_t)octet) <= 'z';
    return letter || (octet >= '0' && octet <= '9') || strchr("-._~", octet ? octet : '%') ? octet : -1;
}

/* Writes the path in its normal form and returns the length, which is no longer than before. */
static size_t write_path(uint8_t *to, struct capan_span path) {
    size_t len = 0;
    if (!path.len) return 0;
    if (!memchr(path.at, '%', path.len)) return memcpy(to, path.at, path.len), path.len;
    for (size_t i = 0; i < path.len; i++) {
        int octet = unreserved(span_cut(path, i, SIZE_MAX));
        bool encoded = path.at[i] == '%' && i + 2 < path.len;
        to[len++] = octet >= 0 ? (uint8_t)octet : path.at[i];
        if (octet < 0 && !encoded) continue;
        if (octet < 0) to[len++] = capan_lower(path.at[i + 1]), to[len++] = capan_lower(path.at[i + 2]);
        i += 2;
    }
    return len;
}

struct capan_span capan_uri_write(struct capan_arena *arena, struct capan_span authority, struct capan_span path,
                                  bool secure) {
    struct capan_span host = without_default_port(authority, secure);
    uint8_t *uri = capan_arena_take(arena, 1 + host.len + 1 + path.len);
    if (!uri) return (struct capan_span){0};
    uri[0] = secure;
    for (size_t i = 0; i < host.len; i++) uri[1 + i] = capan_lower(host.at[i]);
    uri[1 + host.len] = 0;
    size_t len = write_path(uri + 1 + host.len + 1, path);
    return (struct capan_span){uri, 1 + host.len + 1 + len};
}

uint64_t capan_uri_key(struct capan_hash_key key, struct capan_span uri, uint64_t server) {
    uint64_t site = uri.len ? capan_hash(key, uri.at, uri.len) : 0;
    return uri.len > 1 && uri.at[1] ? site : capan_mix(site, server);
}

static struct capan_span lower_case(struct capan_arena *arena, struct capan_span octets) {
    uint8_t *to = capan_arena_take(arena, octets.len);
    if (!to) return (struct capan_span){0};
    for (size_t i = 0; i < octets.len; i++) to[i] = capan_lower(octets.at[i]);
    return (struct capan_span){to, octets.len};
}

struct capan_span capan_uri_authority(struct capan_arena *arena, struct capan_span authority, struct capan_span uri,
                                      bool secure) {
    if (without_default_port(authority, secure).len < authority.len) return lower_case(arena, authority);
    return uri.len ? span_cut(uri, 1, authority.len) : uri;
}
