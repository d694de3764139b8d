/* SPDX-License-Identifier: MIT */
/* Two endpoints, whichever of them sends. */
#ifndef PAIR_H
#define PAIR_H

#include "capan/base.h"
#include "hash.h"

/* Which of them comes first, as memcmp tells it. */
int capan_pair_order(const struct capan_endpoint *, const struct capan_endpoint *);
/* The same for both directions. */
uint64_t capan_pair_hash(struct capan_hash_key, const struct capan_endpoint *, const struct capan_endpoint *);

#endif
