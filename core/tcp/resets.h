/* SPDX-License-Identifier: MIT */
/* Resets: who sent them, and what they cut off. */
#ifndef RESETS_H
#define RESETS_H

#include "arrival.h"

/* More routers lie between two TTLs than a change of route explains. */
bool capan_ttl_is_far(uint8_t, uint8_t);
/* The octets in flight that a reset acknowledges, the newest of them, when they were sent once; NULL none. */
const struct capan_piece *capan_reset_acks(const struct capan_arrival *);

/* A reset, before its verdict and after it. */
void capan_reset_look(struct capan_arrival *);
void capan_reset_note(struct capan_arrival *);
/* True when it is a reset that its receiver believes. */
bool capan_arrival_resets(const struct capan_arrival *);
/* Any segment, after its verdict: whether its sender had sent the reset that came in its name. */
void capan_reset_follow(struct capan_arrival *);
/* What that side's reset met shows that something was under way. */
void capan_reset_cuts_off(const struct capan_tcp *, const struct capan_half *sender);

#endif
