/* SPDX-License-Identifier: MIT */
/* One direction's data in order: what comes early waits, bounded; what never comes is named as a gap. */
#ifndef REASSEMBLY_H
#define REASSEMBLY_H

#include "capan/base.h"

/* Gets the stream once, in order. frame and time are those with which the octets became readable: the segment's own, or
 * of the one that filled the hole before it. len of a gap counts octets. */
struct capan_reassembly_sink {
    void (*octets)(void *context, struct capan_span octets, uint32_t frame, int64_t time_ns);
    void (*gap)(void *context, uint64_t len, uint32_t frame, int64_t time_ns);
    void *context;
};

struct capan_reassembly {
    int64_t next;                  /* offset of the first octet not handed on */
    struct capan_waiting *waiting; /* copies of octets that came early, by offset, disjoint */
    size_t waiting_len;            /* what they take, bookkeeping included, so that many tiny ones count as well */
    const struct capan_alloc *alloc;
};

void capan_reassembly_init(struct capan_reassembly *, const struct capan_alloc *alloc);
void capan_reassembly_free(struct capan_reassembly *);

/* A segment's octets at offset; len on the wire, of which octets were captured. Octets handed on before are left out;
 * the first copy of an octet wins. More than limit octets waiting: the first hole is given up. Without memory likewise.
 */
void capan_reassembly_add(struct capan_reassembly *, int64_t offset, struct capan_span octets, uint32_t len,
                          uint32_t frame, int64_t time_ns, size_t limit, const struct capan_reassembly_sink *);

/* The receiver acknowledged everything before offset: holes before it will not be filled any more. */
void capan_reassembly_acked(struct capan_reassembly *, int64_t offset, uint32_t frame, int64_t time_ns,
                            const struct capan_reassembly_sink *);

/* No more will come: holes are gaps, and what waits behind them is handed on. */
void capan_reassembly_finish(struct capan_reassembly *, const struct capan_reassembly_sink *);

#endif
