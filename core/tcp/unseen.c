/* SPDX-License-Identifier: MIT */
#include "unseen.h"

#include "alloc.h"
#include "bytes.h"

#define MS INT64_C(1000000)

enum { FIRST_CAPACITY = 4, CAPACITY_MAX = 64 };

static struct capan_unseen *unseen_at(const struct capan_unseens *unseens, uint32_t index) {
    return &unseens->at[(unseens->head + index) & (unseens->capacity - 1)];
}

static void close_questions(const struct capan_tcp *tcp, struct capan_unseens *unseens, struct capan_unseen *unseen) {
    if (!unseen->open) return;
    unseen->open = false;
    unseens->open--;
    capan_answered(tcp, unseen->ack);
    if (unseen->asked) capan_answered(tcp, unseen->hole.serial);
}

static bool grow(struct capan_unseens *unseens, const struct capan_alloc *alloc) {
    const uint32_t capacity = unseens->capacity ? 2 * unseens->capacity : FIRST_CAPACITY;
    if (capacity > CAPACITY_MAX) return false;
    struct capan_unseen *at = capan_new(alloc, capacity * sizeof *at);
    if (!at) return false;
    for (uint32_t i = 0; i < unseens->count; i++) at[i] = *unseen_at(unseens, i);
    capan_delete(alloc, unseens->at, unseens->capacity * sizeof *unseens->at);
    unseens->at = at;
    unseens->head = 0;
    unseens->capacity = (uint16_t)capacity;
    return true;
}

/* The newest displace the oldest. */
static struct capan_unseen *push(const struct capan_tcp *tcp, struct capan_unseens *unseens) {
    if (unseens->count == unseens->capacity && !grow(unseens, tcp->alloc)) {
        if (unseens->count == 0) return NULL;
        close_questions(tcp, unseens, unseen_at(unseens, 0));
        unseens->head = (unseens->head + 1) & (unseens->capacity - 1);
        unseens->count--;
    }
    return unseen_at(unseens, unseens->count++);
}

static bool ask(const struct capan_tcp *tcp, uint64_t serial) {
    struct capan_segment *segment = capan_records_at(tcp->records, serial);
    if (segment) segment->open_questions++;
    return segment;
}

void capan_unseen_add(struct capan_arrival *arrival, int64_t start, int64_t end, const struct capan_piece *hole) {
    struct capan_incidents *incidents = capan_incidents_begin(arrival->peer, arrival->tcp->alloc);
    if (!incidents) return;
    incidents->missing_bytes += (uint64_t)(end - start);
    struct capan_unseen *unseen = push(arrival->tcp, &incidents->unseens);
    if (!unseen) return;
    *unseen = (struct capan_unseen){.start = start,
                                    .end = end,
                                    .time_ns = arrival->now,
                                    .ack = arrival->segment->serial,
                                    .hole = *hole,
                                    .asked = ask(arrival->tcp, hole->serial),
                                    .open = true};
    incidents->unseens.open++;
    arrival->segment->open_questions++;
}

static int64_t common(const struct capan_unseen *unseen, const struct capan_arrival *arrival) {
    return max_i64(min_i64(unseen->end, arrival->end) - max_i64(unseen->start, arrival->start), 0);
}

static bool has_hole(const struct capan_unseen *unseen) {
    return unseen->hole.serial != UINT64_MAX;
}

void capan_unseen_look(struct capan_arrival *arrival) {
    const struct capan_unseens *unseens = &capan_incidents(arrival->me)->unseens;
    const struct capan_unseen *hole = NULL;
    int64_t count = 0;
    bool just_now = true;
    for (uint32_t i = 0; i < unseens->count; i++) {
        const struct capan_unseen *unseen = unseen_at(unseens, i);
        const int64_t part = common(unseen, arrival);
        if (!part) continue;
        count += part;
        just_now &= unseen->open && arrival->now - unseen->time_ns <= CAPAN_SWAP_MS * MS;
        if (has_hole(unseen)) hole = unseen;
    }
    if (!count || count < arrival->end - arrival->start) return;
    arrival->facts |= CAPAN_FACT(MISSED);
    if (!just_now) return;
    arrival->facts |= CAPAN_FACT(SWAPPED);
    if (!hole || arrival->now <= hole->hole.time_ns) return;
    arrival->facts =
        (arrival->facts | CAPAN_FACT(FILLS)) & ~(CAPAN_FACT(SEEN) | CAPAN_FACT(BELOW) | CAPAN_FACT(MISSED));
    arrival->before = hole->hole;
    arrival->has_before = true;
}

/* Some octets that this ACK covers, or that lie before this segment, are missing still. */
static bool lacks(const struct capan_unseens *unseens, uint64_t ack, uint64_t behind) {
    for (uint32_t i = 0; i < unseens->count; i++) {
        const struct capan_unseen *unseen = unseen_at(unseens, i);
        if (unseen->start < unseen->end && (unseen->ack == ack || (has_hole(unseen) && unseen->hole.serial == behind)))
            return true;
    }
    return false;
}

static void take_back_gap(const struct capan_arrival *arrival, const struct capan_unseens *unseens, uint64_t behind) {
    struct capan_segment *segment = capan_records_at(arrival->tcp->records, behind);
    if (!segment || lacks(unseens, UINT64_MAX, behind)) return;
    const bool recovered = arrival->segment->kind == CAPAN_KIND_DATA_RECOVERED;
    if (recovered && capan_at_sender(arrival)) return;
    segment->flags &= ~(UINT64_C(1) << CAPAN_FLAG_GAP_CAPTURE_LOSS);
    if (!(arrival->facts & CAPAN_FACT(FILLS))) segment->flags &= ~(UINT64_C(1) << CAPAN_FLAG_GAP_BEFORE);
    if (!recovered) return;
    capan_flag(segment, CAPAN_FLAG_GAP_PATH_LOSS);
    arrival->tcp->path_gaps = true;
}

