/* SPDX-License-Identifier: MIT */
#include "spread.h"

enum { UNIT_NS = 1024, EIGHTHS = 8, FIRST_STRETCH_NS = 100000000 };

static unsigned log2_of(uint64_t number) {
    unsigned log = 0;
    while (number >>= 1) log++;
    return log;
}

/* Eight bins for each power of two: the three bits behind the highest one. */
static unsigned bin_of(int64_t ns) {
    const uint64_t units = ns > 0 ? (uint64_t)ns / UNIT_NS * EIGHTHS : 0;
    if (units < EIGHTHS) return (unsigned)units;
    const unsigned log = log2_of(units) - 3;
    const unsigned bin = (log + 1) * EIGHTHS + (unsigned)(units >> log & (EIGHTHS - 1));
    return bin < SPREAD_BINS ? bin : SPREAD_BINS - 1;
}

static int64_t middle_of(unsigned bin) {
    if (bin < EIGHTHS) return (int64_t)bin * UNIT_NS / EIGHTHS;
    const unsigned log = bin / EIGHTHS - 1;
    const uint64_t low = (uint64_t)(EIGHTHS + bin % EIGHTHS) << log;
    return (int64_t)((2 * low + ((uint64_t)1 << log)) * UNIT_NS / EIGHTHS / 2);
}

void capan_spread_add(struct spread *spread, int64_t ns) {
    if (!spread->count || ns < spread->min_ns) spread->min_ns = ns;
    if (!spread->count || ns > spread->max_ns) spread->max_ns = ns;
    spread->count++;
    spread->bins[bin_of(ns)]++;
}

static int64_t within(int64_t ns, int64_t low, int64_t high) {
    return ns < low ? low : ns > high ? high : ns;
}

int64_t capan_spread_at(const struct spread *spread, unsigned thousandths) {
    if (!spread->count) return -1;
    const uint64_t below = spread->count / 1000 * thousandths + spread->count % 1000 * thousandths / 1000;
    uint64_t sum = 0;
    unsigned bin = 0;
    while (bin + 1 < SPREAD_BINS && (sum += spread->bins[bin]) <= below) bin++;
    return within(middle_of(bin), spread->min_ns, spread->max_ns);
}

void capan_spread_join(struct spread *to, const struct spread *from) {
    if (!from->count) return;
    if (!to->count || from->min_ns < to->min_ns) to->min_ns = from->min_ns;
    if (!to->count || from->max_ns > to->max_ns) to->max_ns = from->max_ns;
    to->count += from->count;
    for (unsigned i = 0; i < SPREAD_BINS; i++) to->bins[i] += from->bins[i];
}

static struct capan_stitch_stretch joined(const struct capan_stitch_stretch *a, const struct capan_stitch_stretch *b) {
    struct capan_stitch_stretch both = a->packets ? *a : *b;
    both.packets = a->packets + b->packets;
    both.lost = a->lost + b->lost;
    both.sum_ns = a->sum_ns + b->sum_ns;
    if (a->packets && b->packets) {
        both.min_ns = a->min_ns < b->min_ns ? a->min_ns : b->min_ns;
        both.max_ns = a->max_ns > b->max_ns ? a->max_ns : b->max_ns;
    }
    return both;
}

static void double_stretches(struct capan_stitch_way *way) {
    for (size_t i = 0; i < CAPAN_STITCH_STRETCHES; i++) {
        const bool there = 2 * i < CAPAN_STITCH_STRETCHES;
        way->stretches[i] = there ? joined(&way->stretches[2 * i], &way->stretches[2 * i + 1])
                                  : (struct capan_stitch_stretch){.packets = 0};
    }
    way->stretch_ns *= 2;
}

void capan_stretches_add(struct capan_stitch_way *way, int64_t since_ns, int64_t delay_ns, bool lost) {
    if (since_ns < 0) since_ns = 0;
    if (!way->stretch_ns) way->stretch_ns = FIRST_STRETCH_NS;
    while (since_ns / way->stretch_ns >= CAPAN_STITCH_STRETCHES) double_stretches(way);
    struct capan_stitch_stretch *stretch = &way->stretches[since_ns / way->stretch_ns];
    if (lost) {
        stretch->lost++;
        return;
    }
    if (!stretch->packets || delay_ns < stretch->min_ns) stretch->min_ns = delay_ns;
    if (!stretch->packets || delay_ns > stretch->max_ns) stretch->max_ns = delay_ns;
    stretch->packets++;
    stretch->sum_ns += delay_ns;
}
