/* SPDX-License-Identifier: MIT */
#include "lost.h"

#include <string.h>

#include "seqnum.h"

static void drop(struct lost *lost, uint8_t at) {
    lost->count--;
    memmove(&lost->range[at], &lost->range[at + 1], (size_t)(lost->count - at) * sizeof lost->range[0]);
}

/* A burst is one range. */
void capan_lost_add(struct lost *lost, uint32_t from, uint32_t to) {
    if (lost->count && lost->range[lost->count - 1].to == from) {
        lost->range[lost->count - 1].to = to;
        return;
    }
    if (lost->count == LOST_RANGES) drop(lost, 0);
    lost->range[lost->count++] = (struct lost_range){from, to};
}

/* What is left of a range in front of [from, to) and behind it. */
static void cut(struct lost *lost, uint8_t at, uint32_t from, uint32_t to) {
    const struct lost_range range = lost->range[at];
    const bool front = capan_seq_lt(range.from, from), back = capan_seq_lt(to, range.to);
    if (!front && !back) {
        drop(lost, at);
        return;
    }
    lost->range[at] = front ? (struct lost_range){range.from, from} : (struct lost_range){to, range.to};
    if (front && back && lost->count < LOST_RANGES) lost->range[lost->count++] = (struct lost_range){to, range.to};
}

bool capan_lost_take(struct lost *lost, uint32_t from, uint32_t to) {
    bool found = false;
    for (uint8_t i = lost->count; i-- > 0;) {
        const struct lost_range range = lost->range[i];
        if (!capan_seq_lt(range.from, to) || !capan_seq_lt(from, range.to)) continue;
        found = true;
        cut(lost, i, from, to);
    }
    return found;
}
