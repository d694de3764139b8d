/* SPDX-License-Identifier: MIT */
/* What the parts of the stitching share: both captures' strands and sightings, the clocks, and the rows that wait. */
#ifndef STITCHING_H
#define STITCHING_H

#include "alloc.h"
#include "clock.h"
#include "strand.h"

/* What one capture has of packets that wait for their twins, or whose copies may follow. */
struct stitch_side {
    struct capan_index exact, loose; /* exact.ages: those that wait */
    struct capan_ages done;          /* those that are kept for their copies */
    size_t done_count;
    struct capan_index hints[HINTS];
    struct capan_index strands; /* of TCP */
    struct capan_index flows;   /* strands of datagrams */
    struct capan_analysis *analysis;
    int64_t reached_ns; /* the latest packet of this capture that was found in the other one */
    int64_t now_ns, first_ns;
    bool reached, began, ended;
    uint64_t packets, copies; /* TCP and datagrams */
    uint64_t datagrams;       /* of packets */
    struct joined *joined;    /* verdicts of packets in trouble, by frame */
};

/* A row that waits until the clock is known better. */
struct kept_row {
    int64_t time_ns;       /* by A's clock, as far as it is known */
    int64_t difference_ns; /* B's time less A's, where both have it */
    struct seam *seam;
    uint32_t a_frame, b_frame;
    uint32_t seq, len;                       /* by A's numbers */
    uint32_t span;                           /* len, and one for each of SYN and FIN */
    uint8_t fate, why, certainty, direction; /* of A's strand */
    bool part, again_a, again_b;
    bool answered_a, answered_b; /* that capture had its octets acknowledged before */
};

struct self; /* of a capture that is stitched with itself */

/* How many of each are kept at most. */
struct stitch_limits {
    size_t waiting;  /* sightings of one capture that wait */
    size_t done;     /* and that are kept for their copies */
    size_t strands;  /* of one capture */
    size_t verdicts; /* likewise */
    size_t seams, rows;
};

struct capan_stitch {
    struct capan_stitch_config config;
    struct stitch_limits most;
    struct capan_alloc alloc;
    struct stitch_side side[CAPAN_STITCH_SIDES];
    struct capan_ages seams;
    size_t seam_count;
    uint64_t strand_count; /* that there ever were */
    struct sighting *spare;
    struct clock_bounds bounds;
    struct capan_stitch_clock clock;
    struct kept_row *rows;
    size_t row_count, row_capacity;
    struct capan_stitch_totals totals;
    struct spread delays[2];
    struct self *self;
    int64_t begin_ns; /* earliest time by A's clock */
    size_t run;       /* packets of the same capture that were given last */
    uint8_t run_side;
    uint64_t alike, unlike; /* sightings that could be twins, and looked so, or not though both are new data, before it
                             * was known what is kept */
    bool looks_unlike;      /* any did not, and be it an ACK like many */
    bool closing;           /* nothing better comes for what is deferred */
    bool lenient;           /* what looks unlike is taken for rewritten */
    bool failed;            /* there was no memory for something */
};

/* A packet takes no longer on its way than that, and captures are read in step to within that. */
#define LONGEST_WAY_NS (INT64_C(20) * 1000000000)

static inline enum capan_stitch_side other_side(enum capan_stitch_side side) {
    return side == CAPAN_STITCH_A ? CAPAN_STITCH_B : CAPAN_STITCH_A;
}

/* --- strands.c --- */
/* The strand of a TCP segment, a new one where none fits. NULL without memory. */
struct strand *capan_strand_of(struct capan_stitch *, enum capan_stitch_side, const struct capan_packet *,
                               struct sighting *, uint32_t stream);
/* That of a datagram from ends[0] to ends[1]. */
struct strand *capan_strand_of_datagram(struct capan_stitch *, enum capan_stitch_side, const struct capan_packet *,
                                        const struct capan_endpoint ends[2], struct sighting *);
/* The one between these ends with that stream number; NULL: it is gone. */
struct strand *capan_strand_find(struct capan_stitch *, enum capan_stitch_side, const struct capan_endpoint *,
                                 const struct capan_endpoint *, uint32_t stream);
