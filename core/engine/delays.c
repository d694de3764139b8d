/* SPDX-License-Identifier: MIT */
#include "delays.h"

#include "alloc.h"

static bool came_late(const struct capan_segment *segment) {
    switch (segment->kind) {
    case CAPAN_KIND_DATA_RECOVERED:
    case CAPAN_KIND_OVERLAP_NEW:
    case CAPAN_KIND_RETRANSMIT_FAST:
    case CAPAN_KIND_RETRANSMIT_SACK:
    case CAPAN_KIND_RETRANSMIT_TLP:
    case CAPAN_KIND_RETRANSMIT_RTO:
    case CAPAN_KIND_RETRANSMIT_PMTU:
    case CAPAN_KIND_RETRANSMIT_UNCLEAR: return segment->len > 0;
    default: return false;
    }
}

void capan_delays_note(struct delays **delays, const struct capan_alloc *alloc, const struct capan_segment *segment) {
    if (!came_late(segment)) return;
    if (!*delays && !(*delays = capan_new(alloc, sizeof **delays))) return;
    (*delays)->at[(*delays)->count++ % DELAYS_MAX] =
        (struct delay){segment->serial, (int64_t)segment->operand[0], segment->frame, segment->kind};
}

void capan_delays_free(struct delays **delays, const struct capan_alloc *alloc) {
    capan_delete(alloc, *delays, sizeof **delays);
    *delays = NULL;
}

static bool was_needless(const struct capan_records *records, uint64_t serial) {
    const uint64_t needless = UINT64_C(1) << CAPAN_FLAG_SPURIOUS_ACKED | UINT64_C(1) << CAPAN_FLAG_SPURIOUS_DSACK |
                              UINT64_C(1) << CAPAN_FLAG_SPURIOUS_EIFEL;
    const struct capan_segment *segment = capan_records_at(records, serial);
    return segment && segment->flags & needless;
}

void capan_delays_tell(const struct delays *delays, const struct capan_records *records,
                       struct capan_exchange *exchange) {
    const uint32_t first = exchange->request.first_frame, last = exchange->response.last_frame;
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
