/* SPDX-License-Identifier: MIT */
#include "doubt.h"

#include "alloc.h"
#include "seqnum.h"

enum { NEAR_SYN = 1 << 20 /* octets: so many the capture may lack */ };

static bool from_opener(const struct doubt *doubt, const struct lookup *lookup) {
    return flow_direction(doubt->begun, &lookup->end[0]) == doubt->opener;
}

/* How far its number lies behind the SYN, or its ACK. */
static int64_t behind_syn(const struct doubt *doubt, const struct lookup *lookup) {
    const struct capan_tcp_header *header = lookup->header;
    if (from_opener(doubt, lookup)) return capan_seq_distance(doubt->isn, header->seq);
    return header->flags & CAPAN_TH_ACK ? capan_seq_distance(doubt->isn, header->ack) : 0;
}

static bool follows(const struct doubt *doubt, const struct lookup *lookup) {
    const int64_t distance = behind_syn(doubt, lookup);
    return distance > 0 && distance <= NEAR_SYN;
}

static bool fits_old(const struct doubt *doubt, const struct lookup *lookup) {
    return capan_tcp_fits(doubt->old->tcp, lookup->header, flow_direction(doubt->old, &lookup->end[0]));
}

static enum doubt_verdict settle_by_syn(const struct doubt *doubt, const struct lookup *lookup) {
    if (from_opener(doubt, lookup) && lookup->header->seq == doubt->isn)
        return doubt->count < DOUBT_SYNS ? DOUBT_BEGUN : DOUBT_TAKEN;
    if (lookup->header->flags & CAPAN_TH_ACK && behind_syn(doubt, lookup) == 1) return DOUBT_TAKEN;
    if (fits_old(doubt, lookup)) return DOUBT_OLD;
    return doubt->heard ? DOUBT_REFUSED : DOUBT_LEFT;
}

/* Who sent the SYN and goes on in the old connection did not send it, or another host in its name did. The peer may
 * speak in the old one until it has heard the SYN; a reset there is how the SYN's sender answers (RFC 9293 3.5.1). */
enum doubt_verdict capan_doubt_settle(const struct doubt *doubt, const struct lookup *lookup) {
    const bool closed = capan_tcp_closed(doubt->old->tcp);
    if (lookup->header->flags & CAPAN_TH_SYN) return closed ? DOUBT_TAKEN : settle_by_syn(doubt, lookup);
    if (!fits_old(doubt, lookup)) return follows(doubt, lookup) || closed ? DOUBT_TAKEN : DOUBT_OLD;
    if (closed || !from_opener(doubt, lookup) || lookup->header->flags & CAPAN_TH_RST) return DOUBT_OLD;
    return DOUBT_REFUSED;
}

void capan_doubt_begin(const struct capan_alloc *alloc, struct flow *old, struct flow *begun,
                       const struct lookup *lookup) {
    struct doubt *doubt = capan_new(alloc, sizeof *doubt);
    if (!doubt) return;
    const enum capan_direction opener = flow_direction(begun, &lookup->end[0]);
    *doubt = (struct doubt){.old = old, .begun = begun, .opener = opener, .isn = lookup->header->seq};
    capan_tcp_states_now(old->tcp, doubt->states);
    capan_tcp_challenged(old->tcp, flow_direction(old, &lookup->end[0]));
    old->doubt = begun->doubt = doubt;
}

void capan_doubt_note(struct doubt *doubt, const struct flow *flow) {
    if (flow == doubt->old)
        doubt->heard = true;
    else if (doubt->count < DOUBT_SYNS)
        doubt->syns[doubt->count++] = flow->last_serial;
}

bool capan_doubt_give_back(const struct doubt *doubt, const struct capan_records *records) {
    struct flow *old = doubt->old, *begun = doubt->begun;
    if (begun->pending != doubt->count || !capan_records_at(records, doubt->syns[0])) return false;
    for (unsigned i = 0; i < doubt->count; i++) {
        struct capan_segment *segment = capan_records_give(records, doubt->syns[i], old);
        segment->stream = old->stream;
        segment->direction = (uint8_t)flow_direction(old, &begun->end[segment->direction]);
        capan_tcp_adopt(old->tcp, segment, doubt->states);
    }
    if (begun->last_serial > old->last_serial) {
        old->last_serial = begun->last_serial;
        old->last_frame = begun->last_frame;
        old->last_ns = begun->last_ns;
    }
    old->pending += begun->pending;
    begun->pending = 0;
    return true;
}

void capan_doubt_end(const struct capan_alloc *alloc, struct doubt *doubt) {
    doubt->old->doubt = doubt->begun->doubt = NULL;
    capan_delete(alloc, doubt, sizeof *doubt);
}
