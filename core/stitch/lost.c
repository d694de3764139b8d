/* SPDX-License-Identifier: MIT */
#include "lost.h"

#include <string.h>

#include "seqnum.h"

static void drop(struct lost *lost, uint8_t at) {
    lost->count--;
    memmove(&lost->range[at], &lost->range[at + 1], (size_t)(lost->count - at) * sizeof lost->range[0]);
}

/* A burst becomes one range. */
static void join(struct lost *lost) {
    for (uint8_t i = lost->count; i-- > 1;) {
        if (lost->range[i - 1].to != lost->range[i].from) continue;
        lost->range[i - 1].to = lost->range[i].to;
        drop(lost, i);
    }
}

void capan_lost_add(struct lost *lost, uint32_t from, uint32_t to, uint32_t frame) {
    if (lost->count == LOST_RANGES) join(lost);
    if (lost->count == LOST_RANGES) drop(lost, 0);
    lost->range[lost->count++] = (struct lost_range){from, to, frame};
}

/* What is left of a range in front of [from, to) and behind it. */
static void cut(struct lost *lost, uint8_t at, uint32_t from, uint32_t to) {
    const struct lost_range range = lost->range[at];
    const bool front = capan_seq_lt(range.from, from), back = capan_seq_lt(to, range.to);
    if (!front && !back) {
        drop(lost, at);
        return;
    }
    lost->range[at] =
        front ? (struct lost_range){range.from, from, range.frame} : (struct lost_range){to, range.to, range.frame};
    if (front && back && lost->count < LOST_RANGES)
        lost->range[lost->count++] = (struct lost_range){to, range.to, range.frame};
}

bool capan_lost_take(struct lost *lost, uint32_t from, uint32_t to, uint32_t *frame) {
    bool found = false;
    for (uint8_t left = lost->count; left > 0; left--) {
        const uint8_t i = (uint8_t)(left - 1);
        const struct lost_range range = lost->range[i];
        if (!capan_seq_lt(range.from, to) || !capan_seq_lt(from, range.to)) continue;
        if (!found) *frame = range.frame;
        found = true;
        cut(lost, i, from, to);
    }
    return found;
}
