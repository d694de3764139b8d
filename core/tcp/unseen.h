/* SPDX-License-Identifier: MIT */
/* Octets that were acknowledged before they passed here. Mostly the capture missed them; but the order of its records
 * is not the order of events (two taps, several queues of a network card), and what comes next to its ACK was only
 * recorded behind it. */
#ifndef UNSEEN_H
#define UNSEEN_H

#include "arrival.h"

/* Octets [start, end) of the peer's are acknowledged by this segment: those of a hole, or, without
 * a record behind it, what was sent last. */
void capan_unseen_add(struct capan_arrival *, int64_t start, int64_t end, const struct capan_piece *hole);
/* This segment's octets were acknowledged before. Those that were not seen then are MISSED; if that is so short a time
 * ago that the capture swapped them with their ACK, SWAPPED, and FILLS when they fill a hole that had shown. */
void capan_unseen_look(struct capan_arrival *);
/* It is SWAPPED: what was said of the ACK is taken back. */
void capan_unseen_came(struct capan_arrival *);
/* This segment begins behind the last of them. */
void capan_unseen_passed(struct capan_arrival *);
/* What will not come any more, or all of it at the end. */
void capan_unseen_settle(const struct capan_tcp *, struct capan_half *, int64_t now, bool all);
/* Those that the record acknowledged were never sent. */
void capan_unseen_refuted(const struct capan_tcp *, struct capan_half *, uint64_t ack);
void capan_unseen_free(struct capan_half *, const struct capan_alloc *);

#endif
