/* SPDX-License-Identifier: MIT */
#include "cwnd.h"

#include "bytes.h"

static const int64_t SECOND = INT64_C(1000000000);

static void judge_round(struct capan_cwnd *cwnd, int64_t end, uint32_t full, int64_t now_ns) {
    const uint32_t before = cwnd->flight_before, most = cwnd->flight_most;
    const int64_t took = now_ns - cwnd->round_began_ns;
    cwnd->slow = most >= before + before / 5 * 2;
    if (cwnd->recovered && !cwnd->disturbed && most) {
        capan_congestion_recovered(&cwnd->congestion, most, full, cwnd->needless);
        cwnd->recovered = false;
    }
    if (cwnd->disturbed || cwnd->disturbed_before || !most) return;
    capan_congestion_round(&cwnd->congestion, before, most, full);
    if (took > 0) cwnd->congestion.rate = (uint64_t)((double)(end - cwnd->round_end) * (double)SECOND / (double)took);
}

void capan_cwnd_next_round(struct capan_cwnd *cwnd, int64_t end, uint32_t flight, uint32_t full, int64_t now_ns) {
    if (cwnd->in_round) judge_round(cwnd, end, full, now_ns);
    cwnd->flight_before = cwnd->in_round && cwnd->flight_most ? cwnd->flight_most : flight;
    cwnd->flight_most = 0;
    cwnd->round_end = end;
    cwnd->round_began_ns = now_ns;
    cwnd->in_round = true;
    cwnd->disturbed_before = cwnd->disturbed;
    cwnd->disturbed = cwnd->recovering;
}

void capan_cwnd_lost(struct capan_cwnd *cwnd, bool by_timer) {
    capan_congestion_lost(&cwnd->congestion, by_timer ? 0 : cwnd->now, cwnd->needless);
    cwnd->slow = cwnd->recovered = cwnd->needless = false;
    cwnd->recovering = cwnd->disturbed = true;
}

void capan_cwnd_recovered(struct capan_cwnd *cwnd) {
    cwnd->recovered = cwnd->recovering;
    cwnd->recovering = false;
    cwnd->stopped = 0; /* what was acknowledged out of order counted, too */
    cwnd->disturbed = true;
}

uint32_t capan_cwnd_sent(struct capan_cwnd *cwnd, uint32_t flight, bool held, uint32_t pipe) {
    const uint32_t stopped = cwnd->stopped;
    cwnd->flight_most = max_u32(cwnd->flight_most, flight);
    cwnd->stopped = 0;
    if (pipe) return cwnd->now = pipe;
    if (!held || cwnd->recovering) {
        cwnd->disturbed = true;
        return cwnd->now = 0;
    }
    if (stopped || cwnd->now) cwnd->now = max_u32(stopped ? stopped : cwnd->now, flight);
    cwnd->most = max_u32(cwnd->most, cwnd->now);
    return cwnd->now;
}
