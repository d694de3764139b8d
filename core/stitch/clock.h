/* SPDX-License-Identifier: MIT */
/* Two clocks by what passed between them: each packet that goes from A to B bounds from above how far B's clock is
 * ahead (it cannot arrive before it was sent), each that comes from B bounds it from below. */
#ifndef CLOCK_H
#define CLOCK_H

#include "capan/stitch.h"

enum { CLOCK_SLOTS = 256 };

/* The tightest bounds of a stretch of time. */
struct clock_slot {
    struct bound {
        int64_t at_ns, ns; /* when by A's clock, and B's time less A's */
        bool known;
    } upper, lower;
};

/* As many slots as there is room for; where more would be needed, two become one. Zero at the beginning. */
struct clock_bounds {
    struct clock_slot slots[CLOCK_SLOTS];
    int64_t start_ns, width_ns, base_ns; /* base: what bounds are near to, for sums without loss */
    size_t used;
    uint64_t packets;
    struct clock_slot recent, before; /* the bounds of the last few packets, and of some before these */
    unsigned recent_count;
};

void capan_clock_add(struct clock_bounds *, int64_t at_ns, int64_t difference_ns, bool upper);
/* What the bounds of just now come to; false when there are none. gap_ns may be NULL: how far they are apart, which is
 * the least time of both ways together; 0 where only one side is bounded. */
bool capan_clock_now(const struct clock_bounds *, int64_t *offset_ns, int64_t *gap_ns);
void capan_clock_fit(const struct clock_bounds *, struct capan_stitch_clock *);
/* The likeliest offset at a time by A's clock. */
int64_t capan_clock_at(const struct clock_bounds *, const struct capan_stitch_clock *, int64_t at_ns);

#endif
