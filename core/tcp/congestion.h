/* SPDX-License-Identifier: MIT */
/* Which congestion control a sender has, as far as its congestion window shows: what it keeps of it after a loss, and
 * how it lets it grow in a round trip without one. Reno halves it and adds a segment (RFC 5681 3.1); CUBIC keeps 0.7
 * and follows a cubic curve, below which it grows like Reno but slower (RFC 9438 4.3, 4.6); BBR goes by the rate that
 * comes through: it keeps its window over a loss, and sinks and rises without one (draft-ietf-ccwg-bbr 3). */
#ifndef CONGESTION_H
#define CONGESTION_H

#include "capan/tcp.h"

/* Owned by who holds it: zeroed, then told. Windows in octets. */
struct capan_congestion {
    uint32_t before; /* its window as the loss came that is not answered yet; 0 none, or not known */
    uint32_t ssthresh;
    uint64_t rate; /* octets sent a second in its newest undisturbed round */
    struct capan_tcp_congestion counts;
};

/* A loss came upon that window; needless: as below, of the loss before. */
void capan_congestion_lost(struct capan_congestion *, uint32_t cwnd, bool needless);
/* Its window in the first round after recovery; needless: there may have been no loss, and a sender that learns of it
 * takes its window back (RFC 4015). full: octets of a segment. */
void capan_congestion_recovered(struct capan_congestion *, uint32_t cwnd, uint32_t full, bool needless);
/* A round without a loss, held by the congestion window alone, with so much outstanding at most in the round before,
 * and in this one; full: octets of a segment. */
void capan_congestion_round(struct capan_congestion *, uint32_t before, uint32_t most, uint32_t full);
/* What it comes to. */
void capan_congestion_tell(const struct capan_congestion *, struct capan_tcp_congestion *);

#endif
