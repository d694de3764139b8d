/* SPDX-License-Identifier: MIT */
#include "heard.h"

#include "alloc.h"
#include "arrival.h"
#include "bytes.h"
#include "seqnum.h"
#include "stamps.h"

enum {
    FIRST = 16,
    MOST = 4096,
    LOOK = 64,   /* at so many of them for one segment */
    DRIFT = 8192 /* clocks of two hosts differ by less than one part in so many */
};

static bool grow(struct capan_heard_ring *ring, const struct capan_alloc *alloc) {
    const uint32_t capacity = ring->capacity ? 2 * ring->capacity : FIRST;
    if (capacity > MOST) return false;
    struct capan_heard *at = capan_new(alloc, capacity * sizeof *at);
    if (!at) return false;
    for (uint32_t i = 0; i < ring->count; i++) at[i] = ring->at[(ring->head + i) & (ring->capacity - 1)];
    if (ring->at) capan_delete(alloc, ring->at, ring->capacity * sizeof *ring->at);
    ring->at = at;
    ring->head = 0;
    ring->capacity = capacity;
    return true;
}

bool capan_heard_add(struct capan_heard_ring *ring, const struct capan_heard *heard, const struct capan_alloc *alloc) {
    if (ring->count == ring->capacity && !grow(ring, alloc)) return false;
    ring->at[(ring->head + ring->count++) & (ring->capacity - 1)] = *heard;
    return true;
}

bool capan_heard_again(struct capan_heard_ring *ring, const struct capan_heard *heard) {
    if (!ring->count) return false;
    struct capan_heard *last = &ring->at[(ring->head + ring->count - 1) & (ring->capacity - 1)];
    if (heard->una != last->una || heard->edge != last->edge || heard->news & ~(last->news & CAPAN_NEWS_DATA))
        return false;
    return true;
}

const struct capan_heard *capan_heard_first(const struct capan_heard_ring *ring) {
    return ring->count ? &ring->at[ring->head] : NULL;
}

void capan_heard_drop(struct capan_heard_ring *ring) {
    ring->head = (ring->head + 1) & (ring->capacity - 1);
    ring->count--;
}

void capan_heard_free(struct capan_heard_ring *ring, const struct capan_alloc *alloc) {
    if (ring->at) capan_delete(alloc, ring->at, ring->capacity * sizeof *ring->at);
    *ring = (struct capan_heard_ring){0};
}

/* What it took to come here, on the clock of its sender, more than the first one took. */
static int64_t took_ns(const struct capan_arrival *arrival, int64_t tick) {
    const struct capan_half *me = arrival->me;
    return arrival->now - me->ts_first_ns - capan_seq_distance(me->ts_first, arrival->header->ts_val) * tick;
}

static int64_t added_ns(const struct capan_arrival *arrival, const struct capan_lateness *late, int64_t tick) {
    return tick ? max_i64(took_ns(arrival, tick) - late->least_ns - tick, 0) : 0;
}

int64_t capan_heard_late_ns(const struct capan_arrival *arrival, const struct capan_lateness *late) {
    return added_ns(arrival, late, late->known ? capan_stamps_tick(arrival) : 0);
}

static void note_lateness(const struct capan_arrival *arrival, struct capan_lateness *late, int64_t tick) {
    if (!tick) return;
    const int64_t last_ns = late->known ? late->last_ns : arrival->me->ts_first_ns;
    const int64_t least = late->least_ns + max_i64(arrival->now - last_ns, 0) / DRIFT;
    *late = (struct capan_lateness){min_i64(took_ns(arrival, tick), least), arrival->now, true};
}

static const struct capan_heard *heard_at(const struct capan_heard_ring *ring, uint32_t index) {
    return &ring->at[(ring->head + index) & (ring->capacity - 1)];
}

/* Ticks from its timestamp to the echo: above 0, its sender had heard of it. */
static int64_t to_echo(const struct capan_heard *heard, const struct capan_tcp_header *header) {
    return heard->has_ts && header->has_ts_ecr ? capan_seq_distance(heard->ts_val, header->ts_ecr) : 0;
}

/* Of those of one tick, the first is what it echoes. */
static int64_t between_echoes(const struct capan_heard_ring *ring, const struct capan_tcp_header *header,
                              int64_t sent_ns) {
    bool echoed = false;
    for (uint32_t i = 0; i < ring->count && i < LOOK; i++) {
        const struct capan_heard *heard = heard_at(ring, i);
        const int64_t distance = to_echo(heard, header);
        if (distance < 0) return min_i64(sent_ns, heard->at_ns);
        if (distance > 0 || (heard->has_ts && header->has_ts_ecr && !echoed)) sent_ns = max_i64(sent_ns, heard->at_ns);
        echoed |= distance == 0;
    }
    return sent_ns;
}

int64_t capan_heard_sent_ns(const struct capan_arrival *arrival, const struct capan_heard_ring *ring,
                            struct capan_lateness *late) {
    const int64_t tick = capan_stamps_tick(arrival);
    note_lateness(arrival, late, tick);
    const int64_t late_ns = added_ns(arrival, late, tick);
    return between_echoes(ring, arrival->header, arrival->now - capan_near(arrival->me) - late_ns);
}

bool capan_heard_before(const struct capan_heard_ring *ring, const struct capan_tcp_header *header, int64_t sent_ns) {
    const struct capan_heard *first = capan_heard_first(ring);
    return first && (first->at_ns <= sent_ns || to_echo(first, header) > 0);
}
