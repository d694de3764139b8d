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

/* Eight octets, and one octet eight times. For tests of eight at once, whatever their order. */
static inline uint64_t read_eight(const void *at) {
    uint64_t octets;
    memcpy(&octets, at, sizeof octets);
    return octets;
}
static inline uint64_t eight_times(uint8_t octet) {
    return octet * UINT64_C(0x0101010101010101);
}

/* True when all eight are printable ASCII, SP to "~". Without top bits the sums carry into no neighbour, and with them
 * it is false anyway. */
static inline bool eight_are_printable(uint64_t octets) {
    uint64_t at_least_space = octets + eight_times(0x60), delete = octets + eight_times(0x01);
    return ((octets | ~at_least_space | delete) & eight_times(0x80)) == 0;
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

/* How many octets span begins with that come by eights and are printable ASCII: as far as words reach. */
static inline size_t span_printable_eights(struct capan_span span) {
    size_t len = 0;
    while (span.len - len >= 8 && eight_are_printable(read_eight(span.at + len))) len += 8;
    return len;
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
