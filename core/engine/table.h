/* SPDX-License-Identifier: MIT */
/* The connections that are alive, found by their endpoints, and in the order of their last use. */
#ifndef TABLE_H
#define TABLE_H

#include "flow.h"
#include "hash.h"

/* Connections of the same endpoints share a bucket; FLOWS_OF_A_PAIR of them at most are kept alive (other paths). */
enum { FLOWS_OF_A_PAIR = 8 };

/* In the order of their last use. */
struct uses {
    struct flow *newest, *oldest;
};

struct table {
    struct flow **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
    struct uses open, closed; /* by flow.closed */
    struct capan_hash_key key;
    const struct capan_alloc *alloc;
};

enum capan_result table_init(struct table *, uint64_t seed, const struct capan_alloc *);
void table_free(struct table *);

/* The hash of a pair of endpoints, the same for both directions. */
uint64_t table_hash(const struct table *, const struct capan_endpoint *, const struct capan_endpoint *);

/* Walks the connections between two endpoints, newest first: pass NULL, then what came. */
struct flow *table_next(const struct table *, uint64_t hash, const struct capan_endpoint *,
                        const struct capan_endpoint *, const struct flow *after);

/* True when the flow's ends are these two, either way. */
bool table_between(const struct flow *, const struct capan_endpoint *, const struct capan_endpoint *);

/* The flow's hash and ends are set. CAPAN_NO_MEMORY adds nothing. */
enum capan_result table_add(struct table *, struct flow *);
void table_remove(struct table *, struct flow *);
/* Makes it the newest of those open or closed. The order is kept to the second of the capture's clock: who was used so
 * lately stays where it is. */
void table_touch(struct table *, struct flow *, bool closed, int64_t now_ns);

#endif
