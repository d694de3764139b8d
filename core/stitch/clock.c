/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <string.h>

enum {
    FIRST_WIDTH_NS = 1 << 20, /* of a slot: about a millisecond */
    RECENT = 64,              /* packets */
    ROUNDING_NS = 2000,       /* by which times of microseconds are off */
    STEPS = 100,              /* of a search that halves or thirds its range */
    STEADY_PPM = 1000,        /* no clock is worse than that */
    TELLING_PPM = 200         /* a range of drifts wider than that says nothing */
};

/* --- gathering --- */

static void tighten(struct bound *bound, int64_t at_ns, int64_t ns, bool upper) {
    if (bound->known && (upper ? ns >= bound->ns : ns <= bound->ns)) return;
    *bound = (struct bound){at_ns, ns, true};
}

static void join(struct clock_slot *to, const struct clock_slot *from) {
    if (from->upper.known) tighten(&to->upper, from->upper.at_ns, from->upper.ns, true);
    if (from->lower.known) tighten(&to->lower, from->lower.at_ns, from->lower.ns, false);
}

static void halve(struct clock_bounds *bounds) {
    for (size_t i = 0; i < CLOCK_SLOTS; i++) {
        const struct clock_slot slot = bounds->slots[i];
        bounds->slots[i] = (struct clock_slot){.upper.known = false};
        join(&bounds->slots[i / 2], &slot);
    }
    bounds->width_ns *= 2;
    bounds->used = (bounds->used + 1) / 2;
}

/* What came before the first one counts with it. */
static struct clock_slot *slot_of(struct clock_bounds *bounds, int64_t at_ns) {
    if (!bounds->width_ns) {
        bounds->width_ns = FIRST_WIDTH_NS;
        bounds->start_ns = at_ns;
    }
    const uint64_t past = at_ns > bounds->start_ns ? (uint64_t)at_ns - (uint64_t)bounds->start_ns : 0;
    while (past / (uint64_t)bounds->width_ns >= CLOCK_SLOTS && bounds->width_ns < INT64_MAX / 2) halve(bounds);
    size_t at = (size_t)(past / (uint64_t)bounds->width_ns);
    if (at >= CLOCK_SLOTS) at = CLOCK_SLOTS - 1;
    if (at >= bounds->used) bounds->used = at + 1;
    return &bounds->slots[at];
}

/* A clock that is set is followed after a few packets. */
static void note_recent(struct clock_bounds *bounds, int64_t at_ns, int64_t ns, bool upper) {
    if (++bounds->recent_count == RECENT) {
        bounds->before = bounds->recent;
        bounds->recent = (struct clock_slot){.upper.known = false};
        bounds->recent_count = 0;
    }
    tighten(upper ? &bounds->recent.upper : &bounds->recent.lower, at_ns, ns, upper);
}

void capan_clock_add(struct clock_bounds *bounds, int64_t at_ns, int64_t difference_ns, bool upper) {
    if (!bounds->packets++) bounds->base_ns = difference_ns;
    struct clock_slot *slot = slot_of(bounds, at_ns);
    tighten(upper ? &slot->upper : &slot->lower, at_ns, difference_ns, upper);
    note_recent(bounds, at_ns, difference_ns, upper);
}

static bool middle(const struct clock_slot *slot, int64_t *ns) {
    if (slot->upper.known && slot->lower.known)
        *ns = slot->lower.ns + (slot->upper.ns - slot->lower.ns) / 2;
    else if (slot->upper.known || slot->lower.known)
        *ns = slot->upper.known ? slot->upper.ns : slot->lower.ns;
    return slot->upper.known || slot->lower.known;
}

bool capan_clock_now(const struct clock_bounds *bounds, int64_t *offset_ns, int64_t *gap_ns) {
    struct clock_slot slot = bounds->recent;
    if (!slot.upper.known) slot.upper = bounds->before.upper;
    if (!slot.lower.known) slot.lower = bounds->before.lower;
    if (gap_ns) *gap_ns = slot.upper.known && slot.lower.known ? slot.upper.ns - slot.lower.ns : 0;
    return middle(&slot, offset_ns);
}

/* --- fitting --- */

/* The lines of one slope that hold all bounds: from the highest lower one to the lowest upper one, at the first slot's
 * time, less the base. */
struct room {
    double low, high;
    bool has_low, has_high;
};

static struct room room_at(const struct clock_bounds *bounds, double slope) {
    struct room room = {0};
    for (size_t i = 0; i < bounds->used; i++) {
        const struct bound *upper = &bounds->slots[i].upper, *lower = &bounds->slots[i].lower;
        const double high = (double)(upper->ns - bounds->base_ns) - slope * (double)(upper->at_ns - bounds->start_ns);
        const double low = (double)(lower->ns - bounds->base_ns) - slope * (double)(lower->at_ns - bounds->start_ns);
        if (upper->known && (!room.has_high || high < room.high)) room.high = high, room.has_high = true;
        if (lower->known && (!room.has_low || low > room.low)) room.low = low, room.has_low = true;
    }
    return room;
}

static double gap_at(const struct clock_bounds *bounds, double slope) {
    const struct room room = room_at(bounds, slope);
    return room.high - room.low;
}

/* The gap is concave in the slope: thirds find its highest place. */
static double widest(const struct clock_bounds *bounds) {
    double from = -STEADY_PPM * 1e-6, to = STEADY_PPM * 1e-6;
    for (int i = 0; i < STEPS; i++) {
        const double third = (to - from) / 3;
        if (gap_at(bounds, from + third) < gap_at(bounds, to - third))
            from += third;
        else
            to -= third;
    }
    return (from + to) / 2;
}

