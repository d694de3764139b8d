/* SPDX-License-Identifier: MIT */
/* A set of octets or sequence numbers as half-open ranges, merged as they touch. */
#ifndef RANGES_H
#define RANGES_H

#include "capan/base.h"

struct capan_range {
    int64_t start, end;
};

/* Sorted and disjoint, never touching. At most CAPAN_RANGES_MAX: a receiver names its newest blocks first (RFC 2018 4)
 * and keeps no more holes than that in practice, so beyond it the lowest hole is taken as filled and counted in
 * forgotten. Zeroed is empty; nothing is allocated before the first range. Owned by the caller: free at the end. */
struct capan_ranges {
    struct capan_range *at;
    uint32_t count, capacity;
    uint64_t forgotten; /* octets of holes taken as filled to stay below the limit */
};

enum { CAPAN_RANGES_MAX = 1024 };

void capan_ranges_free(struct capan_ranges *, const struct capan_alloc *);

/* Adds [start, end). *fresh, when not NULL, gets the number of octets not held before: 0 is a full repetition.
 * CAPAN_NO_MEMORY leaves the set as it was, and *fresh right. */
enum capan_result capan_ranges_add(struct capan_ranges *, int64_t start, int64_t end, uint64_t *fresh, const struct capan_alloc *);

/* True when at is in the set. */
bool capan_ranges_contain(const struct capan_ranges *, int64_t at);
/* How many octets of [start, end) are in the set; all of them when it equals end - start. */
uint64_t capan_ranges_covered(const struct capan_ranges *, int64_t start, int64_t end);
/* The first range that ends after at, or NULL: it holds at, or begins at the end of the hole that does. */
const struct capan_range *capan_ranges_from(const struct capan_ranges *, int64_t at);
/* Removes everything below at. Returns how many octets that were. */
uint64_t capan_ranges_drop_below(struct capan_ranges *, int64_t at);
/* The number of octets in the set at and above at. */
uint64_t capan_ranges_above(const struct capan_ranges *, int64_t at);
/* The end of the highest range; otherwise when there is none. */
static inline int64_t capan_ranges_end(const struct capan_ranges *ranges, int64_t otherwise) {
    return ranges->count ? ranges->at[ranges->count - 1].end : otherwise;
}

#endif
