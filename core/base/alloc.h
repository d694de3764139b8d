/* SPDX-License-Identifier: MIT */
/* Memory through a struct capan_alloc, zeroed, and with a sum that a budget can be held to. */
#ifndef ALLOC_H
#define ALLOC_H

#include "capan/base.h"

/* size zeroed octets, or NULL. */
void *capan_new(const struct capan_alloc *alloc, size_t size);
void capan_delete(const struct capan_alloc *alloc, void *block, size_t size);

/* Makes room for at least count items of item_size in *items (capacity *capacity), doubling. CAPAN_NO_MEMORY leaves
 * both. */
enum capan_result capan_reserve(const struct capan_alloc *alloc, void **items, size_t *capacity, size_t count,
                                size_t item_size);

/* An allocator on another one that knows how much is held. */
struct capan_counter {
    struct capan_alloc alloc; /* hand this out */
    const struct capan_alloc *under;
    size_t held, peak;
};
void capan_counter_init(struct capan_counter *counter, const struct capan_alloc *under);
/* Counts what somebody else holds for the same purpose; and no more. */
void capan_counter_charge(struct capan_counter *counter, size_t size);
void capan_counter_discharge(struct capan_counter *counter, size_t size);

#endif
