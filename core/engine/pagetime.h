/* SPDX-License-Identifier: MIT */
/* Where the time of a page load went: its critical path, back from the exchange that ended last. */
#ifndef PAGETIME_H
#define PAGETIME_H

#include "capan/analysis.h"

/* So many exchanges of a page are looked at; what more of them take counts as the client's time, where none of these
 * goes on. */
enum { PAGETIME_STEPS = 512 };

struct pagetime_step;

/* Owned by who holds it: zeroed, then free. */
struct pagetime {
    struct pagetime_step *at;
    size_t count, capacity;
};

/* One exchange of the page. Without memory it is left out. */
void capan_pagetime_add(struct pagetime *, const struct capan_exchange *, const struct capan_alloc *);
/* Fills in the page's part_ns and what follows. */
void capan_pagetime_tell(const struct pagetime *, struct capan_page *);
void capan_pagetime_free(struct pagetime *, const struct capan_alloc *);

#endif
