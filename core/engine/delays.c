/* SPDX-License-Identifier: MIT */
#include "delays.h"

#include "alloc.h"
#include "capan/rules.h"

void capan_delays_note(struct delays **delays, const struct capan_alloc *alloc, const struct capan_segment *segment) {
    if (!segment->len || !capan_segment_is(segment, CAPAN_TRAIT_HOLDS_UP)) return;
    if (!*delays && !(*delays = capan_new(alloc, sizeof **delays))) return;
    (*delays)->at[(*delays)->count++ % DELAYS_MAX] =
        (struct delay){segment->serial, capan_segment_quantity(segment, "since"), segment->frame, segment->kind};
}

void capan_delays_free(struct delays **delays, const struct capan_alloc *alloc) {
    capan_delete(alloc, *delays, sizeof **delays);
    *delays = NULL;
}

static bool was_needless(const struct capan_records *records, uint64_t serial) {
    const struct capan_segment *segment = capan_records_at(records, serial);
    return segment && segment->flags & capan_tcp_needless_flags;
}

void capan_delays_tell(const struct delays *delays, const struct capan_records *records,
                       struct capan_exchange *exchange) {
    const bool is_asked = exchange->request.first_frame; /* else nothing before the response is known to be of it */
    const uint32_t first = is_asked ? exchange->request.first_frame : exchange->response.first_frame;
    const uint32_t last = exchange->response.last_frame;
    exchange->delayed_ns = -1;
    for (uint64_t i = 0; delays && i < DELAYS_MAX && i < delays->count; i++) {
        const struct delay *delay = &delays->at[i];
        if (delay->frame < first || delay->frame > last || was_needless(records, delay->serial)) continue;
        exchange->resent++;
        if (delay->late_ns <= exchange->delayed_ns) continue;
        exchange->delayed_ns = delay->late_ns;
        exchange->delayed_in = delay->frame;
        exchange->delayed_by = &capan_tcp_kinds[delay->kind];
    }
}
