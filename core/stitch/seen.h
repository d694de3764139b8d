/* SPDX-License-Identifier: MIT */
/* Which octets of one direction have come by: the highest, and the holes below it. */
#ifndef SEEN_H
#define SEEN_H

#include <stdbool.h>
#include <stdint.h>

enum { SEEN_HOLES = 16 };

/* Zero at the beginning. Holes are half-open and may overlap nothing. */
struct seen {
    uint32_t top; /* the number behind the highest octet; with any */
    bool any;
    uint8_t holes;
    struct seen_hole {
        uint32_t from, to;
    } hole[SEEN_HOLES]; /* the newest ones */
};

/* [from, to) comes by. True when all of it had come before; never where to is from. */
bool capan_seen_add(struct seen *, uint32_t from, uint32_t to);
/* What lies below to and has not come by is not expected any more. The highest such hole; false when there is none. */
bool capan_seen_skip(struct seen *, uint32_t to, struct seen_hole *hole);

#endif
