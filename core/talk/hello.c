/* SPDX-License-Identifier: MIT */
#include "hello.h"

#include "alloc.h"
#include "bytes.h"

enum {
    HANDSHAKE = 22,
    MAJOR_VERSION = 3,
    CLIENT_HELLO = 1,
    RECORD_HEADER = 5,
    MESSAGE_HEADER = 4,
    MESSAGE_MAX = 1 << 14, /* more than any client sends */
    VERSION_AND_RANDOM = 34,
    SERVER_NAME = 0,
    HOST_NAME = 0,
    APPLICATION_PROTOCOLS = 16
};

enum capan_begins capan_hello_begins(struct capan_span first) {
    static const uint8_t known[] = {HANDSHAKE, MAJOR_VERSION};
    for (size_t i = 0; i < sizeof known && i < first.len; i++)
        if (first.at[i] != known[i]) return CAPAN_BEGINS_NOT;
    if (first.len <= RECORD_HEADER) return CAPAN_BEGINS_PERHAPS;
    const bool fits = first.at[2] <= 4 && read_be16(first.at + 3) <= MESSAGE_MAX && first.at[3] + first.at[4] > 0;
    return fits && first.at[RECORD_HEADER] == CLIENT_HELLO ? CAPAN_BEGINS : CAPAN_BEGINS_NOT;
}

/* --- what it says --- */

/* Takes off a vector whose length stands before it in so many octets (RFC 8446 3.4). What is missing is left out. */
static struct capan_span take_vector(struct capan_span *rest, size_t width) {
    size_t len = 0;
    if (rest->len < width) {
        *rest = (struct capan_span){0};
        return *rest;
    }
    for (size_t i = 0; i < width; i++) len = len << 8 | rest->at[i];
    const struct capan_span vector = span_cut(*rest, width, len);
    *rest = span_cut(*rest, width + len, SIZE_MAX);
    return vector;
}

/* RFC 6066 3. */
static void read_host(struct capan_span extension, struct capan_tls_names *names) {
    struct capan_span list = take_vector(&extension, 2);
    if (!list.len || list.at[0] != HOST_NAME) return;
    list = span_cut(list, 1, SIZE_MAX);
    const struct capan_span host = take_vector(&list, 2);
    if (host.len && host.len < sizeof names->host) memcpy(names->host, host.at, host.len);
}

/* RFC 7301 3.1. Whole names, as many as there is room for. */
static void read_protocols(struct capan_span extension, struct capan_tls_names *names) {
    struct capan_span list = take_vector(&extension, 2);
    size_t at = 0;
    while (list.len) {
        const struct capan_span name = take_vector(&list, 1);
        const size_t comma = at ? 2 : 0;
        if (!name.len || at + comma + name.len >= sizeof names->alpn) return;
        memcpy(names->alpn + at, ", ", comma);
        memcpy(names->alpn + at + comma, name.at, name.len);
        at += comma + name.len;
    }
}

static void read_message(struct capan_span message, struct capan_tls_names *names) {
    struct capan_span rest = span_cut(message, MESSAGE_HEADER + VERSION_AND_RANDOM, SIZE_MAX);
    take_vector(&rest, 1); /* session id */
    take_vector(&rest, 2); /* cipher suites */
    take_vector(&rest, 1); /* compression methods */
    struct capan_span extensions = take_vector(&rest, 2);
    while (extensions.len >= 4) {
        const uint16_t type = read_be16(extensions.at);
        extensions = span_cut(extensions, 2, SIZE_MAX);
        const struct capan_span extension = take_vector(&extensions, 2);
        if (type == SERVER_NAME) read_host(extension, names);
        if (type == APPLICATION_PROTOCOLS) read_protocols(extension, names);
    }
}

/* --- its octets --- */

void capan_hello_end(struct capan_hello *hello, const struct capan_alloc *alloc, struct capan_tls_names *names) {
    if (hello->ended) return;
    hello->ended = true;
    memset(names, 0, sizeof *names);
    read_message((struct capan_span){hello->message, hello->len}, names);
    capan_delete(alloc, hello->message, hello->capacity);
    hello->message = NULL;
}

static bool is_whole(const struct capan_hello *hello) {
    return hello->len >= MESSAGE_HEADER && hello->len - MESSAGE_HEADER >= read_be24(hello->message + 1);
}

static bool keep(struct capan_hello *hello, const struct capan_alloc *alloc, struct capan_span part) {
    void *items = hello->message;
    const size_t len = hello->len + part.len;
    if (len > MESSAGE_MAX || capan_reserve(alloc, &items, &hello->capacity, len, 1) != CAPAN_OK) return false;
    hello->message = items;
    memcpy(hello->message + hello->len, part.at, part.len);
    hello->len = len;
    return true;
}

/* The header of the next record, octet by octet. False: it is of another type, which ends the message. */
static bool read_header(struct capan_hello *hello, struct capan_span *octets) {
    hello->header[hello->header_len++] = span_take(octets, 1).at[0];
    if (hello->header_len < RECORD_HEADER) return true;
    hello->header_len = 0;
    hello->left = read_be16(hello->header + 3);
    return hello->header[0] == HANDSHAKE && hello->header[1] == MAJOR_VERSION;
}

void capan_hello_octets(struct capan_hello *hello, const struct capan_alloc *alloc, struct capan_span octets,
                        struct capan_tls_names *names) {
    bool goes_on = true;
    while (octets.len && !hello->ended) {
        if (hello->left) {
            const struct capan_span part = span_take(&octets, hello->left);
            hello->left -= (uint32_t)part.len;
            goes_on = keep(hello, alloc, part);
        } else {
            goes_on = read_header(hello, &octets);
        }
        if (!goes_on || is_whole(hello)) capan_hello_end(hello, alloc, names);
    }
}
