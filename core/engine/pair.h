/* SPDX-License-Identifier: MIT */
/* Two endpoints, whichever of them sends. */
#ifndef PAIR_H
#define PAIR_H

#include "capan/base.h"
#include "index.h"

/* By the index's key; the same for both directions. */
uint64_t capan_pair_hash(const struct capan_index *, const struct capan_endpoint *, const struct capan_endpoint *);

#endif
