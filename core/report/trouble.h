/* SPDX-License-Identifier: MIT */
/* Which connections ask to be looked at first, where not all can be shown. */
#ifndef TROUBLE_H
#define TROUBLE_H

#include "capan/analysis.h"

/* It failed, it was cut off, data was lost or held up; 0 nothing of that. */
uint64_t capan_trouble_of(const struct capan_connection *);

/* Order for qsort() of pointers to connections: most trouble first, then most octets, then as they began. */
int capan_by_trouble(const void *left, const void *right);

#endif
