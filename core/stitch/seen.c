/* SPDX-License-Identifier: MIT */
#include "seen.h"

#include "seqnum.h"

static void drop_hole(struct seen *seen, uint8_t at) {
    seen->hole[at] = seen->hole[--seen->holes];
}

static void add_hole(struct seen *seen, uint32_t from, uint32_t to) {
    if (seen->holes == SEEN_HOLES) {
        uint8_t lowest = 0;
        for (uint8_t i = 1; i < SEEN_HOLES; i++)
            if (capan_seq_lt(seen->hole[i].from, seen->hole[lowest].from)) lowest = i;
        drop_hole(seen, lowest);
    }
    seen->hole[seen->holes++] = (struct seen_hole){from, to};
}

/* Takes [from, to) out of a hole. */
static void fill(struct seen *seen, uint8_t at, uint32_t from, uint32_t to) {
    const struct seen_hole hole = seen->hole[at];
    drop_hole(seen, at);
    if (capan_seq_lt(hole.from, from)) add_hole(seen, hole.from, from);
    if (capan_seq_lt(to, hole.to)) add_hole(seen, to, hole.to);
}

static bool fill_holes(struct seen *seen, uint32_t from, uint32_t to) {
    bool filled = false;
    for (uint8_t i = 0; i < seen->holes;) {
        const struct seen_hole hole = seen->hole[i];
        if (capan_seq_lt(hole.from, to) && capan_seq_lt(from, hole.to)) {
            filled = true;
            fill(seen, i, capan_seq_lt(from, hole.from) ? hole.from : from, capan_seq_lt(hole.to, to) ? hole.to : to);
            i = 0;
        } else {
            i++;
        }
    }
    return filled;
}

/* Filled parts are no holes any more, so that each step of the walk above ends one. */
bool capan_seen_add(struct seen *seen, uint32_t from, uint32_t to) {
    if (from == to) return false;
    if (!seen->any) {
        seen->any = true;
        seen->top = to;
        return false;
    }
    if (!capan_seq_lt(from, seen->top)) {
        if (from != seen->top) add_hole(seen, seen->top, from);
        seen->top = to;
        return false;
    }
    const bool fresh = fill_holes(seen, from, to);
    if (!capan_seq_lt(seen->top, to)) return !fresh;
    seen->top = to;
    return false;
}

bool capan_seen_skip(struct seen *seen, uint32_t to, struct seen_hole *hole) {
    bool found = false;
    if (seen->any && capan_seq_lt(seen->top, to)) {
        *hole = (struct seen_hole){seen->top, to};
        seen->top = to;
        return true;
    }
    for (uint8_t i = 0; i < seen->holes && !found; i++) {
        found = !capan_seq_lt(to, seen->hole[i].to);
        if (!found) continue;
        *hole = seen->hole[i];
        drop_hole(seen, i);
    }
    return found;
}
