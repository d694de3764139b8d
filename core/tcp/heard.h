/* SPDX-License-Identifier: MIT */
/* What a sender has heard of, where the capture lies away from it: what its peer sends passes here one way before. The
 * way there and back is that of the shortest answer; what the network added to a segment's way here is told by its
 * timestamp (RFC 7323 3). Times in ns: that of the capture's clock at which an ACK passes here stands for when it
 * reached the sender. */
#ifndef HEARD_H
#define HEARD_H

#include "capan/base.h"

struct capan_arrival;
struct capan_tcp_header;

enum { CAPAN_NEWS_ACK = 1, CAPAN_NEWS_WINDOW = 2, CAPAN_NEWS_DATA = 4, CAPAN_NEWS_RESET = 8 };

/* One segment of the peer. */
struct capan_heard {
    int64_t at_ns, una, edge;
    uint32_t ts_val;
    bool has_ts;
    uint8_t news; /* CAPAN_NEWS_... */
};

/* Those that passed here and that the sender may not have got yet, in order. Owned by the caller: zeroed, then free. */
struct capan_heard_ring {
    struct capan_heard *at;
    uint32_t head, count, capacity;
};

/* Least of what a segment took to come here, on the clock of its sender. */
struct capan_lateness {
    int64_t least_ns, last_ns;
    bool known;
};

/* False when there is no room: the caller takes the first one out, or takes this one at once. */
bool capan_heard_add(struct capan_heard_ring *, const struct capan_heard *, const struct capan_alloc *);
/* It says no more than the one before: that one stands for it. */
bool capan_heard_again(struct capan_heard_ring *, const struct capan_heard *);
/* The first one; NULL none. */
const struct capan_heard *capan_heard_first(const struct capan_heard_ring *);
void capan_heard_drop(struct capan_heard_ring *);
void capan_heard_free(struct capan_heard_ring *, const struct capan_alloc *);

/* A shorter way from here to the sender and back is the host's own. */
enum { CAPAN_HEARD_NEAR_NS = 200000 };

/* Away from its sender: when the segment was sent: the shortest way before, less what the network added, and not before
 * its sender had what it echoes, nor after it had what it does not (RFC 7323 4.3). */
int64_t capan_heard_sent_ns(const struct capan_arrival *, const struct capan_heard_ring *, struct capan_lateness *);
/* What the network added to the shortest way, to the tick; 0 not known. */
int64_t capan_heard_late_ns(const struct capan_arrival *, const struct capan_lateness *);
/* The first one had come to the sender of a segment with that header, sent then. */
bool capan_heard_before(const struct capan_heard_ring *, const struct capan_tcp_header *, int64_t sent_ns);

#endif
