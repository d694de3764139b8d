/* SPDX-License-Identifier: MIT */
#include "ranges.h"

#include <string.h>

#include "alloc.h"
#include "bytes.h"

void capan_ranges_free(struct capan_ranges *ranges, const struct capan_alloc *alloc) {
    capan_delete(alloc, ranges->at, ranges->capacity * sizeof *ranges->at);
    *ranges = (struct capan_ranges){0};
}

/* Index of the first range whose end lies after at; count when there is none. */
static uint32_t search(const struct capan_ranges *ranges, int64_t at) {
    uint32_t low = 0, high = ranges->count;
    if (high > 0 && ranges->at[high - 1].end <= at) return high;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (ranges->at[middle].end > at) high = middle;
        else low = middle + 1;
    }
    return low;
}

static uint64_t overlap(const struct capan_range *range, int64_t start, int64_t end) {
    const int64_t from = max_i64(range->start, start), to = min_i64(range->end, end);
    return to > from ? (uint64_t)(to - from) : 0;
}

/* Octets of [start, end) in the set, from the range at index on. */
static uint64_t sum(const struct capan_ranges *ranges, uint32_t index, int64_t start, int64_t end) {
    uint64_t octets = 0;
    for (; index < ranges->count && ranges->at[index].start < end; index++) octets += overlap(&ranges->at[index], start, end);
    return octets;
}

/* Puts range in the place of count ranges from index on; there is room. */
static void replace(struct capan_ranges *ranges, uint32_t index, uint32_t count, struct capan_range range) {
    memmove(ranges->at + index + 1, ranges->at + index + count, (ranges->count - index - count) * sizeof *ranges->at);
    ranges->at[index] = range;
    ranges->count = ranges->count + 1 - count;
}

static enum capan_result make_room(struct capan_ranges *ranges, const struct capan_alloc *alloc) {
    size_t capacity = ranges->capacity;
    void *at = ranges->at;
    const enum capan_result result = capan_reserve(alloc, &at, &capacity, ranges->count + 1, sizeof *ranges->at);
    ranges->at = at;
    ranges->capacity = (uint32_t)capacity;
    return result;
}

static void forget_lowest_hole(struct capan_ranges *ranges) {
    const struct capan_range both = {ranges->at[0].start, ranges->at[1].end};
    ranges->forgotten += (uint64_t)(ranges->at[1].start - ranges->at[0].end);
    replace(ranges, 0, 2, both);
}

enum capan_result capan_ranges_add(struct capan_ranges *ranges, int64_t start, int64_t end, uint64_t *fresh, const struct capan_alloc *alloc) {
    if (fresh) *fresh = 0;
    if (start >= end) return CAPAN_OK;
    const uint32_t first = search(ranges, start - 1); /* the first that reaches start, if only to touch it */
    uint32_t last = first;
    uint64_t held = 0;
    struct capan_range merged = {start, end};
    for (; last < ranges->count && ranges->at[last].start <= end; last++) {
        held += overlap(&ranges->at[last], start, end);
        merged.start = min_i64(merged.start, ranges->at[last].start);
        merged.end = max_i64(merged.end, ranges->at[last].end);
    }
    if (fresh) *fresh = (uint64_t)(end - start) - held;
    if (last == first && ranges->count == ranges->capacity) {
        const enum capan_result result = make_room(ranges, alloc);
        if (result != CAPAN_OK) return result;
    }
    replace(ranges, first, last - first, merged);
    if (ranges->count > CAPAN_RANGES_MAX) forget_lowest_hole(ranges);
    return CAPAN_OK;
}

bool capan_ranges_contain(const struct capan_ranges *ranges, int64_t at) {
    const uint32_t index = search(ranges, at);
    return index < ranges->count && ranges->at[index].start <= at;
}

uint64_t capan_ranges_covered(const struct capan_ranges *ranges, int64_t start, int64_t end) {
    return sum(ranges, search(ranges, start), start, end);
}

const struct capan_range *capan_ranges_from(const struct capan_ranges *ranges, int64_t at) {
    const uint32_t index = search(ranges, at);
    return index < ranges->count ? &ranges->at[index] : NULL;
}

uint64_t capan_ranges_drop_below(struct capan_ranges *ranges, int64_t at) {
    if (ranges->count == 0) return 0;
    const uint32_t index = search(ranges, at);
    const uint64_t dropped = sum(ranges, 0, INT64_MIN, at);
    ranges->count -= index;
    memmove(ranges->at, ranges->at + index, ranges->count * sizeof *ranges->at);
    if (ranges->count > 0) ranges->at[0].start = max_i64(ranges->at[0].start, at);
    return dropped;
}

uint64_t capan_ranges_above(const struct capan_ranges *ranges, int64_t at) {
    return sum(ranges, search(ranges, at), at, INT64_MAX);
}
