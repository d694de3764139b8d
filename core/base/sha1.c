/* SPDX-License-Identifier: MIT */
#include "sha1.h"

#include <string.h>

#include "bytes.h"

enum { BLOCK = 64, LENGTH = 8, ROUNDS = 80 };

static uint32_t turn(uint32_t word, unsigned bits) {
    return word << bits | word >> (32 - bits);
}

/* RFC 3174 5: the function and the constant of each twenty rounds. */
static uint32_t mix(unsigned round, const uint32_t h[5]) {
    const uint32_t b = h[1], c = h[2], d = h[3];
    switch (round / 20) {
    case 0: return ((b & c) | (~b & d)) + 0x5a827999;
    case 1: return (b ^ c ^ d) + 0x6ed9eba1;
    case 2: return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    default: return (b ^ c ^ d) + 0xca62c1d6;
    }
}

static void take_block(uint32_t state[5], const uint8_t *at) {
    uint32_t words[ROUNDS], h[5];
    memcpy(h, state, sizeof h);
    for (unsigned i = 0; i < 16; i++) words[i] = read_be32(at + (size_t)4 * i);
    for (unsigned i = 16; i < ROUNDS; i++)
        words[i] = turn(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    for (unsigned i = 0; i < ROUNDS; i++) {
        const uint32_t next = turn(h[0], 5) + mix(i, h) + h[4] + words[i];
        h[4] = h[3];
        h[3] = h[2];
        h[2] = turn(h[1], 30);
        h[1] = h[0];
        h[0] = next;
    }
    for (unsigned i = 0; i < 5; i++) state[i] += h[i];
}

static void put_be32(uint8_t *to, uint32_t word) {
    for (unsigned i = 0; i < 4; i++) to[i] = (uint8_t)(word >> (24 - 8 * i));
}

/* RFC 3174 4: what is left, a bit, and the length in bits at the end of a block. */
static void take_rest(uint32_t state[5], const uint8_t *at, size_t rest, size_t len) {
    uint8_t last[2 * BLOCK] = {0};
    const size_t size = rest + 1 + LENGTH <= BLOCK ? BLOCK : 2 * BLOCK;
    if (rest) memcpy(last, at, rest);
    last[rest] = 0x80;
    put_be32(last + size - 8, (uint32_t)((uint64_t)len >> 29));
    put_be32(last + size - 4, (uint32_t)(len << 3));
    for (size_t i = 0; i < size; i += BLOCK) take_block(state, last + i);
}

void capan_sha1(const uint8_t *octets, size_t len, uint8_t hash[CAPAN_SHA1]) {
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    size_t done = 0;
    for (; len - done >= BLOCK; done += BLOCK) take_block(state, octets + done);
    take_rest(state, octets + done, len - done, len);
    for (unsigned i = 0; i < 5; i++) put_be32(hash + (size_t)4 * i, state[i]);
}
