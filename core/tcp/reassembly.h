/* SPDX-License-Identifier: MIT */
/* One direction's data in order: what comes early waits, bounded; what never comes is named as missing. */
#ifndef REASSEMBLY_H
#define REASSEMBLY_H

#include "capan/base.h"
#include "moment.h"

/* What comes next in the stream: octets, then so many that are missing. at is when they became readable: the segment's
 * own moment, or that of the one that filled the hole before it. */
struct capan_piece {
    struct capan_span octets;
    uint64_t missing;
    struct moment at;
};

struct capan_reassembly {
    int64_t next;                  /* offset of the first octet not handed on */
    struct capan_waiting *waiting; /* copies of octets that came early, by offset, disjoint */
    size_t waiting_len;            /* what they take, bookkeeping included, so that many tiny ones count as well */
    const struct capan_alloc *alloc;
};

void capan_reassembly_init(struct capan_reassembly *, const struct capan_alloc *alloc);
void capan_reassembly_free(struct capan_reassembly *);

/* A segment at offset; len on the wire, of which octets were captured. */
struct capan_reassembly_segment {
    int64_t offset;
    struct capan_span octets;
    uint32_t len;
    struct moment at;
};

/* One reading of what has become readable: begin, say what there is to read, then next until it is false. The stream is
 * handed on once, in order. Until then the segment's octets must stay, and another reading of the same stream must not
 * begin. */
struct capan_reading {
    struct capan_reassembly *of;
    struct capan_reassembly_segment segment; /* len 0: none */
    size_t limit;
    int64_t skip_to; /* holes before this offset are given up */
    struct moment skip_at;
    struct capan_waiting *given; /* holds the octets of the last piece */
    bool is_filled;              /* the segment filled the hole before what comes next */
    bool is_aside;               /* the segment waits, and is copied */
    bool is_last;                /* no more will come: all holes are given up */
};

void capan_reading_begin(struct capan_reading *, struct capan_reassembly *);
/* The receiver acknowledged everything before offset: holes before it will not be filled any more. */
void capan_reading_acked(struct capan_reading *, int64_t offset, struct moment at);
/* Octets handed on before are left out; the first copy of an octet wins. More than limit octets waiting: the first hole
 * is given up. Without memory likewise. */
void capan_reading_segment(struct capan_reading *, const struct capan_reassembly_segment *, size_t limit);
/* No more will come: holes are missing, and what waits behind them is handed on. */
void capan_reading_last(struct capan_reading *);
/* The piece is valid until the next call. False: nothing more can be read now. */
bool capan_reading_next(struct capan_reading *, struct capan_piece *);

#endif
