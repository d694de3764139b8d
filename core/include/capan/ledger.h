/* SPDX-License-Identifier: MIT */
/* Verdicts kept by frame, for a face that looks at frames in any order and again, as a window does: packets are fed
 * once in order, and every later look only reads. A settled segment takes about 32 octets with its place. */
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

/* The analysis whose verdicts are kept: to feed it with all but TCP segments, to finish it, for totals. */
CAPAN_API struct capan_analysis *capan_ledger_analysis(const struct capan_ledger *);
/* Feeds a TCP segment. CAPAN_OK also for one that the analysis did not take. CAPAN_NO_MEMORY: it was not fed. */
CAPAN_API enum capan_result capan_ledger_tcp(struct capan_ledger *, const struct capan_packet *);

/* The connection of the first segment in a frame of the capture. False when it has none. */
CAPAN_API bool capan_ledger_stream(const struct capan_ledger *, uint32_t frame, uint32_t *stream);

/* A face that does not show all frames of the capture numbers those that it shows from 1 on without gaps. It says which
 * frames it dropped, by their number in the capture, in ascending order; without that both numbers are the same.
 * CAPAN_NO_MEMORY: the frame is taken for one that is shown. */
CAPAN_API enum capan_result capan_ledger_drop(struct capan_ledger *, uint32_t frame);
/* The number in the capture of a frame that is shown; of the next one while it is not known whether that is dropped. */
CAPAN_API uint32_t capan_ledger_in_capture(const struct capan_ledger *, uint32_t shown);

/* From here on numbers of frames are those that are shown. Where a verdict names a dropped frame, there is 0; lists of
 * frames leave it out. */

/* One segment's verdict, as it is known now. acks has segment.acks_count frames. */
struct capan_stored_segment {
    struct capan_segment segment;
    const uint32_t *acks;
};

/* An exchange on its request's or its response's last frame; next is a later exchange. */
struct capan_exchange_part {
    struct capan_exchange_part *next;
    const struct capan_exchange *of;
    bool is_end; /* the frame completes the exchange, and so carries the verdict */
};

/* A connection on its last frame. */
struct capan_stored_connection {
    struct capan_stored_connection *next;
    struct capan_connection connection;
};

/* All verdicts of a frame: its segments in order, and what ends on it. */
struct capan_verdicts {
    const struct capan_stored_segment *segments;
    size_t segment_count;
    const struct capan_exchange_part *exchanges;
    const struct capan_stored_connection *connections;
};
/* False when no segment and no exchange is there. What is handed out is valid until the next call of this or the next
 * function. */
CAPAN_API bool capan_ledger_frame(struct capan_ledger *, uint32_t frame, struct capan_verdicts *);
/* As capan_analysis_findings(). Empty without memory. */
CAPAN_API size_t capan_ledger_findings(struct capan_ledger *, const struct capan_finding **findings);

#ifdef __cplusplus
}
#endif

#endif
