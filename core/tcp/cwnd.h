/* SPDX-License-Identifier: MIT */
/* A sender's congestion window, round by round, as far as what it has outstanding shows it: a sender that is held by it
 * has filled it when it stops. Octets; times in ns. */
#ifndef CWND_H
#define CWND_H

#include "congestion.h"

/* Owned by who holds it: zeroed, and slow set. */
struct capan_cwnd {
    struct capan_congestion congestion;
    int64_t round_end;                   /* the round ends when this is acknowledged */
    int64_t round_began_ns;              /* and it began then; meaningful with in_round */
    uint32_t flight_before, flight_most; /* outstanding at most: in the round before, and in this one */
    uint32_t stopped;                    /* outstanding when the first news since its last sending came; 0 none came */
    uint32_t now, most;                  /* the window; 0 not known */
    bool slow;                           /* it grows by half or more in a round (RFC 5681 3.1) */
    bool in_round;
    bool disturbed, disturbed_before; /* something else held it in this round, in the one before */
    bool recovering, recovered;       /* a loss is being made good; was, and what is left of the window is asked */
    bool needless;                    /* there may have been no loss: what was sent again had come */
};

/* Its sender heard something when so much was outstanding. */
static inline void capan_cwnd_heard(struct capan_cwnd *cwnd, uint32_t flight) {
    if (!cwnd->stopped) cwnd->stopped = flight;
}
/* All that was outstanding when the round began is acknowledged; end: of what is sent now, flight: outstanding until
 * now, full: octets of a segment. */
void capan_cwnd_next_round(struct capan_cwnd *, int64_t end, uint32_t flight, uint32_t full, int64_t now_ns);
/* A loss begins to be made good (by_timer: which begins anew with a window of a segment, RFC 5681 3.1); all of it is.
 */
void capan_cwnd_lost(struct capan_cwnd *, bool by_timer);
void capan_cwnd_recovered(struct capan_cwnd *);
/* It sends, and then has that much outstanding. held: by this window alone until now; recovering: pipe is what it keeps
 * in flight instead (RFC 6675 4), 0 not known. Returns the window, 0 not known. */
uint32_t capan_cwnd_sent(struct capan_cwnd *, uint32_t flight, bool held, uint32_t pipe);

#endif
