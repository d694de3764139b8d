/* SPDX-License-Identifier: MIT */
#include "segments.h"

#include <string.h>

#include "alloc.h"
#include "ascending.h"

/* A place is a number of octets below 4 GiB: enough for a hundred million segments. */
enum { BLOCK_BITS = 16, BLOCK = 1 << BLOCK_BITS, BLOCKS_MAX = (1 << (32 - BLOCK_BITS)) - 1 };

void capan_segments_free(struct capan_segments *segments) {
    const struct capan_alloc *alloc = segments->alloc;
    for (size_t i = 0; i < segments->block_count; i++)
        if (segments->blocks[i].size) capan_delete(alloc, segments->blocks[i].at, segments->blocks[i].size);
    capan_delete(alloc, segments->blocks, segments->block_capacity * sizeof *segments->blocks);
    capan_delete(alloc, segments->frames, segments->frame_capacity * sizeof *segments->frames);
    capan_delete(alloc, segments->packed, segments->packed_capacity * sizeof *segments->packed);
    capan_delete(alloc, segments->bases, segments->bases_capacity * sizeof *segments->bases);
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
    segments->packed[segments->count] = 0;
    segments->frames[segments->count++] = frame;
}

void capan_segments_undo(struct capan_segments *segments) {
    segments->count--;
}

/* NULL without memory. */
static struct capan_bases *bases_of(struct capan_segments *segments, uint32_t stream) {
    void *bases = segments->bases;
    const size_t before = segments->bases_count, needed = (size_t)stream + 1;
    if (stream < before) return &segments->bases[stream];
    enum capan_result result =
        capan_reserve(segments->alloc, &bases, &segments->bases_capacity, needed, sizeof *segments->bases);
    segments->bases = bases;
    if (result != CAPAN_OK) return NULL;
    memset(&segments->bases[before], 0, (needed - before) * sizeof *segments->bases);
    segments->bases_count = needed;
    return &segments->bases[stream];
}

/* Room for at least so many octets in a row. */
static bool add_blocks(struct capan_segments *segments, size_t len) {
    void *blocks = segments->blocks;
    const size_t count = (len + BLOCK - 1) / BLOCK, size = count * BLOCK;
    if (count > BLOCKS_MAX - segments->block_count) return false;
    enum capan_result result = capan_reserve(segments->alloc, &blocks, &segments->block_capacity,
                                             segments->block_count + count, sizeof *segments->blocks);
    segments->blocks = blocks;
    uint8_t *at = result == CAPAN_OK ? segments->alloc->resize(segments->alloc->context, NULL, 0, size) : NULL;
    if (!at) return false;
    for (size_t i = 0; i < count; i++)
        segments->blocks[segments->block_count++] = (struct capan_block){at + i * BLOCK, i ? 0 : size};
    segments->block_left = size;
    return true;
}

/* What is left of blocks in a row ends with the last of them. */
void capan_segments_keep(struct capan_segments *segments, const struct capan_segment *segment, const uint32_t *acks) {
    const size_t room = capan_packed_room(segment->acks_count);
    struct capan_bases *bases = bases_of(segments, segment->stream);
    if (!bases || (room > segments->block_left && !add_blocks(segments, room))) return;
    const size_t place = segments->block_count * BLOCK - segments->block_left;
    uint8_t *at = segments->blocks[place >> BLOCK_BITS].at + (place & (BLOCK - 1));
    capan_bases_learn(bases, segment);
    segments->block_left -= capan_pack(at, segment, acks, bases);
    segments->packed[segment->serial] = (uint32_t)place + 1;
}

static const uint8_t *packed_at(const struct capan_segments *segments, size_t serial) {
    const uint32_t place = segments->packed[serial];
    return place ? segments->blocks[(place - 1) >> BLOCK_BITS].at + ((place - 1) & (BLOCK - 1)) : NULL;
}

/* While a capture is read, frames without a segment are newer than all that have one. */
size_t capan_segments_first(const struct capan_segments *segments, uint32_t frame) {
    size_t count = segments->count;
    if (count && segments->frames[count - 1] < frame) return count;
    return ascending_first(segments->frames, count, frame);
}

static bool get_settled(const struct capan_segments *segments, const uint8_t *at, struct capan_stored_segment *stored,
                        struct capan_arena *arena) {
    struct capan_segment *segment = &stored->segment;
    const uint8_t *packed_acks = capan_unpack(segment, at, &segments->bases[capan_unpack_stream(at)]);
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
    const uint8_t *at = packed_at(segments, serial);
    *stored = (struct capan_stored_segment){.segment = {.serial = serial, .frame = segments->frames[serial]}};
    return at ? get_settled(segments, at, stored, arena) : get_pending(analysis, serial, stored, arena);
}

bool capan_segments_stream(const struct capan_segments *segments, const struct capan_analysis *analysis, size_t serial,
                           uint32_t *stream) {
    const struct capan_segment *segment = capan_analysis_pending(analysis, serial, NULL);
    const uint8_t *at = packed_at(segments, serial);
    if (!segment && !at) return false;
    *stream = segment ? segment->stream : capan_unpack_stream(at);
    return true;
}
