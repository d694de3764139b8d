/* SPDX-License-Identifier: MIT */
/* Small blocks that were given back, kept for the next of their size: connections, and what hangs on them, come and go
 * by the thousand and are of few sizes. One of them costs a few instructions instead of libc's hundred. */
#ifndef SPARES_H
#define SPARES_H

#include "capan/base.h"

enum {
    CAPAN_SPARE_STEP = 16,     /* sizes are rounded up to it */
    CAPAN_SPARE_SIZES = 128,   /* larger blocks are not kept */
    CAPAN_SPARE_HELD = 1 << 15 /* octets of one size that are kept */
};

struct capan_spare {
    struct capan_spare *next;
};

struct capan_spares {
    struct capan_alloc alloc; /* hand this out; sizes must be given truly, as they are everywhere here */
    const struct capan_alloc *under;
    struct capan_spare *of[CAPAN_SPARE_SIZES];
    uint16_t count[CAPAN_SPARE_SIZES];
};

/* Must stay where it is; under must live as long. Ended when all that was handed out is back. */
void capan_spares_begin(struct capan_spares *, const struct capan_alloc *under);
void capan_spares_end(struct capan_spares *);

#endif
