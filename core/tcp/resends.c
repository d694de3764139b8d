/* SPDX-License-Identifier: MIT */
#include "alloc.h"
#include "arrival.h"
#include "bytes.h"
#include "seqnum.h"

#define MS INT64_C(1000000)

enum {
    FIRST_CAPACITY = 8,
    KEEP = 16,
    FEW_DUPLICATES = 2, /* RFC 5681 3.2 says 3; some stacks take less */
    PATIENCE_MS = 1000  /* a late original, and the D-SACK for its resend, may take that long */
};

static struct capan_resend *resend_at(const struct capan_resends *resends, uint32_t index) {
    return &resends->at[(resends->head + index) & (resends->capacity - 1)];
}

void capan_resends_free(struct capan_half *half, const struct capan_alloc *alloc) {
    struct capan_resends *resends = &half->incidents->resends;
    capan_delete(alloc, resends->at, resends->capacity * sizeof *resends->at);
    *resends = (struct capan_resends){0};
}

static bool grow(struct capan_resends *resends, const struct capan_alloc *alloc) {
    uint32_t capacity = resends->capacity ? 2 * resends->capacity : FIRST_CAPACITY;
    if (capacity > CAPAN_RESENDS_MAX) return false;
    struct capan_resend *at = alloc->resize(alloc->context, NULL, 0, capacity * sizeof *at);
    if (!at) return false;
    for (uint32_t i = 0; i < resends->count; i++) at[i] = *resend_at(resends, i);
    capan_delete(alloc, resends->at, resends->capacity * sizeof *resends->at);
    *resends = (struct capan_resends){at, 0, resends->count, capacity, resends->waiting};
    return true;
}

static void settle(const struct capan_tcp *tcp, const struct capan_resend *resend) {
    struct capan_segment *segment = capan_records_at(tcp->records, resend->serial);
    if (!segment) return;
    segment->certainty = resend->certainty;
    capan_answered(tcp, resend->serial);
}

static void drop_first(const struct capan_tcp *tcp, struct capan_resends *resends) {
    const struct capan_resend *first = resend_at(resends, 0);
    settle(tcp, first);
    resends->waiting -= !first->acked;
    resends->head = (resends->head + 1) & (resends->capacity - 1);
    resends->count--;
}

/* Whether octets below una, or SACKed ones, were all that it carried. */
static bool was_acknowledged(const struct capan_arrival *arrival) {
    if (arrival->facts & CAPAN_FACT(BELOW)) return !(arrival->me->marks & CAPAN_HALF_UNACKED);
    return arrival->has_before && arrival->before.marks & CAPAN_PIECE_SACKED &&
           !(arrival->facts & CAPAN_FACT(PART_NEW));
}

/* Its timestamp is not the original's: the echo tells them apart. */
static bool is_stamped_anew(const struct capan_arrival *arrival) {
    return arrival->header->has_timestamps && arrival->has_before && !(arrival->before.marks & CAPAN_PIECE_HOLE) &&
           capan_seq_gt(arrival->header->ts_val, arrival->before.ts_val);
}

/* Where ACKs were recorded ahead of what they acknowledge, the one just before may be that of this very resend. */
static bool may_be_acknowledged_itself(const struct capan_arrival *arrival) {
    return arrival->me->marks & CAPAN_HALF_ACKED_FIRST && arrival->facts & CAPAN_FACT(BELOW) &&
           arrival->end > capan_incidents(arrival->me)->advanced_from &&
           arrival->now - arrival->me->advance_ns <= CAPAN_SWAP_MS * MS;
}

/* What is acknowledged already is no resend that waits; but the receiver will report its octets as come twice. */
static void note_newer(const struct capan_arrival *arrival) {
    const struct capan_resends *resends = &capan_incidents(arrival->me)->resends;
    for (uint32_t i = 0; i < resends->count; i++) {
        struct capan_resend *resend = resend_at(resends, i);
        if (resend->start < arrival->end && resend->end > arrival->start && resend->newer < UINT8_MAX) resend->newer++;
    }
}

