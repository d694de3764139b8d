/* SPDX-License-Identifier: MIT */
/* A connection as one capture has it (a strand), and the two strands of one connection sewn together (a seam). */
#ifndef STRAND_H
#define STRAND_H

#include <string.h>

#include "lost.h"
#include "seen.h"
#include "sighting.h"
#include "spread.h"

enum { CANDIDATES = 4, SKIPPED = 8 };

struct seam;

/* Another strand that may be the same connection, and how much speaks for it. */
struct candidate {
    uint64_t number;      /* of that strand; 0 none */
    uint64_t hash[HINTS]; /* of the last hints: the same one says nothing more */
    uint32_t shift;       /* of sequence numbers in direction 0, by what has been counted */
    bool flip;            /* its directions are the other way round */
    int score;
};

/* Octets that were acknowledged before the capture had them. */
struct skipped {
    struct seen_hole hole;
    int64_t time_ns; /* of the acknowledgement */
};

/* The datagrams between two ends are a strand, too: what one holds of TCP stays empty.
 * Found by its ends, whichever of them sends, and never by its path: who captures at two places of a switch has a
 * connection in several VLANs. */
struct strand {
    struct capan_indexed in;          /* the first member */
    uint64_t number;                  /* of all strands, from 1 */
    struct capan_endpoint ends[2];    /* by direction: who sends */
    struct seam *seam;                /* NULL: its twin is not known */
    struct sighting *oldest, *newest; /* that wait for their twins */
    size_t waiting;
    struct candidate candidates[CANDIDATES];
    struct seen seen[2];                /* octets, by direction */
    struct skipped skipped[2][SKIPPED]; /* the newest ones; by direction, as those that follow */
    uint8_t skipped_next[2];
    uint32_t acked[2]; /* the highest number that was acknowledged to who sends; with has_acked */
    bool has_acked[2];
    uint32_t longest[2]; /* data of one packet */
    uint32_t before[2];  /* what the datagram before looked like */
    uint32_t path, stream, first_frame;
    int64_t first_ns;
    uint64_t packets, copies;
    uint8_t side, client;            /* direction of what the client sends */
    uint8_t protocol;                /* enum capan_stitch_protocol */
    bool has_syn[2], syn_answers[2]; /* with an ACK */
    bool answered;                   /* something was acknowledged: a SYN from the other end opens no more with it */
    uint32_t syn[2];                 /* their numbers */
    uint32_t first_stamp[2];         /* and timestamps; 0 none */
};

/* Whether something stays the same on the way. */
enum kept { KEPT_UNKNOWN, KEPT, KEPT_NOT };

/* What one end sends; by direction of A's strand. */
struct seam_way {
    uint32_t shift, stamp_shift; /* B's number less A's */
    bool shift_known, stamp_shift_known;
    uint8_t ip_id, stamps; /* enum kept */
    bool stamps_stripped;  /* one capture has timestamps and the other has not */
    int8_t from_a;         /* 1, -1, or 0 while unknown */
    int8_t by_ttl;         /* the same by TTL alone */
    int16_t ttl_step;      /* A's less B's; with ttl_known */
    bool ttl_known;
    uint64_t twins;        /* packets found in both */
    uint64_t good_sums[2]; /* by side */
    int64_t difference_ns; /* B's time less A's, of the last of these */
    struct bound_kept {
        int64_t at_ns, ns;
    } least, most;        /* differences so far, kept until it is known which way they bound */
    bool sure;            /* they are of packets that are like no other */
    int64_t usual_ns;     /* the difference of the last such */
    int64_t swing_ns;     /* and how much it swings in the mean; 0 unknown */
    uint32_t latest_sent; /* highest frame of the sender's side that has arrived */
    uint32_t latest_come; /* frame of the receiver's side that came last */
    uint32_t mss[2];      /* by side */
    int8_t window_scale[2];
    struct capan_stitch_way account;
    struct spread delays;
    struct lost lost; /* octets whose last copy did not arrive, by A's numbers */
};

struct seam {
    struct capan_indexed ages; /* the first member: only by age */
    struct strand *of[CAPAN_STITCH_SIDES];
    struct seam_way way[2];
    uint64_t rewrites;
    int64_t later; /* how many more times way[0] was later at B, by its clock, than way[1] just before or after */
    bool flip;     /* B's directions are the other way round */
    int64_t begin_ns;
    bool unlike;                     /* something waits that looked like another copy of what it was held against */
    bool learned;                    /* since then it has shown what is rewritten */
    bool summed[CAPAN_STITCH_SIDES]; /* that capture's own summary has come */
    uint8_t vantage[CAPAN_STITCH_SIDES], limit[CAPAN_STITCH_SIDES];
};

static inline bool same_end(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    return a->port == b->port && memcmp(&a->address, &b->address, sizeof a->address) == 0;
}

/* The way of a sighting. */
static inline unsigned seam_direction(const struct seam *seam, const struct sighting *sighting) {
    return sighting->direction ^ (sighting->side == CAPAN_STITCH_B && seam->flip);
}

#endif
