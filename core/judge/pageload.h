/* SPDX-License-Identifier: MIT */
/* Pages: which exchanges belong to one load of a page, and how long they waited for each other. */
#ifndef PAGELOAD_H
#define PAGELOAD_H

#include "judgement.h"

/* Sets the judgement's load and the exchange's page. The outcome and its cost are decided. */
void capan_pages_add(struct capan_judgement *, struct capan_store *);

/* Adds an exchange to the chains and returns the longest one that ends with it. */
struct capan_chain capan_chains_add(struct capan_chains *, int64_t begin_ns, int64_t end_ns, int64_t round_trips_x100,
                                    uint32_t confirming);

#endif