void capan_resends_copied(const struct capan_arrival *arrival) {
    const struct capan_resends *resends = &capan_incidents(arrival->me)->resends;
    for (uint32_t i = resends->count; i > 0; i--) {
        struct capan_resend *resend = resend_at(resends, i - 1);
        const struct capan_segment *segment = capan_records_at(arrival->tcp->records, resend->serial);
        if (!segment || segment->frame != arrival->copied_frame) continue;
        if (resend->behind != UINT64_MAX && resend->newer < UINT8_MAX) resend->newer++;
        return;
    }
}

void capan_resends_add(struct capan_arrival *arrival) {
    const bool itself = may_be_acknowledged_itself(arrival);
    if (!itself && was_acknowledged(arrival)) {
        capan_flag(arrival->segment, CAPAN_FLAG_SPURIOUS_ACKED);
        note_newer(arrival);
        return;
    }
    struct capan_incidents *incidents = capan_incidents_begin(arrival->me, arrival->tcp->alloc);
    if (!incidents) return;
    struct capan_resends *resends = &incidents->resends;
    if (resends->count == resends->capacity && !grow(resends, arrival->tcp->alloc)) {
        if (resends->count == 0) return;
        drop_first(arrival->tcp, resends);
    }
    *resend_at(resends, resends->count++) = (struct capan_resend){.start = arrival->start,
                                                                  .end = arrival->end,
                                                                  .high = arrival->me->board.end,
                                                                  .time_ns = arrival->now,
                                                                  .acked_ns = arrival->now,
                                                                  .acked = itself,
                                                                  .serial = arrival->segment->serial,
                                                                  .behind = arrival->behind,
                                                                  .ts_val = arrival->header->ts_val,
                                                                  .certainty = arrival->segment->certainty,
                                                                  .has_ts = arrival->header->has_timestamps,
                                                                  .ts_differs = is_stamped_anew(arrival)};
    resends->waiting += !itself;
    if (itself) arrival->segment->acked_in = arrival->me->ack_frame;
    arrival->segment->certainty = CAPAN_PROVISIONAL;
    arrival->segment->open_questions++;
}

static void needless(const struct capan_arrival *arrival, const struct capan_resend *resend, enum capan_tcp_flag why) {
    struct capan_segment *segment = capan_records_at(arrival->tcp->records, resend->serial);
    if (!segment) return;
    capan_flag(segment, why);
    segment->because[2] = arrival->segment->frame;
}

/* The shortest round trip, less a little; much less when the handshake, on a path still idle, was not measured. */
static int64_t soonest_answer(const struct capan_arrival *arrival) {
    const struct capan_rtt *rtt = &arrival->peer->rtt;
    if (rtt->count == 0) return 0;
    return arrival->peer->side.isn_known ? min_i64(rtt->min_ns * 9 / 10, rtt->min_ns - MS) : rtt->min_ns / 2;
}

/* RFC 3522 3.2: the ACK echoes a timestamp older than the resend's. Without that, and of the octets behind the first
 * (the echo is of the segment that begins at the ACK before): it came sooner than an answer to the resend could. */
static bool answers_original(const struct capan_arrival *arrival, const struct capan_resend *resend) {
    const bool head = resend->start <= arrival->old_una && resend->end > arrival->old_una;
    if (head && resend->has_ts && arrival->header->has_ts_ecr) {
        if (capan_seq_lt(arrival->header->ts_ecr, resend->ts_val)) return true;
        if (resend->ts_differs) return false;
    }
    return arrival->now - resend->time_ns < soonest_answer(arrival);
}

/* One ACK covers many resends: a receiver that gets a hole filled acknowledges at once (RFC 5681 4.2), so that what
 * lies behind the first of them was with it already. SACK would say so itself. */
