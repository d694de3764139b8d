/* SPDX-License-Identifier: MIT */
/* Frames that wait because it is not known yet which part is theirs: fragments whose datagram is not whole, and all
 * that came behind them, for the order is kept. */
#ifndef HELD_H
#define HELD_H

#include "alloc.h"
#include "capan/capture.h"

/* Beyond it, who waits longest goes where its addresses say. */
enum { HELD_FRAMES = 1024, HELD_OCTETS = 32 << 20 };

struct held_frame {
    struct capan_whole_frame frame; /* its octets are a copy */
    uint32_t part;
    uint32_t lost; /* then it is no frame but a notice: CAPAN_SLICE_LOST_... */
    bool waits;    /* the part is not known */
};

/* Owned by the caller: of zeros and alloc, then free. */
struct held {
    const struct capan_alloc *alloc;
    struct held_frame *frames; /* a ring; NULL before the first */
    size_t first, count, octets;
};

void capan_held_free(struct held *);
/* There must be room. False without memory. */
bool capan_held_push(struct held *, const struct held_frame *);
static inline bool held_is_full(const struct held *held) {
    return held->count == HELD_FRAMES || held->octets > HELD_OCTETS;
}
/* The one that waits longest; NULL there is none. */
struct held_frame *capan_held_first(struct held *);
void capan_held_pop(struct held *);
/* Which part all of a datagram go to. */
void capan_held_settle(struct held *, uint64_t datagram, uint32_t part);

#endif
