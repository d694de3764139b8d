/* SPDX-License-Identifier: MIT */
/* Octets of a stream as sorted ranges [start, end) that do not touch. */
#ifndef RANGES_H
#define RANGES_H

#include "alloc.h"

/* Where there would be more than this, the lowest are forgotten. */
enum { RANGES_MAX = 1024 };

struct range {
    int64_t start, end;
};

/* Begun as zeros; free it. */
struct ranges {
    struct range *at;
    size_t count, capacity;
};

void capan_ranges_free(struct ranges *, const struct capan_alloc *);
/* CAPAN_NO_MEMORY leaves the set as it was. */
enum capan_result capan_ranges_add(struct ranges *, const struct capan_alloc *, int64_t start, int64_t end);
/* How many octets of [start, end) are in it. */
int64_t capan_ranges_common(const struct ranges *, int64_t start, int64_t end);
/* The end of the range that holds from, or from. */
int64_t capan_ranges_reach(const struct ranges *, int64_t from);

#endif
