/* SPDX-License-Identifier: MIT */
/* Where the time of one direction went: disjoint parts, by what its sender could do at each moment. It is accounted as
 * the sender's own kernel would: data counts from when it was sent, an ACK from when it reached the sender. Elsewhere
 * on the path both are known from the shortest way between and the sender's timestamps. Times in ns, on the clock of
 * the capture, as if the way from here to the sender took none and the way from it took all. */
#ifndef BUDGET_H
#define BUDGET_H

#include "arrival.h"
#include "cwnd.h"
#include "heard.h"

/* What the time since its last sending is, as far as is known before it sends again. */
enum capan_wait {
    CAPAN_WAIT_ROOM,  /* data is outstanding, and the window has room */
    CAPAN_WAIT_FULL,  /* data is outstanding, and the window has no room for another segment */
    CAPAN_WAIT_SHUT,  /* all is acknowledged, and the window is shut */
    CAPAN_WAIT_EMPTY, /* all is acknowledged */
    CAPAN_WAIT_COUNT
};

/* Of one direction; made with its first data. Sequence numbers are those of the half. */
struct capan_budget {
    int64_t part_ns[CAPAN_TIME_PART_COUNT];
    int64_t answer_ns[CAPAN_TIME_PART_COUNT]; /* the same when its newest answer began */
    int64_t busy_ns, after_ns, stalled_ns;    /* as struct capan_tcp_time has them */
    int64_t wait_ns[CAPAN_WAIT_COUNT];        /* not in a part yet */
    int64_t round_ns;         /* held by the congestion window in this round: slow start or not is seen at its
                               * end */
    int64_t start_ns;         /* where the account begins: before lies the handshake */
    int64_t since_ns;         /* up to where it goes */
    int64_t sent_ns, told_ns; /* last new data; last news that may let data go */
    int64_t end, una, edge;   /* of its data; as it knows them */
    int64_t recover;          /* its recovery ends when una reaches it */
    struct capan_heard_ring heard;
    struct capan_lateness late;
    struct capan_cwnd cwnd;
    uint32_t full;  /* octets of a full segment */
    uint32_t marks; /* CAPAN_BUDGET_... */
};

enum {
    CAPAN_BUDGET_OPENED = 1 << 0, /* its SYN was seen */
    CAPAN_BUDGET_ASKED = 1 << 1,  /* the peer's data came since its own */
    CAPAN_BUDGET_MORE = 1 << 2,   /* its last new data was full and came without PSH */
    CAPAN_BUDGET_CLOSED = 1 << 3, /* it sent its FIN, or the connection was reset */
    CAPAN_BUDGET_FILLED = 1 << 4, /* its last new data filled the window */
    CAPAN_BUDGET_FLIGHTS = 1 << 5 /* it sent new data after some was acknowledged */
};

/* After everything else of a segment that its receiver looks at. */
void capan_budget_segment(struct capan_arrival *);
/* Nothing more is sent: its sender hears of the rest. */
void capan_budget_rest(struct capan_half *, const struct capan_alloc *);
void capan_budget_free(struct capan_half *, const struct capan_alloc *);

/* The parts of [first_ns, last_ns], of which the sum is its length. */
void capan_budget_tell(const struct capan_tcp *, enum capan_direction, int64_t first_ns, int64_t last_ns,
                       struct capan_tcp_time *);

/* The parts since its newest answer began; all 0 where there is none. */
void capan_budget_answer(const struct capan_half *, int64_t part_ns[CAPAN_TIME_PART_COUNT]);
/* What shows of its sender's congestion control. */
void capan_budget_congestion(const struct capan_half *, struct capan_tcp_congestion *);

#endif
