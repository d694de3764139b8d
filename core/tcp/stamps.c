/* SPDX-License-Identifier: MIT */
#include "stamps.h"

#include "seqnum.h"

#define MS INT64_C(1000000)

enum {
    BASELINE_MS = 100, /* in less, delays on the way hide the clock's rate */
    ANSWER_MS = 4      /* ticks of both clocks, and the time to react */
};

/* The tick that fits best that long a count; 0 none. Where the way has become longer meanwhile, more time has passed
 * here than at the sender. RFC 7323 5.4 asks for 1 ms to 1 s; slow ones measure no timer. */
static int64_t tick_of(int64_t elapsed, int64_t count) {
    static const int64_t ticks[] = {1000, MS, 4 * MS, 10 * MS};
    if (elapsed < BASELINE_MS * MS || count <= 0) return 0;
    for (unsigned i = 0; i < sizeof ticks / sizeof *ticks; i++) {
        const int64_t took = count * ticks[i];
        if (took > elapsed / 2 && took < elapsed / 4 * 5) return ticks[i];
    }
    return 0;
}

/* Up to its newest new data first: since then the path may have stood still. */
int64_t capan_stamps_tick(const struct capan_arrival *arrival) {
    const struct capan_half *me = arrival->me;
    if (!arrival->header->has_timestamps || !(me->marks & CAPAN_HALF_TS_SEEN)) return 0;
    const int64_t tick = tick_of(me->sent_ns - me->ts_first_ns, capan_seq_distance(me->ts_first, me->ts_sent));
    return tick ? tick
                : tick_of(arrival->now - me->ts_first_ns, capan_seq_distance(me->ts_first, arrival->header->ts_val));
}

int64_t capan_stamps_since(const struct capan_arrival *arrival, uint32_t ts_val) {
    const int64_t tick = capan_at_sender(arrival) ? 0 : capan_stamps_tick(arrival);
    const int64_t count = capan_seq_distance(ts_val, arrival->header->ts_val);
    return tick == 0 || count < 0 ? -1 : count * tick;
}

bool capan_stamps_unheard(const struct capan_arrival *arrival) {
    return arrival->header->has_ts_ecr && arrival->header->ts_ecr == arrival->me->ts_echoed &&
           capan_stamps_since(arrival, arrival->me->ts_max) > ANSWER_MS * MS;
}

void capan_stamps_follow(struct capan_arrival *arrival) {
    struct capan_half *me = arrival->me;
    if (!(me->marks & CAPAN_HALF_TS_SEEN)) {
        me->ts_first = arrival->header->ts_val;
        me->ts_first_ns = arrival->now;
    }
    if (arrival->header->has_ts_ecr) me->ts_echoed = arrival->header->ts_ecr;
    if (arrival->end > arrival->start) me->ts_data = arrival->header->ts_val;
}
