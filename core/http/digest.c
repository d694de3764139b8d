/* SPDX-License-Identifier: MIT */
#include "digest.h"

#include "bytes.h"

/* Odd numbers without pattern: the fractions of the golden ratio and of the roots of 2, 3 and 5. */
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)
#define ROOT_2 UINT64_C(0x6a09e667f3bcc909)
#define ROOT_3 UINT64_C(0xbb67ae8584caa73b)
#define ROOT_5 UINT64_C(0x3c6ef372fe94f82b)

enum { BLOCK = 32 };

static uint64_t rotate(uint64_t x, unsigned bits) {
    return x << bits | x >> (64 - bits);
}

/* The multiplication carries upwards only: the rotation brings the high bits back down. */
static uint64_t mix(uint64_t lane, uint64_t word) {
    return rotate((lane ^ word) * GOLDEN, 29) + ROOT_5;
}

static const uint8_t *add_blocks(uint64_t lane[4], const uint8_t *at, size_t blocks) {
    uint64_t a = lane[0], b = lane[1], c = lane[2], d = lane[3];
    for (; blocks; blocks--, at += BLOCK) {
        a = mix(a, read_eight(at));
        b = mix(b, read_eight(at + 8));
        c = mix(c, read_eight(at + 16));
        d = mix(d, read_eight(at + 24));
    }
    lane[0] = a, lane[1] = b, lane[2] = c, lane[3] = d;
    return at;
}

void capan_digest_init(struct capan_digest *digest, uint64_t seed) {
    *digest = (struct capan_digest){.lane = {seed ^ GOLDEN, seed ^ ROOT_2, seed ^ ROOT_3, seed ^ ROOT_5}};
}

static void keep_ends(struct capan_digest *digest, struct capan_span octets) {
    enum { END = sizeof digest->last };
    const size_t len = octets.len < END ? octets.len : END;
    for (size_t at = (size_t)digest->len, from = 0; at < END && from < octets.len;)
        digest->first[at++] = octets.at[from++];
    memmove(digest->last, digest->last + len, END - len);
    if (len) memcpy(digest->last + END - len, octets.at + octets.len - len, len);
}

void capan_digest_add(struct capan_digest *digest, struct capan_span octets) {
    size_t held = digest->len % BLOCK;
    keep_ends(digest, octets);
    digest->len += octets.len;
    if (held) {
        struct capan_span head = span_cut(octets, 0, BLOCK - held);
        if (head.len) memcpy(digest->pending + held, head.at, head.len);
        if (held + head.len < BLOCK) return;
        add_blocks(digest->lane, digest->pending, 1);
        octets = span_cut(octets, head.len, SIZE_MAX);
    }
    if (!octets.len) return;
    const uint8_t *rest = add_blocks(digest->lane, octets.at, octets.len / BLOCK);
    memcpy(digest->pending, rest, octets.len % BLOCK);
}

static uint64_t avalanche(uint64_t x) {
    x = (x ^ x >> 32) * ROOT_2;
    x = (x ^ x >> 29) * ROOT_3;
    return x ^ x >> 32;
}

uint64_t capan_digest_value(const struct capan_digest *digest) {
    uint8_t last[BLOCK] = {0};
    uint64_t lane[4];
    memcpy(last, digest->pending, digest->len % BLOCK);
    memcpy(lane, digest->lane, sizeof lane);
    add_blocks(lane, last, 1);
    uint64_t value = digest->len * GOLDEN;
    for (int i = 0; i < 4; i++) value = avalanche(value ^ lane[i]) + rotate(lane[i], 17);
    value = avalanche(value);
    return value ? value : 1;
}

/* What no single member can come to is none: deflate makes of 258 octets two bits at best, and adds five to some
 * thousands of them at worst. */
uint32_t capan_digest_gunzipped(const struct capan_digest *digest) {
    enum { LEN_MIN = 18 /* header and trailer */, DEFLATE = 8, RATIO_MAX = 1032, SLACK = 1024 };
    const uint64_t len = read_le32(digest->last);
    const bool begins = digest->first[0] == 0x1f && digest->first[1] == 0x8b && digest->first[2] == DEFLATE;
    if (!begins || digest->len < LEN_MIN || len > digest->len * RATIO_MAX || digest->len > 2 * len + SLACK) return 0;
    return (uint32_t)len;
}
