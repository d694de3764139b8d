/* SPDX-License-Identifier: MIT */
/* Big-endian reads, spans cut without running over the end, and small arithmetic every layer needs. */
#ifndef BYTES_H
#define BYTES_H

#include <string.h>

#include "capan/base.h"

static inline uint16_t read_be16(const uint8_t *at) {
    return (uint16_t)(at[0] << 8 | at[1]);
}
static inline uint32_t read_be24(const uint8_t *at) {
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}
static inline uint32_t read_be32(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}
static inline uint16_t read_le16(const uint8_t *at) {
    return (uint16_t)(at[1] << 8 | at[0]);
}
static inline uint32_t read_le32(const uint8_t *at) {
    return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

/* Eight octets, the first one lowest, and one octet eight times. Written out, compilers see one load in it. */
static inline uint64_t read_eight(const uint8_t *at) {
    return (uint64_t)at[7] << 56 | (uint64_t)at[6] << 48 | (uint64_t)at[5] << 40 | (uint64_t)at[4] << 32 |
           (uint64_t)at[3] << 24 | (uint64_t)at[2] << 16 | (uint64_t)at[1] << 8 | at[0];
}
static inline uint64_t eight_times(uint8_t octet) {
    return octet * UINT64_C(0x0101010101010101);
}

/* The top bits of those of eight octets that are no printable ASCII, SP to "~". Sums carry upwards only, and only out
 * of one that is found: the first one is right, and what stands behind it may be wrong. */
static inline uint64_t first_unprintable(uint64_t octets) {
    const uint64_t at_least_space = octets + eight_times(0x60), delete = octets + eight_times(0x01);
    return (octets | ~at_least_space | delete) & eight_times(0x80);
}

/* How many of eight octets stand before the first one whose top bit is set; one is. */
static inline size_t octets_before(uint64_t top_bits) {
#if defined(__GNUC__)
    return (size_t)__builtin_ctzll(top_bits) / 8;
#else
    size_t count = 0;
    for (; !(top_bits & 0x80); top_bits >>= 8) count++;
    return count;
#endif
}

/* How many octets span begins with of which odd finds none, by eights: the last eight may overlap those before. odd
 * says of one octet the same as of the first of eight. */
static inline size_t span_without(struct capan_span span, uint64_t (*odd)(uint64_t octets)) {
    size_t len = 0;
    uint64_t found = 0;
    for (; span.len - len >= 8; len += 8)
        if ((found = odd(read_eight(span.at + len)))) return len + octets_before(found);
    if (span.len >= 8 && len < span.len) {
        len = span.len - 8;
        found = odd(read_eight(span.at + len));
        return found ? len + octets_before(found) : span.len;
    }
    while (len < span.len && !(odd(span.at[len]) & 0x80)) len++;
    return len;
}

/* The part [start, start + len) of span, as much of it as there is. */
static inline struct capan_span span_cut(struct capan_span span, size_t start, size_t len) {
    if (start > span.len) start = span.len;
    if (len > span.len - start) len = span.len - start;
    return (struct capan_span){span.at ? span.at + start : NULL, len};
}

/* Takes len octets off the front, as many of them as there are. */
static inline struct capan_span span_take(struct capan_span *from, uint64_t len) {
    struct capan_span front = span_cut(*from, 0, len < from->len ? (size_t)len : from->len);
    *from = span_cut(*from, front.len, SIZE_MAX);
    return front;
}

/* How many octets span begins with that are printable ASCII. */
static inline size_t span_printable(struct capan_span span) {
    return span_without(span, first_unprintable);
}

static inline struct capan_span span_of(const char *text) {
    return (struct capan_span){(const uint8_t *)text, strlen(text)};
}

static inline bool span_equal(struct capan_span a, struct capan_span b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline uint32_t min_u32(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}
static inline uint32_t max_u32(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}
static inline uint64_t min_u64(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}
static inline size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}
static inline uint64_t max_u64(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}
static inline int64_t min_i64(int64_t a, int64_t b) {
    return a < b ? a : b;
}
static inline int64_t max_i64(int64_t a, int64_t b) {
    return a > b ? a : b;
}

#endif
