/* SPDX-License-Identifier: MIT */
#include "records.h"

#include <string.h>

#include "alloc.h"

enum { FIRST_RECORDS = 256, FIRST_ACKS = 64 };

enum capan_result capan_records_init(struct capan_records *records, size_t capacity_max,
                                     const struct capan_alloc *alloc) {
    *records = (struct capan_records){
        .capacity = 1, .capacity_max = capacity_max, .acks_capacity = FIRST_ACKS, .alloc = alloc};
    while (records->capacity < FIRST_RECORDS && records->capacity < capacity_max) records->capacity *= 2;
    records->at = alloc->resize(alloc->context, NULL, 0, records->capacity * sizeof *records->at);
    records->acks = alloc->resize(alloc->context, NULL, 0, FIRST_ACKS * sizeof *records->acks);
    if (records->at && records->acks) return CAPAN_OK;
    capan_records_free(records);
    return CAPAN_NO_MEMORY;
}

void capan_records_free(struct capan_records *records) {
    capan_delete(records->alloc, records->at, records->capacity * sizeof *records->at);
    capan_delete(records->alloc, records->acks, records->acks_capacity * sizeof *records->acks);
    records->at = NULL;
    records->acks = NULL;
}

static struct capan_record *slot(const struct capan_records *records, uint64_t serial) {
    return &records->at[serial & (records->capacity - 1)];
}

static bool grow(struct capan_records *records) {
    struct capan_record *old = records->at;
    const size_t count = records->capacity;
    struct capan_record *at = records->alloc->resize(records->alloc->context, NULL, 0, 2 * count * sizeof *at);
    if (!at) return false;
    for (uint64_t serial = records->first; serial < records->next; serial++)
        at[serial & (2 * count - 1)] = old[serial & (count - 1)];
    records->at = at;
    records->capacity = 2 * count;
    capan_delete(records->alloc, old, count * sizeof *old);
    return true;
}

struct capan_segment *capan_records_push(struct capan_records *records, void *owner) {
    if (records->next - records->first == records->capacity && !grow(records)) return NULL;
    struct capan_record *record = slot(records, records->next);
    memset(record, 0, sizeof *record);
    record->owner = owner;
    record->acks_at = records->acks_next;
    record->segment.serial = records->next++;
    record->segment.rtt_ns = record->segment.rto_ns = -1;
    return &record->segment;
}

void capan_records_unpush(struct capan_records *records) {
    records->next--;
    records->acks_next = slot(records, records->next)->acks_at;
}

struct capan_segment *capan_records_at(const struct capan_records *records, uint64_t serial) {
    return serial >= records->first && serial < records->next ? &slot(records, serial)->segment : NULL;
}

struct capan_segment *capan_records_give(const struct capan_records *records, uint64_t serial, void *owner) {
    struct capan_segment *segment = capan_records_at(records, serial);
    if (segment) slot(records, serial)->owner = owner;
    return segment;
}

/* NULL: it was reported already. */
static struct capan_segment *in_frame(const struct capan_records *records, uint32_t frame, const void *owner) {
    uint64_t low = records->first, high = records->next;
    if (low < high && slot(records, high - 1)->segment.frame == frame && slot(records, high - 1)->owner == owner)
        return &slot(records, high - 1)->segment; /* mostly it is the newest */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (slot(records, middle)->segment.frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < records->next && slot(records, low)->segment.frame == frame; low++) {
        if (slot(records, low)->owner == owner) return &slot(records, low)->segment;
    }
    return NULL;
}

void capan_records_mark(const struct capan_records *records, uint32_t frame, const void *owner,
                        enum capan_tcp_flag flag) {
    struct capan_segment *segment = in_frame(records, frame, owner);
    if (segment) segment->flags |= UINT64_C(1) << flag;
}

/* In another order than their records, the oldest list of acknowledged frames may be that of any of them. */
static uint64_t oldest_ack(const struct capan_records *records) {
    uint64_t oldest = records->acks_next;
    for (uint64_t serial = records->first; serial < records->next; serial++) {
        const struct capan_record *record = slot(records, serial);
        if (record->segment.acks_count && record->acks_at < oldest) oldest = record->acks_at;
    }
    return oldest;
}

struct capan_segment *capan_records_begin(struct capan_records *records, uint64_t serial) {
    if (!capan_records_at(records, serial)) return NULL;
    slot(records, serial)->acks_at = records->acks_next;
    return &slot(records, serial)->segment;
}

/* Makes room behind the list: what was reported is given up, and when that is less than half, the list grows. */
static bool room_for_ack(struct capan_records *records) {
    if (records->acks_next - records->acks_base < records->acks_capacity) return true;
    if (records->disordered) records->acks_first = oldest_ack(records);
    size_t live = (size_t)(records->acks_next - records->acks_first);
    if (live > records->acks_capacity / 2 &&
        capan_reserve(records->alloc, (void **)&records->acks, &records->acks_capacity, 2 * records->acks_capacity,
                      sizeof *records->acks) != CAPAN_OK)
        return false;
    memmove(records->acks, records->acks + (records->acks_first - records->acks_base), live * sizeof *records->acks);
    records->acks_base = records->acks_first;
    return true;
}

void capan_records_ack(struct capan_records *records, uint64_t serial, uint32_t frame) {
    if (!room_for_ack(records)) return;
    records->acks[records->acks_next++ - records->acks_base] = frame;
    slot(records, serial)->segment.acks_count++;
}

void capan_records_pop(struct capan_records *records) {
    const struct capan_record *record = capan_records_first(records);
    if (!records->disordered) records->acks_first = record->acks_at + record->segment.acks_count;
    records->first++;
}
