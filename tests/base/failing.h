/* SPDX-License-Identifier: MIT */
/* An allocator that refuses its k-th request and knows what is held. */
#ifndef FAILING_H
#define FAILING_H

#include <stdlib.h>

#include "capan/base.h"

struct failing {
    struct capan_alloc alloc;
    size_t held;
    size_t requests; /* so far */
    size_t refuse;   /* the request to refuse, from 1; 0 none */
};

static inline void *failing_resize(void *context, void *block, size_t old_size, size_t new_size) {
    struct failing *failing = context;
    if (new_size > 0 && ++failing->requests == failing->refuse) return NULL;
    failing->held += new_size - old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

static inline void failing_init(struct failing *failing, size_t refuse) {
    *failing = (struct failing){{failing_resize, failing}, 0, 0, refuse};
}

#endif
