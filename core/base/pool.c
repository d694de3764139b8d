/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include <stdalign.h>
#include <string.h>

/* In front of each block, so wide that what follows is aligned for anything. */
struct capan_pool_block {
    alignas(max_align_t) struct capan_pool_block *older;
    struct capan_pool_block *newer;
    size_t size; /* of both together */
};

static void unlink_block(struct capan_pool *pool, struct capan_pool_block *block) {
    if (block->older) block->older->newer = block->newer;
    *(block->newer ? &block->newer->older : &pool->newest) = block->older;
}

static void link_block(struct capan_pool *pool, struct capan_pool_block *block, size_t size) {
    *block = (struct capan_pool_block){.older = pool->newest, .size = size};
    if (block->older) block->older->newer = block;
    pool->newest = block;
}

static struct capan_pool_block *block_of(void *at) {
    return (struct capan_pool_block *)at - 1;
}

void *capan_pool_realloc(void *at, size_t len, void *context) {
    struct capan_pool *pool = context;
    struct capan_pool_block *old = at ? block_of(at) : NULL;
    size_t size = len + sizeof *old, old_size = old ? old->size : 0;
    if (size < len) return NULL;
    if (old) unlink_block(pool, old);
    struct capan_pool_block *block = pool->alloc.resize(pool->alloc.context, old, old_size, size);
    if (block)
        link_block(pool, block, size);
    else if (old) /* refused: it stays */
        link_block(pool, old, old_size);
    return block ? block + 1 : NULL;
}

void *capan_pool_malloc(size_t size, void *pool) {
    return capan_pool_realloc(NULL, size, pool);
}

void capan_pool_free(void *at, void *context) {
    struct capan_pool *pool = context;
    if (!at) return;
    struct capan_pool_block *block = block_of(at);
    unlink_block(pool, block);
    pool->alloc.resize(pool->alloc.context, block, block->size, 0);
}

void *capan_pool_calloc(size_t count, size_t size, void *pool) {
    if (size && count > SIZE_MAX / size) return NULL;
    void *at = capan_pool_malloc(count * size, pool);
    if (at) memset(at, 0, count * size);
    return at;
}

void capan_pool_end(struct capan_pool *pool) {
    while (pool->newest) capan_pool_free(pool->newest + 1, pool);
}
