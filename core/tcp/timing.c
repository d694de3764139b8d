/* SPDX-License-Identifier: MIT */
#include "timing.h"

#include "bytes.h"

#define MS INT64_C(1000000)

enum {
    FLOOR_MS = 200,       /* Linux's TCP_RTO_MIN, added to SRTT; Windows 300, RFC 6298 (2.4) 1000 */
    INITIAL_RTO_MS = 1000 /* RFC 6298 (2.1) */
};

/* What takes longer is no round trip: a clock that was set, a damaged capture. RFC 9293 3.4.2: the MSL, there and
 * back. */
static const int64_t LONGEST_NS = INT64_C(240000000000);

void capan_rtt_sample(struct capan_rtt *rtt, int64_t sample_ns) {
    if (sample_ns < 0 || sample_ns > LONGEST_NS) return;
    if (rtt->count++ == 0) {
        *rtt = (struct capan_rtt){sample_ns, sample_ns / 2, sample_ns, 1};
        return;
    }
    int64_t error = sample_ns - rtt->srtt_ns;
    rtt->rttvar_ns += ((error < 0 ? -error : error) - rtt->rttvar_ns) / 4;
    rtt->srtt_ns += error / 8;
    rtt->min_ns = min_i64(rtt->min_ns, sample_ns);
}

struct capan_timers capan_timers(const struct capan_rtt *far, int64_t near_ns) {
    if (!far->count) return (struct capan_timers){near_ns, INITIAL_RTO_MS * MS, FLOOR_MS * MS, INITIAL_RTO_MS * MS};
    int64_t rtt = far->srtt_ns + near_ns;
    return (struct capan_timers){
        .rtt_ns = rtt,
        .rto_ns = rtt + max_i64(4 * far->rttvar_ns, FLOOR_MS * MS),
        .silent_ns = FLOOR_MS * MS * 9 / 10,
        .pto_ns = 2 * rtt,
    };
}
