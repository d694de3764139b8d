/* SPDX-License-Identifier: MIT */
/* What new data had been waiting for: the receiver's window, congestion control, its application, Nagle. The capture
 * may lie anywhere on the path: what the sender knew is what passed here one way and back before. */
#ifndef PACE_H
#define PACE_H

#include "arrival.h"

/* Octets of a full segment of that sender. */
uint32_t capan_full_size(const struct capan_arrival *, const struct capan_half *sender,
                         const struct capan_half *receiver);
/* Of data that its receiver looks at, after the verdict: how it lies in the receiver's window. */
void capan_arrival_window(struct capan_arrival *);
/* Of new data, after capan_arrival_window(). */
void capan_arrival_pace(struct capan_arrival *);

#endif
