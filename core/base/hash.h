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

#endif
