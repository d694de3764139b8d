/* SPDX-License-Identifier: MIT */
/* Seeded hashing for tables whose keys come from the capture: SipHash-1-3 (Aumasson and Bernstein), so that who writes
 * the capture cannot choose collisions. */
#ifndef HASH_H
#define HASH_H

#include "capan/base.h"

struct capan_hash_key {
    uint64_t k0, k1;
};

/* Two halves from one seed. */
struct capan_hash_key capan_hash_key(uint64_t seed);
uint64_t capan_hash(struct capan_hash_key key, const void *octets, size_t len);

/* One key of two that are keyed hashes already. */
static inline uint64_t capan_mix(uint64_t a, uint64_t b) {
    uint64_t mixed = (a ^ (b << 29 | b >> 35)) * UINT64_C(0x9e3779b97f4a7c15);
    return mixed ^ mixed >> 32;
}

#endif
