/* SPDX-License-Identifier: MIT */
#include "intake.h"

#include <stdlib.h>

#include "alloc.h"
#include "bytes.h"
#include "delays.h"
#include "doubt.h"
#include "seqnum.h"

#define MS INT64_C(1000000)

enum {
    BACK_MAX_MS = 5,      /* a clock that goes back further was set */
    ORDER_AGAIN = 1 << 16 /* after so many segments in order no disorder is expected any more */
};

struct held {
    struct flow *flow;
    struct capan_packet packet; /* its octets are a copy */
    uint64_t serial;
    bool reused;
};

void capan_intake_open(struct intake *intake, struct listener *listener, struct reporting *reporting,
                       const struct capan_alloc *alloc) {
    *intake = (struct intake){.listener = listener, .reporting = reporting, .alloc = alloc};
}

void capan_intake_close(struct intake *intake) {
    capan_delete(intake->alloc, intake->held, INTAKE_MAX * sizeof *intake->held);
    intake->held = NULL;
}

/* --- one segment --- */

static void judge(struct intake *intake, struct flow *flow, const struct capan_packet *packet,
                  const struct capan_tcp_header *header, bool reused, struct capan_segment *segment) {
    struct capan_tcp_data data;
    capan_tcp_segment(flow->tcp, packet, header, reused, segment, &data);
    capan_handshakes_data(&flow->talk.carrier.handshakes, (enum capan_direction)segment->direction, data.octets);
    if (flow->talk.given_up) return;
    capan_delays_note(&flow->delays, intake->alloc, segment);
    capan_listener_segment(intake->listener, flow, segment, &data);
}

/* --- those that wait --- */

static void judge_held(struct intake *intake, unsigned index) {
    const struct held held = intake->held[index];
    memmove(&intake->held[index], &intake->held[index + 1], (--intake->count - index) * sizeof held);
    struct capan_segment *segment = capan_records_begin(&intake->reporting->records, held.serial);
    struct capan_tcp_header header;
    if (segment && capan_tcp_header_parse(&header, &held.packet)) {
        segment->open_questions--;
        judge(intake, held.flow, &held.packet, &header, held.reused, segment);
    }
    capan_delete(intake->alloc, (void *)(uintptr_t)held.packet.octets.at, held.packet.octets.len);
}

struct flow *capan_intake_due(struct intake *intake) {
    if (!intake->count || intake->held[0].packet.time_ns + 2 * intake->back_ns > intake->newest_ns) return NULL;
    struct flow *flow = intake->held[0].flow;
    judge_held(intake, 0);
    return flow;
}

void capan_intake_flow(struct intake *intake, const struct flow *flow) {
    for (unsigned i = 0; i < intake->count;) {
        if (intake->held[i].flow == flow)
            judge_held(intake, i);
        else
            i++;
    }
}

void capan_intake_all(struct intake *intake) {
    while (intake->count) judge_held(intake, 0);
}

bool capan_intake_waits(const struct intake *intake, uint64_t serial) {
    unsigned i = 0;
    while (i < intake->count && intake->held[i].serial != serial) i++;
    return i < intake->count;
}

/* Behind those of its time. False without memory. */
static bool hold(struct intake *intake, struct flow *flow, const struct capan_packet *packet, bool reused,
                 uint64_t serial) {
    if (!intake->held) intake->held = capan_new(intake->alloc, INTAKE_MAX * sizeof *intake->held);
    uint8_t *octets = intake->held ? capan_new(intake->alloc, packet->octets.len) : NULL;
    if (!octets) return false;
    memcpy(octets, packet->octets.at, packet->octets.len);
    if (intake->count == INTAKE_MAX) judge_held(intake, 0);
    unsigned at = intake->count;
    while (at > 0 && intake->held[at - 1].packet.time_ns > packet->time_ns) at--;
    memmove(&intake->held[at + 1], &intake->held[at], (intake->count++ - at) * sizeof *intake->held);
    intake->held[at] = (struct held){.flow = flow, .packet = *packet, .serial = serial, .reused = reused};
    intake->held[at].packet.octets.at = octets;
    return true;
}

/* --- in which order --- */

static uint32_t end_of(const struct capan_tcp_header *header) {
    return header->seq + header->payload_len + !!(header->flags & CAPAN_TH_SYN) + !!(header->flags & CAPAN_TH_FIN);
}

/* The cause has octets that the effect, which goes the other way, acknowledges; they had not been sent before. */
static bool is_cause(const struct flow *flow, const struct capan_tcp_header *cause, enum capan_direction direction,
                     const struct capan_tcp_header *effect) {
    return effect->flags & CAPAN_TH_ACK && !capan_seq_lt(effect->ack, end_of(cause)) &&
           capan_tcp_is_new(flow->tcp, cause, direction);
}

