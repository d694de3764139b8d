/* SPDX-License-Identifier: MIT */
/* The sender's own clock, as its timestamps show it (RFC 7323 3): what lies between two of its segments, however long
 * either was on the way. */
#ifndef STAMPS_H
#define STAMPS_H

#include "arrival.h"

/* One tick of its sender's clock, in ns; 0 not known. */
int64_t capan_stamps_tick(const struct capan_arrival *);

/* From the segment of the same sender with that TSval to this one, in ns. Negative: not known, or this capture's own
 * clock, next to the sender, is the better one. */
int64_t capan_stamps_since(const struct capan_arrival *, uint32_t ts_val);

/* Nothing from the peer reached the sender since the segment before: it echoes the same timestamp, though its own clock
 * went on (RFC 7323 4.3). */
bool capan_stamps_unheard(const struct capan_arrival *);

/* After the verdict: a segment with timestamps. */
void capan_stamps_follow(struct capan_arrival *);

#endif
