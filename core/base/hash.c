/* SPDX-License-Identifier: MIT */
#include "hash.h"

#include <string.h>

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotate(uint64_t x, int by) {
    return x << by | x >> (64 - by);
}

static inline void sip_round(struct state *s) {
    s->v0 += s->v1, s->v1 = rotate(s->v1, 13) ^ s->v0, s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3, s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3, s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1, s->v1 = rotate(s->v1, 17) ^ s->v2, s->v2 = rotate(s->v2, 32);
}

static inline void take(struct state *s, uint64_t word) {
    s->v3 ^= word;
    sip_round(s);
    s->v0 ^= word;
}

/* Up to eight octets as a number, in the machine's order: hashes do not leave the machine. */
static uint64_t word_at(const uint8_t *at, size_t len) {
    uint64_t word = 0;
    memcpy(&word, at, len);
    return word;
}

uint64_t capan_hash(struct capan_hash_key key, const void *octets, size_t len) {
    struct state s = {key.k0 ^ 0x736f6d6570736575, key.k1 ^ 0x646f72616e646f6d, key.k0 ^ 0x6c7967656e657261,
                      key.k1 ^ 0x7465646279746573};
    const uint8_t *at = octets;
    size_t left = len;
    for (; left >= 8; at += 8, left -= 8) take(&s, word_at(at, 8));
    take(&s, (left ? word_at(at, left) : 0) ^ (uint64_t)len << 56);
    s.v2 ^= 0xff;
    for (int i = 0; i < 3; i++) sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

struct capan_hash_key capan_hash_key(uint64_t seed) {
    struct capan_hash_key key = {seed ^ 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9};
    key.k1 = capan_hash(key, &seed, sizeof seed);
    return key;
}
