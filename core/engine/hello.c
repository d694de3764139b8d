/* SPDX-License-Identifier: MIT */
#include "hello.h"

#include "bytes.h"

enum {
    HANDSHAKE = 22,
    MAJOR_VERSION = 3,
    CLIENT_HELLO = 1,
    RECORD_HEADER = 5,
    MESSAGE_HEADER = 4,
    VERSION_AND_RANDOM = 34,
    SERVER_NAME = 0,
    HOST_NAME = 0
};

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

static struct capan_span host_of(struct capan_span names) {
    struct capan_span list = take_vector(&names, 2);
    if (!list.len || list.at[0] != HOST_NAME) return (struct capan_span){0};
    list = span_cut(list, 1, SIZE_MAX);
    return take_vector(&list, 2);
}

bool capan_hello_read(struct capan_span octets, struct capan_span *name) {
    *name = (struct capan_span){0};
    if (octets.len <= RECORD_HEADER || octets.at[0] != HANDSHAKE || octets.at[1] != MAJOR_VERSION ||
        octets.at[RECORD_HEADER] != CLIENT_HELLO)
        return false;
    struct capan_span rest = span_cut(octets, RECORD_HEADER + MESSAGE_HEADER + VERSION_AND_RANDOM, SIZE_MAX);
    take_vector(&rest, 1); /* session id */
    take_vector(&rest, 2); /* cipher suites */
    take_vector(&rest, 1); /* compression methods */
    struct capan_span extensions = take_vector(&rest, 2);
    while (extensions.len >= 4) {
        const uint16_t type = read_be16(extensions.at);
        extensions = span_cut(extensions, 2, SIZE_MAX);
        const struct capan_span extension = take_vector(&extensions, 2);
        if (type != SERVER_NAME) continue;
        *name = host_of(extension);
        break;
    }
    return true;
}
