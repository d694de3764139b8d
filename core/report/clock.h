/* SPDX-License-Identifier: MIT */
/* Moments as the layout of the output has them. */
#ifndef CLOCK_H
#define CLOCK_H

#include "out.h"

/* A cell for a moment in ns since 1970, in seconds with six digits; width is what a relative one needs, and others get
 * as much more as they need. */
void capan_cell_moment(struct capan_out *, int64_t at_ns, int64_t origin_ns, size_t width);
/* By how much. */
size_t capan_clock_extra(const struct capan_out *);
/* The same for a script, with nine digits and no blanks: since 1970 where nothing was said. */
void capan_clock_put(struct capan_out *, int64_t at_ns, int64_t origin_ns);

#endif
