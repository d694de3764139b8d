/* SPDX-License-Identifier: MIT */
/* What the sink is told, in order: a segment is held back until it is settled or has waited too long, a connection
 * until its last segment was told. What is gathered over the capture is gathered from what is told. */
#ifndef REPORTING_H
#define REPORTING_H

#include "findings.h"
#include "flow.h"
#include "pages.h"
#include "ping.h"
#include "records.h"
#include "senders.h"

/* Owned by the analysis: open, then close. */
struct reporting {
    struct capan_sink sink;
    void (*content)(void *context, const struct capan_content *); /* likewise, of contents that are told later */
    struct capan_profile *profile;                                /* NULL: nothing is measured */
    int64_t window_ns;                                            /* how long a segment may wait */
    int64_t now_ns;                                               /* of the newest segment */
    int64_t asked_ns;       /* when a connection was last asked whether time has answered its questions */
    int64_t leap_ns;        /* when the time leapt by more than the window: the clock was set, or all was silent */
    int64_t leap_before_ns; /* and the time before */
    struct capan_records records;
    struct findings findings;
    struct pages pages;
    struct pings pings;
    struct senders senders;
    struct capan_totals totals;
    struct capan_told told;                        /* of what is told now */
    struct capan_indexed *leaving, **last_leaving; /* retired connections, in their order: the first has segments to be
                                                      reported */
    struct capan_connection view;                  /* handed to the sink */
    struct capan_statistics statistics;            /* likewise */
    const struct capan_alloc *flows;               /* what connections are allocated by */
    struct capan_tcp_seat *seat;                   /* where those that rest are looked at */
    size_t resting[2];                             /* octets of memory that they take: unanswered SYNs, closed ones */
};

/* records are allocated by alloc, pages by pages; flows must live as long. */
enum capan_result capan_reporting_open(struct reporting *, const struct capan_config *, const struct capan_sink *,
                                       const struct capan_alloc *alloc, const struct capan_alloc *pages,
                                       const struct capan_alloc *flows);
void capan_reporting_close(struct reporting *);
/* Nothing is told any more. */
void capan_reporting_silence(struct reporting *);

/* A zeroed segment of the connection's, the newest; the oldest is reported where there is no room. NULL without
 * memory. */
struct capan_segment *capan_reporting_push(struct reporting *, struct flow *);
void capan_reporting_hold(struct flow *, const struct capan_segment *);

/* Reports what is settled, and what has waited longer than the window allows. */
void capan_reporting_settled(struct reporting *, int64_t now_ns);
/* Reports segments up to this one, settled or not; all of them. */
void capan_reporting_up_to(struct reporting *, uint64_t serial);
void capan_reporting_all(struct reporting *);

/* One that has closed rests when all its segments are reported: from now on if they are. */
void capan_reporting_rest(struct reporting *, struct flow *);
/* Likewise one of which that SYN is all that came so far. False: it cannot, something else is known of it. */
bool capan_reporting_rest_syn(struct reporting *, struct flow *, const struct capan_tcp_syn *);
/* It is needed again: awake from now on. False without memory: it rests on. */
bool capan_reporting_wake(struct reporting *, struct flow *);

/* An exchange is over: what its connection knows of it is filled in. flow is NULL where it was on none of TCP's. */
void capan_reporting_carried(struct reporting *, struct flow *, struct capan_exchange *);
/* One that was judged is counted and told. This, and pages, are the judge's side: nothing that it touches is used by
 * the other functions, so that it may be another thread's. */
void capan_reporting_exchange(struct reporting *, struct capan_exchange *);
/* Nothing more belongs to the connection: it is reported and freed as soon as its segments are reported, and those that
 * were retired before it; one that is hurried waits for nobody else. */
void capan_reporting_retire(struct reporting *, struct flow *);

#endif
