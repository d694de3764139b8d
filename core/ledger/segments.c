/* SPDX-License-Identifier: MIT */
#include "segments.h"

#include <string.h>

#include "alloc.h"
#include "ascending.h"
#include "packed.h"

enum { BLOCK = 64 * 1024 };

struct capan_block {
    struct capan_block *older;
    size_t size; /* with this header */
    uint8_t octets[];
};

void capan_segments_free(struct capan_segments *segments) {
    const struct capan_alloc *alloc = segments->alloc;
    while (segments->block) {
        struct capan_block *block = segments->block;
        segments->block = block->older;
        capan_delete(alloc, block, block->size);
    }
    capan_delete(alloc, segments->frames, segments->frame_capacity * sizeof *segments->frames);
    capan_delete(alloc, segments->packed, segments->packed_capacity * sizeof *segments->packed);
}

enum capan_result capan_segments_reserve(struct capan_segments *segments) {
    void *frames = segments->frames, *packed = segments->packed;
    enum capan_result result = capan_reserve(segments->alloc, &frames, &segments->frame_capacity, segments->count + 1,
                                             sizeof *segments->frames);
    segments->frames = frames;
    if (result == CAPAN_OK)
        result = capan_reserve(segments->alloc, &packed, &segments->packed_capacity, segments->count + 1,
                               sizeof *segments->packed);
    segments->packed = packed;
    return result;
}

void capan_segments_begin(struct capan_segments *segments, uint32_t frame) {
    segments->packed[segments->count] = NULL;
    segments->frames[segments->count++] = frame;
}

void capan_segments_undo(struct capan_segments *segments) {
    segments->count--;
}

/* At least len octets at the end of the newest block. NULL without memory. */
static uint8_t *room_for(struct capan_segments *segments, size_t len) {
    if (len > segments->block_left) {
        size_t size = sizeof(struct capan_block) + (len > BLOCK ? len : BLOCK);
        struct capan_block *block = segments->alloc->resize(segments->alloc->context, NULL, 0, size);
        if (!block) return NULL;
        *block = (struct capan_block){segments->block, size};
        segments->block = block;
        segments->block_left = size - sizeof *block;
    }
    return (uint8_t *)segments->block + segments->block->size - segments->block_left;
}

void capan_segments_keep(struct capan_segments *segments, const struct capan_segment *segment, const uint32_t *acks) {
    uint8_t *at = room_for(segments, capan_packed_room(segment->acks_count));
    if (!at) return;
    segments->block_left -= capan_pack(at, segment, acks);
    segments->packed[segment->serial] = at;
}

/* While a capture is read, frames without a segment are newer than all that have one. */
size_t capan_segments_first(const struct capan_segments *segments, uint32_t frame) {
    size_t count = segments->count;
    if (count && segments->frames[count - 1] < frame) return count;
    return ascending_first(segments->frames, count, frame);
}

static bool get_settled(const uint8_t *at, struct capan_stored_segment *stored, struct capan_arena *arena) {
    struct capan_segment *segment = &stored->segment;
    const uint8_t *packed_acks = capan_unpack(segment, at);
    uint32_t *acks = capan_arena_take(arena, segment->acks_count * sizeof *acks);
    if (!acks) return false;
    capan_unpack_acks(acks, segment, packed_acks);
    stored->acks = acks;
    return true;
}

static bool get_pending(const struct capan_analysis *analysis, uint64_t serial, struct capan_stored_segment *stored,
                        struct capan_arena *arena) {
    const uint32_t *acks;
    struct capan_span copy;
    const struct capan_segment *segment = capan_analysis_pending(analysis, serial, &acks);
    if (!segment) return false;
    if (!capan_arena_copy(arena, (struct capan_span){(const uint8_t *)acks, segment->acks_count * sizeof *acks}, &copy))
        return false;
    stored->segment = *segment;
    stored->acks = (const uint32_t *)(const void *)copy.at;
    if (segment->open_questions) stored->segment.certainty = CAPAN_PROVISIONAL;
    return true;
}

bool capan_segments_get(const struct capan_segments *segments, const struct capan_analysis *analysis, size_t serial,
                        struct capan_stored_segment *stored, struct capan_arena *arena) {
    const uint8_t *at = segments->packed[serial];
    *stored = (struct capan_stored_segment){.segment = {.serial = serial, .frame = segments->frames[serial]}};
    return at ? get_settled(at, stored, arena) : get_pending(analysis, serial, stored, arena);
}

bool capan_segments_stream(const struct capan_segments *segments, const struct capan_analysis *analysis, size_t serial,
                           uint32_t *stream) {
    const struct capan_segment *segment = capan_analysis_pending(analysis, serial, NULL);
    const uint8_t *at = segments->packed[serial];
    struct capan_segment settled = {.frame = segments->frames[serial]};
    if (!segment && !at) return false;
    if (!segment) capan_unpack(&settled, at);
    *stream = segment ? segment->stream : settled.stream;
    return true;
}
