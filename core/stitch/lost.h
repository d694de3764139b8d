/* SPDX-License-Identifier: MIT */
/* Octets that were sent and whose last copy did not arrive. */
#ifndef LOST_H
#define LOST_H

#include <stdbool.h>
#include <stdint.h>

enum { LOST_RANGES = 64 };

/* Zero at the beginning. The newest ranges; half-open. */
struct lost {
    struct lost_range {
        uint32_t from, to;
    } range[LOST_RANGES];
    uint8_t count;
};

void capan_lost_add(struct lost *, uint32_t from, uint32_t to);
/* [from, to) has arrived. True when some of it was lost. */
bool capan_lost_take(struct lost *, uint32_t from, uint32_t to);

#endif
