/* SPDX-License-Identifier: MIT */
/* Which causes each connection has shown: the first verdict with a cause is told from the others. */
#ifndef SHOWN_H
#define SHOWN_H

#include "capan/ledger.h"

/* alloc is set, the rest zero at first. */
struct capan_shown {
    const struct capan_alloc *alloc;
    struct capan_causes *at; /* by stream number */
    size_t count, capacity;
};
void capan_shown_free(struct capan_shown *);

/* Those of the causes that the connection has not shown. */
struct capan_causes capan_shown_new(const struct capan_shown *, uint32_t stream, const struct capan_causes *causes);
/* From now on it has. Without memory it has not. */
void capan_shown_add(struct capan_shown *, uint32_t stream, const struct capan_causes *causes);

#endif