/* How far from the inside to the outside the gap is at least so wide. */
static double reach(const struct clock_bounds *bounds, double inside, double outside, double wide) {
    if (gap_at(bounds, outside) >= wide) return outside;
    for (int i = 0; i < STEPS; i++) {
        const double half = (inside + outside) / 2;
        if (gap_at(bounds, half) >= wide)
            inside = half;
        else
            outside = half;
    }
    return inside;
}

/* Lowest and highest bounds over the time, where no line holds them all. */
static void fit_uneven(const struct clock_bounds *bounds, struct capan_stitch_clock *clock) {
    bool first = true;
    clock->uneven = true;
    for (size_t i = 0; i < bounds->used; i++) {
        const struct clock_slot *slot = &bounds->slots[i];
        int64_t ns;
        if (!middle(slot, &ns)) continue;
        if (first) clock->offset_ns = clock->low_ns = clock->high_ns = ns;
        first = false;
        if (slot->lower.known && slot->lower.ns < clock->low_ns) clock->low_ns = slot->lower.ns;
        if (slot->upper.known && slot->upper.ns > clock->high_ns) clock->high_ns = slot->upper.ns;
    }
}

static double least(double a, double b) {
    return a < b ? a : b;
}

static int64_t whole(double ns) {
    return (int64_t)(ns < 0 ? ns - .5 : ns + .5);
}

/* The line amid the room of its slope. Where many drifts are as likely, none is the likeliest. */
static double choose_slope(const struct clock_bounds *bounds, struct capan_stitch_clock *clock) {
    const double limit = STEADY_PPM * 1e-6, best = widest(bounds), gap = gap_at(bounds, best), wide = gap * .9;
    clock->drift_low = 1e6 * reach(bounds, best, -limit, -ROUNDING_NS);
    clock->drift_high = 1e6 * reach(bounds, best, limit, -ROUNDING_NS);
    clock->has_drift = clock->drift_high - clock->drift_low < TELLING_PPM;
    if (!clock->has_drift) return 1e-6 * least(-least(0, -clock->drift_low), clock->drift_high);
    return (reach(bounds, best, -limit, wide) + reach(bounds, best, limit, wide)) / 2;
}

static int64_t end_of(const struct clock_bounds *bounds) {
    return bounds->start_ns + (int64_t)bounds->used * bounds->width_ns;
}

/* Over all slopes that are possible, bounds at both ends of the time: a line is nowhere beyond them. */
static void fit_bounds(const struct clock_bounds *bounds, struct capan_stitch_clock *clock) {
    const double last = (double)(end_of(bounds) - bounds->start_ns);
    double low = 0, high = 0;
    for (int i = 0; i <= STEPS; i++) {
        const double slope =
            1e-6 * (clock->drift_low + (clock->drift_high - clock->drift_low) * (double)i / (double)STEPS);
        const struct room room = room_at(bounds, slope);
        const double lowest = room.low + least(0, slope * last), highest = room.high + -least(0, -slope * last);
        low = i ? least(low, lowest) : lowest;
        high = i ? -least(-high, -highest) : highest;
    }
    clock->low_ns = bounds->base_ns + whole(low) - ROUNDING_NS;
    clock->high_ns = bounds->base_ns + whole(high) + ROUNDING_NS;
}

static void fit_one_sided(const struct clock_bounds *bounds, const struct room *room,
                          struct capan_stitch_clock *clock) {
    clock->offset_ns = clock->low_ns = clock->high_ns = bounds->base_ns + whole(room->has_low ? room->low : room->high);
    clock->has_low = room->has_low;
    clock->has_high = room->has_high;
}

void capan_clock_fit(const struct clock_bounds *bounds, struct capan_stitch_clock *clock) {
    *clock = (struct capan_stitch_clock){.packets = bounds->packets, .start_ns = bounds->start_ns};
    clock->known = bounds->packets != 0;
    const struct room flat = room_at(bounds, 0);
    if (!flat.has_low || !flat.has_high) {
        if (clock->known) fit_one_sided(bounds, &flat, clock);
        return;
    }
    clock->has_low = clock->has_high = true;
    if (gap_at(bounds, widest(bounds)) < -ROUNDING_NS) {
        fit_uneven(bounds, clock);
        return;
    }
    const double slope = choose_slope(bounds, clock);
    const struct room room = room_at(bounds, slope);
    clock->drift_ppm = slope * 1e6;
    clock->offset_ns = bounds->base_ns + whole((room.low + room.high) / 2);
    fit_bounds(bounds, clock);
}

/* Where no line fits, the slot's own middle, or the nearest one before it that has one. */
static int64_t uneven_at(const struct clock_bounds *bounds, const struct capan_stitch_clock *clock, int64_t at_ns) {
    int64_t ns = clock->offset_ns;
    const uint64_t past = at_ns > bounds->start_ns ? (uint64_t)(at_ns - bounds->start_ns) : 0;
    size_t at = (size_t)(past / (uint64_t)bounds->width_ns);
    if (at >= bounds->used) at = bounds->used - 1;
    while (!middle(&bounds->slots[at], &ns) && at > 0) at--;
    return ns;
}

int64_t capan_clock_at(const struct clock_bounds *bounds, const struct capan_stitch_clock *clock, int64_t at_ns) {
    if (!clock->known) return 0;
    if (clock->uneven) return uneven_at(bounds, clock, at_ns);
    return clock->offset_ns + whole(clock->drift_ppm * 1e-6 * (double)(at_ns - clock->start_ns));
}
