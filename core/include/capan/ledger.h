/* SPDX-License-Identifier: MIT */
/* Verdicts kept by frame, for a face that looks at frames in any order and again, as a window does: packets are fed
 * once in order, and every later look only reads. A settled segment takes about 50 octets. */
#ifndef CAPAN_LEDGER_H
#define CAPAN_LEDGER_H

#include "analysis.h"

#ifdef __cplusplus
extern "C" {
#endif

struct capan_ledger;

/* config is the analysis'. Objects of one capture: nothing is given back before the end. NULL without memory; later,
 * what there is no memory for is not kept. */
CAPAN_API struct capan_ledger *capan_ledger_new(const struct capan_config *config, const struct capan_alloc *alloc);
CAPAN_API void capan_ledger_free(struct capan_ledger *);

/* The analysis whose verdicts are kept: to feed it with all but TCP segments, to finish it, for findings and totals. */
CAPAN_API struct capan_analysis *capan_ledger_analysis(const struct capan_ledger *);
/* Feeds a TCP segment. CAPAN_OK also for one that the analysis did not take. CAPAN_NO_MEMORY: it was not fed. */
CAPAN_API enum capan_result capan_ledger_tcp(struct capan_ledger *, const struct capan_packet *);

/* The connection of the frame's first segment. False when it has none. */
CAPAN_API bool capan_ledger_stream(const struct capan_ledger *, uint32_t frame, uint32_t *stream);

/* One segment's verdict, as it is known now. acks has segment.acks_count frames and is valid until the next call. Which
 * of the verdicts are the first of their kind in the connection: of kinds, and of flags that are louder than NONE. */
struct capan_stored_segment {
    struct capan_segment segment;
    const uint32_t *acks;
    bool first_of_kind;
    uint64_t first_flags; /* 1 << CAPAN_FLAG_... */
};

/* The segments of a frame in order: number counts from 0. False when there is none of that number. */
CAPAN_API bool capan_ledger_segment(struct capan_ledger *, uint32_t frame, unsigned number,
                                    struct capan_stored_segment *);

/* An exchange, with those of its verdicts that are the first of their kind in its connection. */
struct capan_stored_exchange {
    const struct capan_exchange *exchange;
    uint64_t first_violations, first_advice, first_framing;
    bool first_outcome;
};

/* An exchange on its request's or its response's last frame; next is a later exchange. */
struct capan_exchange_part {
    struct capan_exchange_part *next;
    const struct capan_stored_exchange *of;
    bool is_end; /* the frame completes the exchange, and so carries the verdict */
};
CAPAN_API const struct capan_exchange_part *capan_ledger_exchanges(const struct capan_ledger *, uint32_t frame);

/* A connection on its last frame. */
struct capan_stored_connection {
    struct capan_stored_connection *next;
    struct capan_connection connection;
};
CAPAN_API const struct capan_stored_connection *capan_ledger_connections(const struct capan_ledger *, uint32_t frame);

#ifdef __cplusplus
}
#endif

#endif
