/* SPDX-License-Identifier: MIT */
/* Memory of a struct capan_alloc for a library that gives blocks back without their size. The pool knows them all: what
 * the library forgets when memory is refused, as some do, is given back with the pool. */
#ifndef POOL_H
#define POOL_H

#include "capan/base.h"

/* Begun with its alloc, the rest zero; it must stay where it is. */
struct capan_pool {
    struct capan_alloc alloc;
    struct capan_pool_block *newest;
};

/* As malloc and the others of libc; pool is a struct capan_pool. */
void *capan_pool_malloc(size_t size, void *pool);
void capan_pool_free(void *at, void *pool);
void *capan_pool_calloc(size_t count, size_t size, void *pool);
void *capan_pool_realloc(void *at, size_t size, void *pool);

/* Gives back whatever is still held. */
void capan_pool_end(struct capan_pool *);

#endif
