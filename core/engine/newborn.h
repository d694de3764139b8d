/* SPDX-License-Identifier: MIT */
/* Connections of which a SYN is all that came. Most are answered soon; who is not while many others are born is kept as
 * its SYN alone, so that a flood of them costs little memory. */
#ifndef NEWBORN_H
#define NEWBORN_H

#include "reporting.h"

enum { NEWBORNS = 512 }; /* more than most captures have handshakes at the same time */

struct newborn {
    struct flow *flow; /* NULL: it went, or is known better */
    struct capan_tcp_syn syn;
};

/* Owned by the analysis: open, then close. */
struct newborns {
    struct newborn *at; /* a ring; NULL without memory, and none lies down */
    unsigned next;
    struct capan_ages unanswered; /* those that rest */
    struct reporting *reporting;
    const struct capan_alloc *alloc;
};

void capan_newborns_open(struct newborns *, struct reporting *, const struct capan_alloc *);
void capan_newborns_close(struct newborns *);

/* One is perhaps going to be added: who would have to make room for it lies down now. */
void capan_newborns_make_room(struct newborns *);
/* The connection's first segment was judged. */
void capan_newborns_add(struct newborns *, struct flow *, const struct capan_packet *, const struct capan_tcp_header *,
                        const struct capan_segment *, bool reused);
/* It goes, or more than its SYN is known of it. */
void capan_newborns_leave(struct newborns *, struct flow *);

#endif
