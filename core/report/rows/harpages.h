/* SPDX-License-Identifier: MIT */
/* The pages of an archive, as its entries tell them. */
#ifndef HARPAGES_H
#define HARPAGES_H

#include "capan/report.h"
#include "out.h"

/* All zero at the beginning. */
struct capan_har_pages {
    struct capan_har_page *at; /* by number, from 1 */
    size_t count, size;
};

/* Notes that the exchange, which took that time, is one of its page. False: it has none, or one too many. */
bool capan_har_pages_add(struct capan_har_pages *, const struct capan_exchange *, int64_t begin_ns, int64_t end_ns);
/* The page of that number; false: there is none. The title is the object's. */
bool capan_har_pages_get(const struct capan_har_pages *, uint64_t number, struct capan_archived *);
/* A page that is known already. False without memory; one too many is left out. */
bool capan_har_pages_put_in(struct capan_har_pages *, const struct capan_archived *);
/* ,"pages":[...] */
void capan_har_pages_put(struct capan_out *, const struct capan_har_pages *);
void capan_har_pages_free(struct capan_har_pages *);

#endif