static bool covers_many(const struct capan_arrival *arrival) {
    const struct capan_resends *resends = &capan_incidents(arrival->peer)->resends;
    if (capan_sack_use(arrival->me, arrival->peer) == CAPAN_SACK_ON) return false;
    unsigned covered = 0;
    for (uint32_t i = 0; i < resends->count && covered < 3; i++) {
        const struct capan_resend *resend = resend_at(resends, i);
        covered += !resend->acked && resend->end <= arrival->ack && resend->start >= arrival->old_una;
    }
    return covered == 3;
}

void capan_resends_acked(struct capan_arrival *arrival) {
    struct capan_resends *resends = &arrival->peer->incidents->resends;
    const bool many = covers_many(arrival);
    for (uint32_t i = 0; i < resends->count; i++) {
        struct capan_resend *resend = resend_at(resends, i);
        if (resend->acked || resend->end > arrival->ack) continue;
        resend->acked = true;
        resend->acked_ns = arrival->now;
        resends->waiting--;
        struct capan_segment *segment = capan_records_at(arrival->tcp->records, resend->serial);
        if (segment && !segment->acked_in) segment->acked_in = arrival->segment->frame;
        if (answers_original(arrival, resend) || (many && resend->start > arrival->old_una))
            needless(arrival, resend, CAPAN_FLAG_SPURIOUS_EIFEL);
    }
}

/* RFC 2883 5: the newest sending of these octets came to a receiver that had them. A resend of which the receiver had
 * only a part was needed. */
void capan_resends_dsack(struct capan_arrival *arrival, int64_t left, int64_t right) {
    const struct capan_resends *resends = &capan_incidents(arrival->peer)->resends;
    for (uint32_t i = resends->count; i > 0; i--) {
        struct capan_resend *resend = resend_at(resends, i - 1);
        if (resend->start >= right || resend->end <= left) continue;
        if (resend->newer) {
            resend->newer--;
            return;
        }
        if (left <= resend->start && right >= resend->end) needless(arrival, resend, CAPAN_FLAG_SPURIOUS_DSACK);
        if (resend->start <= left && resend->end >= right) return;
    }
}

const struct capan_resend *capan_resends_last(const struct capan_half *half, int64_t start, int64_t end) {
    const struct capan_resends *resends = &capan_incidents(half)->resends;
    for (uint32_t i = resends->count; i > 0; i--) {
        const struct capan_resend *resend = resend_at(resends, i - 1);
        if (resend->start < end && resend->end > start) return resend;
    }
    return NULL;
}

struct capan_resend *capan_resends_of(const struct capan_half *half, uint64_t serial) {
    const struct capan_resends *resends = &capan_incidents(half)->resends;
    for (uint32_t i = resends->count; i > 0; i--)
        if (resend_at(resends, i - 1)->serial == serial) return resend_at(resends, i - 1);
    return NULL;
}

void capan_resends_original(struct capan_arrival *arrival) {
    const struct capan_resends *resends = &capan_incidents(arrival->me)->resends;
    for (uint32_t i = resends->count; i > 0; i--) {
        const struct capan_resend *resend = resend_at(resends, i - 1);
        if (resend->start >= arrival->end || resend->end <= arrival->start) continue;
        needless(arrival, resend, CAPAN_FLAG_SPURIOUS_EIFEL);
        struct capan_segment *behind = capan_records_at(arrival->tcp->records, resend->behind);
        if (behind) behind->flags &= ~(UINT64_C(1) << CAPAN_FLAG_GAP_PATH_LOSS);
        return;
    }
}

static bool is_by_cause(uint8_t kind) {
    return kind == CAPAN_KIND_RETRANSMIT_TLP || kind == CAPAN_KIND_RETRANSMIT_RTO ||
           kind == CAPAN_KIND_RETRANSMIT_UNCLEAR;
}

