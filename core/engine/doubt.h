/* SPDX-License-Identifier: MIT */
/* A SYN with another initial number on the ports of a connection that is open: it begins a new one (RFC 9293 3.6.1), or
 * is refused with a challenge ACK while the old one goes on (RFC 9293 3.10.7.4, RFC 5961 4.2). Both are kept until the
 * numbers of later segments tell. */
#ifndef DOUBT_H
#define DOUBT_H

#include "lookup.h"
#include "records.h"

enum { DOUBT_SYNS = 8 };

/* Both connections point to it as long as it is open. */
struct doubt {
    struct flow *old, *begun;
    enum capan_direction opener; /* in begun: who sent the SYN */
    uint32_t isn;                /* of that SYN */
    uint8_t states[2];           /* of the old one, when it came */
    bool heard;                  /* the old one has had a segment since */
    unsigned count;
    uint64_t syns[DOUBT_SYNS]; /* records: the SYN, and when it was sent again */
};

/* What a segment tells of it: which connection it belongs to, and whether the other one is over. */
enum doubt_verdict {
    DOUBT_OLD,     /* the old one's, and nothing more is known */
    DOUBT_BEGUN,   /* the new one's, likewise: its SYN again */
    DOUBT_REFUSED, /* the old one's, which goes on: there is no other */
    DOUBT_TAKEN,   /* the new one's: the old one is over */
    DOUBT_LEFT     /* a third connection's, which leaves the old one no chance */
};
enum doubt_verdict capan_doubt_settle(const struct doubt *, const struct lookup *);

/* begun was made for that SYN, and the old connection is not closed. Without memory there is no doubt. */
void capan_doubt_begin(const struct capan_alloc *, struct flow *old, struct flow *begun, const struct lookup *);
/* One of its connections had a segment. */
void capan_doubt_note(struct doubt *, const struct flow *);
/* The SYN's records become the old connection's. False when they were reported already: both connections remain. */
bool capan_doubt_give_back(const struct doubt *, const struct capan_records *);
/* Nothing more is asked. */
void capan_doubt_end(const struct capan_alloc *, struct doubt *);

#endif
