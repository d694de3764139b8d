/* SPDX-License-Identifier: MIT */
/* One connection as the engine keeps it: who, its TCP analysis, and what is said on it. */
#ifndef FLOW_H
#define FLOW_H

#include "capan/analysis.h"
#include "connection.h"
#include "index.h"
#include "resting.h"
#include "talk.h"

struct flow {
    struct capan_indexed in;      /* by endpoints, and by last use */
    int64_t touched_ns;           /* when that order last noted it */
    struct capan_endpoint end[2]; /* end[CAPAN_C2S] is the client: it sends CAPAN_C2S */
    uint32_t path[2];             /* where each direction was first seen */
    uint8_t interface[2];         /* likewise (senders.h) */
    bool path_known[2];
    bool named;  /* the caller gave the stream number: it is part of the key */
    bool closed; /* both sides are done with it: TIME-WAIT at most */
    bool evicted, retired;
    bool hurried;     /* its memory is needed: it leaves before others that were retired before */
    bool sums_noted;  /* its checksums were gathered */
    bool unreported;  /* it was none: nothing is said of it */
    uint16_t newborn; /* its place among those, plus one (newborn.h); 0 none */
    uint32_t stream;
    uint32_t first_frame, last_frame;
    int64_t first_ns, last_ns;
    uint64_t exchanges;                /* reported */
    uint32_t pending;                  /* its segments that are not reported yet */
    uint32_t told_number;              /* once it is retired, with touched_ns: when that was (struct capan_told) */
    uint8_t told_by;                   /* likewise */
    uint64_t last_serial;              /* of its newest segment */
    struct capan_tcp *tcp;             /* NULL while it rests */
    struct capan_tcp_resting *resting; /* NULL while it is awake */
    struct capan_talk talk;
    struct delays *delays;   /* what held its data up; NULL nothing yet */
    struct capan_icmp *icmp; /* errors about its segments; NULL none yet */
    struct doubt *doubt;     /* whether it, or another one on its ports, is over; NULL there is none */
};

/* The direction of what one of its ends sends. */
static inline enum capan_direction flow_direction(const struct flow *flow, const struct capan_endpoint *from) {
    return capan_direction_from(flow->end, from);
}

#endif
