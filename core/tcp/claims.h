/* SPDX-License-Identifier: MIT */
/* An ACK of octets behind all that its receiver was seen to send: the capture missed them, or they were never sent, and
 * the segment, whoever made it, changes nothing (RFC 9293 3.10.7.4, fifth check). The first is much more frequent and
 * is taken for true until what comes next tells. */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "arrival.h"

/* This segment acknowledges octets of its peer from the board's end on, which nobody has seen. */
void capan_claim_begin(struct capan_arrival *);
/* This segment may tell of a claim: before it is judged, its numbers being known. With one that is true, the FIN of
 * the segment that made it counts: arrival->fin_at or own_fin_at. */
void capan_claim_look(struct capan_arrival *);
/* This segment makes a claim itself: its FIN has to wait until that is known to be true. */
bool capan_claim_holds(const struct capan_arrival *);
/* Nothing more will tell. */
void capan_claim_end(const struct capan_tcp *, struct capan_half *);

#endif
