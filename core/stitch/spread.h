/* SPDX-License-Identifier: MIT */
/* Delays of any number in bounded memory: how they are spread, and how they change over time. */
#ifndef SPREAD_H
#define SPREAD_H

#include "capan/stitch.h"

enum { SPREAD_BINS = 256 }; /* eight to the octave, from 1 us on */

struct spread {
    uint32_t bins[SPREAD_BINS];
    uint64_t count;
    int64_t min_ns, max_ns;
};

void capan_spread_add(struct spread *, int64_t ns);
/* The value below which so many of a thousand lie, within a tenth; -1 without any. */
int64_t capan_spread_at(const struct spread *, unsigned thousandths);
void capan_spread_join(struct spread *, const struct spread *);

/* Stretches of a way, doubled in length where there would be too many. A delay below 0 counts as lost. */
void capan_stretches_add(struct capan_stitch_way *, int64_t since_ns, int64_t delay_ns, bool lost);

#endif
