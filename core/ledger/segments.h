/* SPDX-License-Identifier: MIT */
/* The verdicts on segments, packed once they are settled. A segment's serial number is its index. */
#ifndef SEGMENTS_H
#define SEGMENTS_H

#include "arena.h"
#include "capan/ledger.h"
#include "packed.h"

/* Octets of a place's higher half; of a verdict larger than one, the next ones as well. */
struct capan_block {
    uint8_t *at;
    size_t size; /* as allocated; 0: it is the rest of the one before */
};

/* Owned by the caller: alloc set in it and in its lists, the rest zero; then free. */
struct capan_segments {
    const struct capan_alloc *alloc;
    uint32_t *frames; /* of each segment, ascending */
    uint32_t *packed; /* where its settled verdict lies, plus one; 0 while the analysis has it, or without memory */
    size_t count, frame_capacity, packed_capacity;
    struct capan_block *blocks; /* packed verdicts are cut from them, one behind the other */
    size_t block_count, block_capacity, block_left;
    struct capan_bases *bases; /* by stream */
    size_t bases_count, bases_capacity;
};
void capan_segments_free(struct capan_segments *);

/* Room for one more segment; then the frame of that segment, which the analysis took. */
enum capan_result capan_segments_reserve(struct capan_segments *);
void capan_segments_begin(struct capan_segments *, uint32_t frame);
/* The last one begun was not taken. */
void capan_segments_undo(struct capan_segments *);

/* A segment's verdict is settled. */
void capan_segments_keep(struct capan_segments *, const struct capan_segment *, const uint32_t *acks);

/* The serial number of the first segment of this frame or a later one. */
size_t capan_segments_first(const struct capan_segments *, uint32_t frame);
/* The verdict on a segment, from the analysis while it is not settled. Its acks lie in the arena. False: it was not
 * kept. */
bool capan_segments_get(const struct capan_segments *, const struct capan_analysis *, size_t serial,
                        struct capan_stored_segment *, struct capan_arena *);
/* Likewise only its connection. */
bool capan_segments_stream(const struct capan_segments *, const struct capan_analysis *, size_t serial,
                           uint32_t *stream);

#endif
