/* SPDX-License-Identifier: MIT */
/* When connections have to go: what is due for closed ones, who makes room, and all of them at the end. */
#ifndef RETIRING_H
#define RETIRING_H

#include "living.h"

/* Takes a connection out: nothing more belongs to it. It leaves when its segments are reported. */
void capan_connections_retire(struct connections *, struct flow *, enum capan_end how);
/* Its segments are reported at once, so that its memory comes back now. */
void capan_connections_evict(struct connections *, struct flow *);
/* Retires what is beyond the budget, but not the current one. */
void capan_connections_hold_budget(struct connections *, const struct flow *current);
/* A packet of that time comes: what is due for closed connections is done before. */
void capan_connections_due(struct connections *, int64_t now_ns);
/* The capture ends: all of them are retired, in the order in which they began. alloc is for the list of them. */
void capan_connections_finish(struct connections *, const struct capan_alloc *);

#endif
