/* SPDX-License-Identifier: MIT */
/* The pages of a capture, each gathered from the exchanges that the judge says belong to it. */
#ifndef PAGES_H
#define PAGES_H

#include "capan/analysis.h"

/* So many are gathered at a time: a page that so many newer ones followed is told, and what comes of it later is not
 * counted. */
enum { PAGES_GATHERED = 1024 };

struct pages_entry;

struct pages {
    const struct capan_alloc *alloc;
    struct pages_entry *at[PAGES_GATHERED]; /* by number, modulo as many */
    void (*tell)(void *context, const struct capan_page *);
    void *context;
};

/* tell may be NULL: nothing is gathered then. */
void capan_pages_init(struct pages *, const struct capan_alloc *,
                      void (*tell)(void *context, const struct capan_page *), void *context);
/* Without memory a page is not told. */
void capan_pages_exchange(struct pages *, const struct capan_exchange *);
/* Tells those that were not told yet, in the order of their numbers, and frees. */
void capan_pages_finish(struct pages *);

#endif
