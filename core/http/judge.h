/* SPDX-License-Identifier: MIT */
/* The judge of exchanges: what each client was given before, and whether the answer was right. RFC 9110, RFC 9111. */
#ifndef JUDGE_H
#define JUDGE_H

#include "capan/http.h"

struct capan_judge;

struct capan_judge_config {
    uint64_t memory;     /* octets for stored responses */
    uint64_t seed;       /* of hash tables and body digests */
    bool shared_cache;   /* one store for all clients */
};

/* NULL without memory. */
struct capan_judge *capan_judge_new(const struct capan_alloc *, const struct capan_judge_config *);
void capan_judge_free(struct capan_judge *);
/* Stored responses given up for memory so far. */
uint64_t capan_judge_evicted(const struct capan_judge *);

#endif
