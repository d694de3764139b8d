/* SPDX-License-Identifier: MIT */
#include "trouble.h"

#include "alloc.h"

static bool is_trouble(const struct capan_segment *segment) {
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

void capan_troubles_note(struct troubles **troubles, const struct capan_alloc *alloc,
                         const struct capan_segment *segment) {
    if (!is_trouble(segment)) return;
    if (!*troubles && !(*troubles = capan_new(alloc, sizeof **troubles))) return;
    (*troubles)->at[(*troubles)->count++ % TROUBLES_MAX] =
        (struct trouble){segment->serial, capan_segment_quantity(segment, "since"), segment->frame, segment->kind};
}

void capan_troubles_free(struct troubles **troubles, const struct capan_alloc *alloc) {
    capan_delete(alloc, *troubles, sizeof **troubles);
    *troubles = NULL;
}

static bool was_needless(const struct capan_records *records, uint64_t serial) {
    const uint64_t needless = UINT64_C(1) << CAPAN_FLAG_SPURIOUS_ACKED | UINT64_C(1) << CAPAN_FLAG_SPURIOUS_DSACK |
                              UINT64_C(1) << CAPAN_FLAG_SPURIOUS_EIFEL;
    const struct capan_segment *segment = capan_records_at(records, serial);
    return segment && segment->flags & needless;
}

void capan_troubles_tell(const struct troubles *troubles, const struct capan_records *records,
                         struct capan_exchange *exchange) {
    const uint32_t first = exchange->request.first_frame, last = exchange->response.last_frame;
    exchange->delayed_ns = -1;
    for (uint64_t i = 0; troubles && i < TROUBLES_MAX && i < troubles->count; i++) {
        const struct trouble *trouble = &troubles->at[i];
        if (trouble->frame < first || trouble->frame > last || was_needless(records, trouble->serial)) continue;
        exchange->resent++;
        if (trouble->late_ns <= exchange->delayed_ns) continue;
        exchange->delayed_ns = trouble->late_ns;
        exchange->delayed_in = trouble->frame;
        exchange->delayed_by = &capan_tcp_kinds[trouble->kind];
    }
}

void capan_troubles_tell_race(const struct capan_tcp_summary *tcp, enum capan_direction asks,
                              struct capan_exchange *exchange) {
    const struct capan_tcp_side *server = &tcp->side[asks == CAPAN_C2S ? CAPAN_S2C : CAPAN_C2S];
    if (exchange->outcome != CAPAN_OUTCOME_NO_RESPONSE || !server->fin_frame || !exchange->request.first_frame) return;
    const int64_t after = server->fin_ns - exchange->request.first_ns;
    if (tcp->rtt_ns >= 0 && after < tcp->rtt_ns && after > -tcp->rtt_ns) exchange->crossed_fin = server->fin_frame;
}
