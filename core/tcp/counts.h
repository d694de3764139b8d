/* SPDX-License-Identifier: MIT */
/* What is counted of a connection's segments for its statistics. Only kept where somebody asks for them. */
#ifndef COUNTS_H
#define COUNTS_H

#include "arrival.h"
#include "history.h"

/* Samples: how many, and how they lie. */
struct capan_spread {
    uint64_t count;
    int64_t min, max, sum; /* meaningful with count */
    double mean, squares;  /* sum of the squared distances from the mean */
};

struct capan_side_counts {
    int64_t last_ns, idle_ns, data_first_ns, data_last_ns;
    uint64_t outstanding;        /* octets, after the newest segment of either side */
    double octet_ns;             /* the same, summed up over time */
    struct capan_spread samples; /* the same, after each of its data segments */
    struct capan_spread rtt, full, again, window;
    uint32_t full_len; /* payload of its largest segment */
    bool spoke, sent_data;
    struct capan_side_statistics so_far; /* what is only counted */
};

struct capan_tcp_counts {
    struct capan_side_counts side[2];
    int64_t first_ns, last_ns;
    bool began;
    uint8_t completeness;
    struct capan_history history;
};

/* Gives them back, where there are any. */
void capan_counts_free(struct capan_tcp *);

/* A segment whose verdict is there, and that is no copy of another. */
void capan_counts_segment(const struct capan_arrival *);
/* Its ACK gives a round trip of the peer's data, of a segment of len sequence numbers, 0 when it had no data. */
void capan_counts_round_trip(const struct capan_arrival *, int64_t rtt_ns, uint32_t len);

#endif
