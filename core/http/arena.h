/* SPDX-License-Identifier: MIT */
/* Memory that lives as long as one exchange: taken piece by piece, given back at once, and never more than a limit. */
#ifndef ARENA_H
#define ARENA_H

#include "capan/base.h"

struct capan_arena_chunk;

struct capan_arena {
    const struct capan_alloc *alloc;
    struct capan_arena_chunk *chunks;
    uint8_t *at;
    size_t left, taken, limit;
};

/* room is the caller's and used first. */
void capan_arena_init(struct capan_arena *, const struct capan_alloc *, uint8_t *room, size_t room_len, size_t limit);
void capan_arena_free(struct capan_arena *);
/* len octets, aligned for anything, not zeroed. NULL without memory or beyond the limit. */
void *capan_arena_take(struct capan_arena *, size_t len);
/* False without memory or beyond the limit: *copy is empty then. */
bool capan_arena_copy(struct capan_arena *, struct capan_span, struct capan_span *copy);

#endif
