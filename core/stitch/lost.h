/* SPDX-License-Identifier: MIT */
/* Octets that were sent and whose last copy did not arrive. */
#ifndef LOST_H
#define LOST_H

#include <stdbool.h>
#include <stdint.h>

enum { LOST_RANGES = 64 };

/* Zero at the beginning. The newest ranges; half-open. Where they are too many, those that touch become one. */
struct lost {
    struct lost_range {
        uint32_t from, to;
        uint32_t frame; /* that had them, in the capture nearer to its sender */
    } range[LOST_RANGES];
    uint8_t count;
};

/* [from, to) was sent in that frame, and lost. */
void capan_lost_add(struct lost *, uint32_t from, uint32_t to, uint32_t frame);
/* Another copy of [from, to) was sent. True when some of it was lost before; frame gets the newest that had it, and
 * else stays as it is. */
bool capan_lost_take(struct lost *, uint32_t from, uint32_t to, uint32_t *frame);

#endif
