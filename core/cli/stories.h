/* SPDX-License-Identifier: MIT */
/* The commands that tell a capture as a whole once it is read: explain, report and plot. */
#ifndef STORIES_H
#define STORIES_H

#include "options.h"

/* One of them is wanted, and no rows. */
bool stories_wanted(const struct options *);
/* NULL without memory. */
struct capan_story *stories_open(const struct options *, uint64_t memory);
/* Writes it and frees. False: errno says why. */
bool stories_close(struct capan_story *, const struct options *, const struct capan_source *,
                   const struct capan_totals *, const struct capan_finding *, size_t count);

#endif