void capan_resends_rejudge(const struct capan_tcp *tcp, struct capan_half *half, uint64_t serial, uint64_t facts,
                           int64_t waited_ns, enum capan_certainty least) {
    struct capan_segment *segment = capan_records_at(tcp->records, serial);
    struct capan_resend *resend = capan_resends_of(half, serial);
    if (!segment || !resend) return;
    const uint8_t number = capan_tcp_resend_rule(facts);
    const struct capan_tcp_rule *rule = capan_tcp_rule_at(number);
    segment->cause = rule->cause;
    segment->rto_ns = rule->cause == CAPAN_CAUSE_RTO ? waited_ns : -1;
    if (is_by_cause(segment->kind)) {
        segment->kind = rule->kind;
        segment->rule = number;
    }
    const uint8_t own = capan_tcp_rule_at(segment->rule)->certainty;
    resend->certainty = (uint8_t)max_u64(max_u64(rule->certainty, own), least);
    if (segment->certainty != CAPAN_PROVISIONAL) segment->certainty = resend->certainty;
}

/* --- what set it off came behind it --- */

void capan_resends_unclear(struct capan_arrival *arrival) {
    struct capan_incidents *incidents = arrival->me->incidents;
    if (!incidents) return;
    incidents->unclear.end = 0;
    if (arrival->segment->cause != CAPAN_CAUSE_NONE || !arrival->has_before || !capan_at_sender(arrival)) return;
    incidents->unclear = (struct capan_unclear){.serial = arrival->segment->serial,
                                                .facts = arrival->facts,
                                                .time_ns = arrival->now,
                                                .before_ns = arrival->before.time_ns,
                                                .end = arrival->end};
}

void capan_resends_prompted(struct capan_arrival *arrival) {
    struct capan_half *half = arrival->peer;
    struct capan_incidents *incidents = half->incidents;
    const struct capan_unclear unclear = incidents->unclear;
    if (arrival->now - unclear.time_ns > CAPAN_SWAP_MS * MS || half->una >= unclear.end) {
        incidents->unclear.end = 0;
        return;
    }
    const bool later = half->board.sacked_high > unclear.end || half->rack_ns > unclear.before_ns;
    if (!later && incidents->dup_acks < FEW_DUPLICATES) return;
    incidents->unclear.end = 0;
    incidents->episode = CAPAN_EPISODE_FAST;
    incidents->recover = half->board.end;
    const uint64_t prompted = CAPAN_FACT(EVIDENCE) | CAPAN_FACT(CLOCKED);
    capan_resends_rejudge(arrival->tcp, half, unclear.serial, unclear.facts | prompted, -1, CAPAN_LIKELY);
}

/* A D-SACK is due: something sent after it is acknowledged, or two round trips have passed. They count from its ACK:
 * before, the capture's clock may have been set. */
static bool is_due(const struct capan_resend *resend, const struct capan_half *half, int64_t now) {
    return resend->acked &&
           (half->una > resend->high ||
            (half->rtt.count && now - resend->acked_ns > 2 * half->rtt.srtt_ns + 4 * half->rtt.rttvar_ns));
}

static void tell(const struct capan_tcp *tcp, struct capan_resend *resend) {
    struct capan_segment *segment = capan_records_at(tcp->records, resend->serial);
    resend->told = true;
    if (segment) segment->certainty = resend->certainty;
}

void capan_resends_settle(const struct capan_tcp *tcp, struct capan_half *half, int64_t now, bool all) {
    struct capan_resends *resends = &half->incidents->resends;
    for (uint32_t i = 0; i < resends->count && !all; i++) {
        struct capan_resend *resend = resend_at(resends, i);
        if (resend->told) continue;
        if (!is_due(resend, half, now)) break;
        tell(tcp, resend);
    }
    while (resends->count &&
           (all || (resend_at(resends, 0)->told && now - resend_at(resends, 0)->acked_ns > PATIENCE_MS * MS))) {
        drop_first(tcp, resends);
    }
    if (resends->count == 0 && resends->capacity > KEEP) capan_resends_free(half, tcp->alloc);
}