/* Of the segment at hand and one that waits, newer by its time: which one the other must have come before. */
enum order { EITHER, AT_HAND_FIRST, WAITING_FIRST };

static enum order order_of(const struct held *held, const struct flow *flow, const struct lookup *lookup) {
    const enum capan_direction direction = flow_direction(flow, &lookup->end[0]);
    struct capan_tcp_header other;
    if (held->flow != flow || held->packet.time_ns <= lookup->packet->time_ns) return EITHER;
    if (!capan_tcp_header_parse(&other, &held->packet)) return EITHER;
    const struct capan_endpoint from = {held->packet.src, other.src_port};
    if (flow_direction(flow, &from) == direction) return EITHER;
    if (is_cause(flow, &other, capan_other(direction), lookup->header)) return WAITING_FIRST;
    return is_cause(flow, lookup->header, direction, &other) ? AT_HAND_FIRST : EITHER;
}

/* An ACK comes after what it acknowledges: which order keeps to that, the one of the records or the one of their times.
 */
static enum order look_for_cause(const struct intake *intake, const struct flow *flow, const struct lookup *lookup) {
    const enum capan_direction direction = flow_direction(flow, &lookup->end[0]);
    if (capan_tcp_comes_after_ack(flow->tcp, lookup->header, direction)) return AT_HAND_FIRST;
    if (capan_tcp_acks_later(flow->tcp, lookup->header, direction, lookup->packet->time_ns)) return WAITING_FIRST;
    enum order order = EITHER;
    for (unsigned i = 0; i < intake->count && order == EITHER; i++) order = order_of(&intake->held[i], flow, lookup);
    return order;
}

static int by_record(const void *left, const void *right) {
    const struct held *a = left, *b = right;
    return a->serial < b->serial ? -1 : a->serial > b->serial;
}

static void give_up(struct intake *intake) {
    if (intake->count) qsort(intake->held, intake->count, sizeof *intake->held, by_record);
    capan_intake_all(intake);
    intake->back_ns = 0;
    intake->gave_up = true;
}

static void step_back(struct intake *intake, const struct flow *flow, const struct lookup *lookup) {
    const int64_t back_ns = intake->newest_ns - lookup->packet->time_ns;
    const enum order order = intake->proved ? EITHER : look_for_cause(intake, flow, lookup);
    intake->in_order = 0;
    intake->proved |= order == AT_HAND_FIRST;
    if (back_ns > BACK_MAX_MS * MS) {
        capan_intake_all(intake);
        intake->newest_ns = lookup->packet->time_ns;
    } else if (order == WAITING_FIRST) {
        give_up(intake);
    } else {
        intake->back_ns = max_i64(intake->back_ns, back_ns);
    }
}

static void note_time(struct intake *intake, const struct flow *flow, const struct lookup *lookup) {
    const int64_t time_ns = lookup->packet->time_ns;
    if (intake->gave_up) return;
    if (intake->began && time_ns < intake->newest_ns) {
        step_back(intake, flow, lookup);
        return;
    }
    intake->began = true;
    intake->newest_ns = time_ns;
    if (intake->back_ns && ++intake->in_order >= ORDER_AGAIN) intake->back_ns = 0;
}

/* While it is in doubt whether a connection is over, its segments are needed at once. */
static void judge_doubtful(struct intake *intake, const struct doubt *doubt) {
    capan_intake_flow(intake, doubt->old);
    capan_intake_flow(intake, doubt->begun);
}

enum capan_result capan_intake_segment(struct intake *intake, struct flow *flow, const struct lookup *lookup,
                                       bool reused, uint64_t *serial) {
    const struct capan_packet *packet = lookup->packet;
    struct capan_records *records = &intake->reporting->records;
    note_time(intake, flow, lookup);
    if (flow->doubt && intake->count) judge_doubtful(intake, flow->doubt);
    if (intake->count && capan_records_full(records)) capan_intake_all(intake);
    struct capan_segment *segment = capan_reporting_push(intake->reporting, flow);
    if (!segment) return CAPAN_NO_MEMORY;
    segment->frame = packet->frame;
    segment->time_ns = packet->time_ns;
    segment->stream = flow->stream;
    segment->direction = (uint8_t)flow_direction(flow, &lookup->end[0]);
    capan_reporting_hold(flow, segment);
    if (serial) *serial = segment->serial;
    const bool waits = intake->back_ns && !flow->doubt;
    if (waits && hold(intake, flow, packet, reused, segment->serial)) {
        segment->open_questions++;
        records->disordered = true;
        return CAPAN_OK;
    }
    judge(intake, flow, packet, lookup->header, reused, segment);
    return CAPAN_OK;
}