/* It ends here, and with it its seam: what waits is decided. */
void capan_strand_retire(struct capan_stitch *, struct strand *);

/* A sighting waits for its twin. */
void capan_strand_wait(struct strand *, struct sighting *);
void capan_strand_unwait(struct sighting *);

/* The index that it is in. */
static inline struct capan_index *strands_of(struct capan_stitch *stitch, const struct strand *strand) {
    struct stitch_side *side = &stitch->side[strand->side];
    return strand->protocol == CAPAN_STITCH_TCP ? &side->strands : &side->flows;
}

/* --- datagram.c --- */
/* Reads a datagram, and from where to where it goes. False: there is nothing to tell it by. */
bool capan_datagram_read(struct sighting *, struct capan_endpoint ends[2], const struct capan_packet *,
                         enum capan_stitch_protocol);

/* --- match.c: within a seam --- */
/* Finds the twin of a sighting, or those of its parts. True when nothing of it is left. */
bool capan_match(struct capan_stitch *, struct sighting *);
/* Puts it where its twin will look for it. */
void capan_match_place(struct capan_stitch *, struct sighting *);
/* It waits no more. */
void capan_match_remove(struct capan_stitch *, struct sighting *);
struct sighting *capan_match_new(struct capan_stitch *, const struct sighting *);
/* The other capture's sightings of octets that were acknowledged and that this one does not have; or has, after all. */
void capan_match_acked(struct strand *, unsigned direction, struct seen_hole, bool acked);
/* Whether a later one with the same numbers waits as well. */
bool capan_match_sent_again(struct capan_stitch *, const struct sighting *);

/* --- meeting.c: strands without a seam --- */
/* Looks for the twin of its strand by what it shows. */
void capan_meet(struct capan_stitch *, struct sighting *);
void capan_meet_forget(struct capan_stitch *, struct sighting *);
/* What is rewritten is known better: what waits and looked unlike is looked at again. */
void capan_meet_again(struct capan_stitch *, struct seam *);

/* Nothing looks alike: it is taken for rewritten, and all that waits is looked at again. */
void capan_meet_leniently(struct capan_stitch *);

/* --- travel.c: two sightings are one packet --- */
void capan_travel(struct capan_stitch *, struct seam *, const struct sighting *a, const struct sighting *b, bool part);
void capan_travel_settle(struct capan_stitch *, struct seam *);

/* --- fates.c --- */
/* It waits no more: it has its twin after all, or its fate is told. */
void capan_fate_end(struct capan_stitch *, struct sighting *);
/* All of a capture that have waited long enough. */
void capan_fate_expire(struct capan_stitch *, enum capan_stitch_side);

/* --- rows.c --- */
void capan_rows_keep(struct capan_stitch *, const struct kept_row *);
/* Reports the older half of them, or all. */
void capan_rows_flush(struct capan_stitch *, bool all);

/* --- accounts.c: what a connection came to --- */
void capan_account_packet(struct capan_stitch *, const struct kept_row *, int64_t delay_ns);
void capan_account_report(struct capan_stitch *, struct seam *);
void capan_account_alone(struct capan_stitch *, const struct strand *);
void capan_account_totals(struct capan_stitch *);

/* --- joined.c: verdicts of both captures --- */
bool capan_joined_begin(struct capan_stitch *, enum capan_stitch_side);
void capan_joined_end(struct capan_stitch *, enum capan_stitch_side);
void capan_joined_packet(struct capan_stitch *, const struct kept_row *, struct capan_stitch_row *);
/* Whether that row is something sent again though the other capture has had it, and that not in vain; and the receiver
 * is where that capture was taken: it took no notice of the copy before. */
bool capan_joined_refused(const struct capan_stitch *, const struct kept_row *);

/* --- self.c --- */
enum capan_stitch_side capan_self_side(struct capan_stitch *, const struct sighting *, const struct capan_packet *);
void capan_self_free(struct capan_stitch *);

/* --- stitch.c --- */
/* A seam of two strands, that meet by these sightings. NULL without memory. */
struct seam *capan_seam_new(struct capan_stitch *, const struct sighting *, const struct sighting *);
void capan_seam_end(struct capan_stitch *, struct seam *);

#endif
