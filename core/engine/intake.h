/* SPDX-License-Identifier: MIT */
/* Segments go to their connection in the order of their times. Where a capture's records are in another order (several
 * queues of a network card, two taps), a segment waits until none older is to be expected; in all other captures none
 * waits. Records, stream numbers and reports keep the order of the frames. */
#ifndef INTAKE_H
#define INTAKE_H

#include "listener.h"
#include "lookup.h"

enum { INTAKE_MAX = 256 /* segments that wait at most */ };

struct held;

/* Owned by the analysis: open, then close. */
struct intake {
    struct listener *listener;
    struct reporting *reporting;
    const struct capan_alloc *alloc;
    struct held *held; /* by time; NULL before the first disorder */
    unsigned count;
    int64_t newest_ns; /* the highest time so far; of no use before the first segment */
    int64_t back_ns;   /* the longest way back of one record to the next; 0 none yet */
    uint32_t in_order; /* segments since */
    bool began;
    bool proved;  /* the order of the records is wrong: an ACK was recorded before what it acknowledges */
    bool gave_up; /* the times are wrong, not the order */
};

/* What is pointed to must live as long. */
void capan_intake_open(struct intake *, struct listener *, struct reporting *, const struct capan_alloc *);
/* Nothing may wait any more. */
void capan_intake_close(struct intake *);

/* A segment of the connection; reused: it opens one on ports that another one had. *serial gets its record's. */
enum capan_result capan_intake_segment(struct intake *, struct flow *, const struct lookup *, bool reused,
                                       uint64_t *serial);
/* Judges one segment whose time has come, and returns its connection; NULL: none has. */
struct flow *capan_intake_due(struct intake *);
/* Judges what waits: of one connection, or all. */
void capan_intake_flow(struct intake *, const struct flow *);
void capan_intake_all(struct intake *);
/* The segment of that record has not been judged. */
bool capan_intake_waits(const struct intake *, uint64_t serial);

#endif
