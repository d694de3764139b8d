/* SPDX-License-Identifier: MIT */
/* What one endpoint has in flight: pieces of its sequence space from the first unacknowledged octet to the highest one
 * sent, in order and without a space between them. A piece was sent together, or is a hole that this capture never saw.
 * RFC 2018, RFC 6675 3. */
#ifndef SCOREBOARD_H
#define SCOREBOARD_H

#include "capan/base.h"

/* More pieces in flight are not told apart: the last one grows instead. */
#define CAPAN_PIECES_MAX 16384

enum {
    CAPAN_PIECE_HOLE = 1,   /* never seen here */
    CAPAN_PIECE_SACKED = 2, /* the receiver reported it */
    CAPAN_PIECE_LAST = 4,   /* holds the last octet of its segment */
    CAPAN_PIECE_DATA = 8,   /* carries payload, not a SYN or FIN alone */
    CAPAN_PIECE_PRIOR = 16  /* sent before the capture began */
};

struct capan_piece {
    int64_t start;
    int64_t time_ns; /* last sent; of a hole: when it showed */
    uint64_t
        serial;     /* record of the segment that sent it first; of a hole: of the segment behind it, UINT64_MAX none */
    uint32_t frame; /* that segment's frame */
    uint32_t last_frame;  /* of the last sending */
    uint32_t ts_val;      /* of the first sending, as ip_id is */
    uint32_t digest;      /* of the payload of the segment that sent it last, if that began here; 0 not known */
    uint32_t segment_len; /* octets of that segment */
    uint16_t ip_id;
    uint8_t sends; /* times sent, at most 255 */
    uint8_t marks; /* CAPAN_PIECE_... */
};

struct capan_scoreboard {
    struct capan_piece *at; /* a ring */
    int64_t end;            /* the highest octet sent, plus one */
    int64_t sacked_high;    /* end of the highest SACKed octets; 0 none */
    uint32_t sacked, holes; /* octets, fewer than sequence numbers there are */
    uint32_t again;         /* likewise: sent more than once, and not SACKed */
    uint16_t head, count, capacity;
};

void capan_scoreboard_free(struct capan_scoreboard *, const struct capan_alloc *);

static inline struct capan_piece *capan_piece_at(const struct capan_scoreboard *board, uint32_t index) {
    return &board->at[(board->head + index) & (board->capacity - 1)];
}
static inline int64_t capan_piece_end(const struct capan_scoreboard *board, uint32_t index) {
    return index + 1 < board->count ? capan_piece_at(board, index + 1)->start : board->end;
}
/* The first octet in flight; the board's end when nothing is. */
static inline int64_t capan_scoreboard_start(const struct capan_scoreboard *board) {
    return board->count ? board->at[board->head].start : board->end;
}

/* Adds [board->end, end) as one piece. NULL when it was joined to the last piece: no room for more. */
struct capan_piece *capan_scoreboard_append(struct capan_scoreboard *, const struct capan_alloc *, int64_t end,
                                            const struct capan_piece *);

/* Adds [start, first octet in flight) in front. */
void capan_scoreboard_prepend(struct capan_scoreboard *, const struct capan_alloc *, int64_t start,
                              const struct capan_piece *);

/* Index of the piece that holds seq, or of the first one behind it; count when seq is at the end or beyond. */
uint32_t capan_scoreboard_find(const struct capan_scoreboard *, int64_t seq);

/* Like find, after cutting the piece around seq in two so that one begins there; without room the whole piece stays. */
uint32_t capan_scoreboard_cut(struct capan_scoreboard *, const struct capan_alloc *, int64_t seq);

/* Marks [left, right) as SACKed. Looks at no more than *budget pieces and counts it down. Returns the octets not SACKed
 * before; *newest gets the highest piece among them, NULL when there is none. */
uint64_t capan_scoreboard_sack(struct capan_scoreboard *, const struct capan_alloc *, int64_t left, int64_t right,
                               uint32_t *budget, struct capan_piece **newest);

/* The receiver dropped what it had SACKed (RFC 2018 8), or a timeout says not to rely on it. */
void capan_scoreboard_forget_sacks(struct capan_scoreboard *);

/* Removes the first piece; shrinks when little is left of much. */
void capan_scoreboard_pop(struct capan_scoreboard *, const struct capan_alloc *);
/* Removes the last piece: its octets were not sent after all. */
void capan_scoreboard_pop_last(struct capan_scoreboard *);
/* The first piece loses what is below seq, which must lie inside it. */
void capan_scoreboard_trim(struct capan_scoreboard *, int64_t seq);

/* The piece was sent once more. */
void capan_scoreboard_again(struct capan_scoreboard *, uint32_t index);

/* The piece is no hole any more. */
void capan_scoreboard_fill(struct capan_scoreboard *, uint32_t index);

#endif
