/* SPDX-License-Identifier: MIT */
/* Segments that their receiver drops before it looks at their numbers: damaged ones, and those that are older than what
 * it has taken. Their sender has sent them all the same. */
#ifndef REFUSAL_H
#define REFUSAL_H

#include "arrival.h"

/* Flags the segment with what it is refused for. True when it is. */
bool capan_arrival_is_refused(struct capan_arrival *);
/* After the verdict: what the sender's checksums, timestamps and TTL are like. */
void capan_arrival_learn_sender(struct capan_arrival *);

#endif
