/* SPDX-License-Identifier: MIT */
/* How each fact and each quantity of a proof is read from frames, in a small language:
 *
 *     since      it = this.time - earlier.time
 *     advances   this.ack > this.acked
 *
 * it: the quantity; this: the segment; any other name is a quantity of the proof, NAME.FIELD a field of the record
 * (recording.h) of the frame that it names. "asked", "answer" and "copy" are the heads of the request, of the response
 * and of the response that the client had. has(x): the proof has that quantity; ago(x): a segment of the connection
 * passed so long before; gap(x): two of its segments passed so long one after the other; icmp(x): that frame has an
 * ICMP message; before16(a, b), before32(a, b): on the circle of 2^16, 2^32. "|" binds less than "&". */
#ifndef FORMULAS_H
#define FORMULAS_H

#include "scene.h"

/* "" for what frames alone cannot tell, or not in a line: what an endpoint knew, and what was measured before. NULL: no
 * such fact, no such quantity. */
const char *capan_formula_of(bool of_segment, bool of_fact, struct capan_span name);

/* READ_NOT: a frame, a head or a quantity that it needs is not there. */
enum reading { READ_HOLDS, READ_FAILS, READ_NOT };
enum reading capan_formula_read(const struct scene *, const char *formula);

#endif