static void take_back_ack(const struct capan_arrival *arrival, const struct capan_unseens *unseens, uint64_t serial) {
    struct capan_segment *ack = capan_records_at(arrival->tcp->records, serial);
    if (!ack || ack->kind != CAPAN_KIND_ACK_UNSEEN || lacks(unseens, serial, UINT64_MAX)) return;
    ack->rule = capan_tcp_rule(CAPAN_FACT(ACK) | CAPAN_FACT(ADVANCES));
    ack->kind = CAPAN_KIND_ACK_ADVANCE;
    ack->certainty = CAPAN_CERTAIN;
    ack->operand[0] = ack->because[0] = 0;
}

/* Octets before those of this segment have not come yet. */
static void show_hole(struct capan_arrival *arrival, struct capan_unseen *unseen) {
    if (has_hole(unseen) || unseen->start >= unseen->end) return;
    unseen->hole = capan_piece_of(arrival, CAPAN_PIECE_HOLE);
    capan_flag(arrival->segment, CAPAN_FLAG_GAP_BEFORE);
    capan_flag(arrival->segment, CAPAN_FLAG_GAP_CAPTURE_LOSS);
    if (!unseen->open) return;
    unseen->asked = true;
    arrival->segment->open_questions++;
}

/* Those behind the segment, where it came from their middle. */
static void split_off(struct capan_arrival *arrival, struct capan_unseens *unseens, const struct capan_unseen *whole) {
    struct capan_unseen rest = *whole;
    if (rest.end <= arrival->end) return;
    struct capan_unseen *added = push(arrival->tcp, unseens);
    if (!added) return;
    rest.start = arrival->end;
    rest.asked = rest.open && ask(arrival->tcp, rest.hole.serial);
    *added = rest;
    if (!rest.open) return;
    unseens->open++;
    ask(arrival->tcp, rest.ack);
}

static void shrink(struct capan_arrival *arrival, struct capan_unseens *unseens, uint32_t index) {
    struct capan_unseen *unseen = unseen_at(unseens, index);
    const struct capan_unseen whole = *unseen;
    const struct capan_segment *ack = capan_records_at(arrival->tcp->records, whole.ack);
    arrival->segment->acked_in = ack ? ack->frame : arrival->me->ack_frame;
    if (arrival->start > whole.start) {
        unseen->end = arrival->start;
        split_off(arrival, unseens, &whole);
        return;
    }
    unseen->start = min_i64(arrival->end, whole.end);
    if (unseen->start < unseen->end) return;
    if (has_hole(&whole)) take_back_gap(arrival, unseens, whole.hole.serial);
    take_back_ack(arrival, unseens, whole.ack);
    close_questions(arrival->tcp, unseens, unseen);
}

void capan_unseen_came(struct capan_arrival *arrival) {
    arrival->me->marks |= CAPAN_HALF_ACKED_FIRST;
    struct capan_incidents *incidents = arrival->me->incidents;
    struct capan_unseens *unseens = &incidents->unseens;
    bool tail = false;
    for (uint32_t i = 0, count = unseens->count; i < count; i++) {
        const int64_t part = common(unseen_at(unseens, i), arrival);
        incidents->missing_bytes -= (uint64_t)part;
        if (part) shrink(arrival, unseens, i);
    }
    for (uint32_t i = 0; i < unseens->count; i++) {
        struct capan_unseen *unseen = unseen_at(unseens, i);
        if (unseen->end <= arrival->start) show_hole(arrival, unseen);
        tail |= !has_hole(unseen) && unseen->start < unseen->end;
    }
    if (!tail) arrival->me->marks &= ~(uint32_t)CAPAN_HALF_UNSEEN_TAIL;
}

void capan_unseen_passed(struct capan_arrival *arrival) {
    struct capan_unseens *unseens = &arrival->me->incidents->unseens;
    for (uint32_t i = 0; i < unseens->count; i++) show_hole(arrival, unseen_at(unseens, i));
}

void capan_unseen_settle(const struct capan_tcp *tcp, struct capan_half *half, int64_t now, bool all) {
    struct capan_unseens *unseens = &half->incidents->unseens;
    for (uint32_t i = 0; i < unseens->count && unseens->open; i++) {
        struct capan_unseen *unseen = unseen_at(unseens, i);
        if (all || now - unseen->time_ns > CAPAN_SWAP_MS * MS) close_questions(tcp, unseens, unseen);
    }
}

void capan_unseen_refuted(const struct capan_tcp *tcp, struct capan_half *half, uint64_t ack) {
    struct capan_unseens *unseens = &half->incidents->unseens;
    for (uint32_t i = 0; i < unseens->count; i++) {
        struct capan_unseen *unseen = unseen_at(unseens, i);
        if (unseen->ack != ack || has_hole(unseen)) continue;
        half->incidents->missing_bytes -= (uint64_t)(unseen->end - unseen->start);
        unseen->start = unseen->end;
        close_questions(tcp, unseens, unseen);
    }
    half->marks &= ~(uint32_t)CAPAN_HALF_UNSEEN_TAIL;
}

void capan_unseen_free(struct capan_half *half, const struct capan_alloc *alloc) {
    struct capan_unseens *unseens = &half->incidents->unseens;
    capan_delete(alloc, unseens->at, unseens->capacity * sizeof *unseens->at);
    *unseens = (struct capan_unseens){0};
}
