/* SPDX-License-Identifier: MIT */
/* The segments whose verdicts are not reported yet, in order: a ring that a later segment can reach back into. */
#ifndef RECORDS_H
#define RECORDS_H

#include "capan/tcp.h"

struct capan_record {
    struct capan_segment segment;
    void *owner;      /* its connection */
    uint64_t acks_at; /* index of its first acknowledged frame in the list */
};

/* Segments carry serial numbers; [first, next) are in the ring. The frames that ACKs cover lie in one list in the same
 * order: indices [acks_first, acks_next), of which acks_base is acks[0]. Owned by the analysis: init, then free. */
struct capan_records {
    struct capan_record *at;
    size_t capacity; /* a power of two; grows to capacity_max, so that few segments stay in the cache */
    size_t capacity_max;
    uint64_t first, next;
    uint32_t *acks;
    size_t acks_capacity;
    uint64_t acks_base, acks_first, acks_next;
    bool disordered; /* segments were judged in another order than that of their records */
    const struct capan_alloc *alloc;
};

enum capan_result capan_records_init(struct capan_records *, size_t capacity_max, const struct capan_alloc *alloc);
void capan_records_free(struct capan_records *);

/* No room, and none to be had: the first must be reported before the next push. */
static inline bool capan_records_full(const struct capan_records *records) {
    return records->next - records->first == records->capacity && records->capacity >= records->capacity_max;
}
static inline bool capan_records_empty(const struct capan_records *records) {
    return records->next == records->first;
}

/* A zeroed segment with its serial, rtt_ns and rto_ns set to -1. The ring must not be full. NULL without memory. */
struct capan_segment *capan_records_push(struct capan_records *, void *owner);
/* Takes back the last push: its segment was not analysed after all. */
void capan_records_unpush(struct capan_records *);
/* The segment, or NULL when it was reported already. */
struct capan_segment *capan_records_at(const struct capan_records *, uint64_t serial);
/* The segment becomes another owner's. NULL when it was reported already. */
struct capan_segment *capan_records_give(const struct capan_records *, uint64_t serial, void *owner);
/* Sets a flag of the owner's segment in that frame; one that was reported already stays as it is.
 * Frame numbers must not have decreased. */
void capan_records_mark(const struct capan_records *, uint32_t frame, const void *owner, enum capan_tcp_flag);
/* The segment is judged only now: what it acknowledges follows. NULL when it was reported already. */
struct capan_segment *capan_records_begin(struct capan_records *, uint64_t serial);
/* Notes that the segment which is being judged newly acknowledges frame. Counts it in acks_count; without memory the
 * frame is left out. */
void capan_records_ack(struct capan_records *, uint64_t serial, uint32_t frame);
/* The oldest record; the ring must not be empty. */
static inline struct capan_record *capan_records_first(const struct capan_records *records) {
    return &records->at[records->first & (records->capacity - 1)];
}
/* Its acknowledged frames; valid until the next ack. */
static inline const uint32_t *capan_records_acks(const struct capan_records *records,
                                                 const struct capan_record *record) {
    return records->acks + (record->acks_at - records->acks_base);
}
void capan_records_pop(struct capan_records *);

#endif
