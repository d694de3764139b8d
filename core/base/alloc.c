/* SPDX-License-Identifier: MIT */
#include "alloc.h"

#include <stdlib.h>
#include <string.h>

static void *libc_resize(void *context, void *block, size_t old_size, size_t new_size) {
    (void)context, (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

const struct capan_alloc capan_libc = {libc_resize, NULL};

void *capan_new(const struct capan_alloc *alloc, size_t size) {
    void *block = alloc->resize(alloc->context, NULL, 0, size);
    if (block) memset(block, 0, size);
    return block;
}

void capan_delete(const struct capan_alloc *alloc, void *block, size_t size) {
    if (block) alloc->resize(alloc->context, block, size, 0);
}

enum capan_result capan_reserve(const struct capan_alloc *alloc, void **items, size_t *capacity, size_t count,
                                size_t item_size) {
    if (count <= *capacity) return CAPAN_OK;
    size_t grown = *capacity ? *capacity : 4;
    while (grown < count) {
        if (grown > SIZE_MAX / 2) return CAPAN_NO_MEMORY;
        grown *= 2;
    }
    if (grown > SIZE_MAX / item_size) return CAPAN_NO_MEMORY;
    void *moved = alloc->resize(alloc->context, *items, *capacity * item_size, grown * item_size);
    if (!moved) return CAPAN_NO_MEMORY;
    *items = moved;
    *capacity = grown;
    return CAPAN_OK;
}

void capan_counter_charge(struct capan_counter *counter, size_t size) {
    counter->held += size;
    if (counter->held > counter->peak) counter->peak = counter->held;
}

void capan_counter_discharge(struct capan_counter *counter, size_t size) {
    counter->held -= size;
}

static void *counted_resize(void *context, void *block, size_t old_size, size_t new_size) {
    struct capan_counter *counter = context;
    void *moved = counter->under->resize(counter->under->context, block, old_size, new_size);
    if (!moved && new_size) return NULL;
    capan_counter_charge(counter, new_size - old_size);
    return moved;
}

void capan_counter_init(struct capan_counter *counter, const struct capan_alloc *under) {
    *counter = (struct capan_counter){.alloc = {counted_resize, counter}, .under = under};
}
