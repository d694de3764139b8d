/* SPDX-License-Identifier: MIT */
#include "ranges.h"

#include "bytes.h"

void capan_ranges_free(struct ranges *ranges, const struct capan_alloc *alloc) {
    capan_delete(alloc, ranges->at, ranges->capacity * sizeof *ranges->at);
}

/* The first range that ends at or behind that octet. */
static size_t find(const struct ranges *ranges, int64_t octet) {
    size_t low = 0, high = ranges->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (ranges->at[middle].end < octet)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void drop(struct ranges *ranges, size_t at, size_t count) {
    memmove(ranges->at + at, ranges->at + at + count, (ranges->count - at - count) * sizeof *ranges->at);
    ranges->count -= count;
}

enum capan_result capan_ranges_add(struct ranges *ranges, const struct capan_alloc *alloc, int64_t start, int64_t end) {
    if (start >= end) return CAPAN_OK;
    size_t at = ranges->count && ranges->at[ranges->count - 1].end < start ? ranges->count : find(ranges, start);
    size_t touched = 0;
    struct range joined = {start, end};
    while (at + touched < ranges->count && ranges->at[at + touched].start <= end) {
        joined.start = min_i64(joined.start, ranges->at[at + touched].start);
        joined.end = max_i64(joined.end, ranges->at[at + touched].end);
        touched++;
    }
    if (!touched) {
        if (capan_reserve(alloc, (void **)&ranges->at, &ranges->capacity, ranges->count + 1, sizeof *ranges->at) !=
            CAPAN_OK)
            return CAPAN_NO_MEMORY;
        memmove(ranges->at + at + 1, ranges->at + at, (ranges->count - at) * sizeof *ranges->at);
        ranges->count++;
        touched = 1;
    }
    ranges->at[at] = joined;
    drop(ranges, at + 1, touched - 1);
    if (ranges->count > RANGES_MAX) drop(ranges, 0, 1);
    return CAPAN_OK;
}

int64_t capan_ranges_common(const struct ranges *ranges, int64_t start, int64_t end) {
    int64_t common = 0;
    for (size_t i = find(ranges, start); i < ranges->count && ranges->at[i].start < end; i++)
        common += max_i64(0, min_i64(end, ranges->at[i].end) - max_i64(start, ranges->at[i].start));
    return common;
}

int64_t capan_ranges_reach(const struct ranges *ranges, int64_t from) {
    const size_t at = find(ranges, from);
    return at < ranges->count && ranges->at[at].start <= from ? ranges->at[at].end : from;
}
