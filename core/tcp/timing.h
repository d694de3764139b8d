/* SPDX-License-Identifier: MIT */
/* Round trips as the capture point sees them, and the sender's retransmission timers that follow from them.
 * RFC 6298 2, RFC 8985 7.2. Durations in ns. */
#ifndef TIMING_H
#define TIMING_H

#include "capan/base.h"

/* Samples of one direction: from a segment passing the capture to its ACK passing. */
struct capan_rtt {
    int64_t srtt_ns, rttvar_ns, min_ns; /* meaningful with count */
    uint32_t count;
};

void capan_rtt_sample(struct capan_rtt *, int64_t sample_ns);

/* What the sender's timers should be. far: samples of what it sends; near_ns: from here to the sender and back.
 */
struct capan_timers {
    int64_t rtt_ns;    /* smoothed, as the sender sees it; 0 unknown */
    int64_t rto_ns;    /* first timeout, with the floor of most stacks */
    int64_t silent_ns; /* the shortest timeout of any stack in wide use, less a little */
    int64_t pto_ns;    /* probe timeout with more than one segment in flight */
};
struct capan_timers capan_timers(const struct capan_rtt *far, int64_t near_ns);

#endif
