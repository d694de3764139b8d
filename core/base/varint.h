/* SPDX-License-Identifier: MIT */
/* Integers of variable length (RFC 9000 16), which QUIC and HTTP/3 count in. */
#ifndef VARINT_H
#define VARINT_H

#include "bytes.h"

enum { VARINT_LEN_MAX = 8 };

/* So many octets has the integer that begins with first. */
static inline size_t varint_len(uint8_t first) {
    return (size_t)1 << (first >> 6);
}

/* Takes one off the front, at most 2^62 - 1. False, and nothing taken, when it is not all there. */
static inline bool take_varint(struct capan_span *from, uint64_t *value) {
    if (!from->len || from->len < varint_len(from->at[0])) return false;
    struct capan_span octets = span_take(from, varint_len(from->at[0]));
    *value = octets.at[0] & 0x3f;
    for (size_t i = 1; i < octets.len; i++) *value = *value << 8 | octets.at[i];
    return true;
}

#endif
