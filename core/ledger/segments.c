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
    capan_shown_free(&segments->shown);
    capan_shown_free(&segments->offered);
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

/* One octet in front of a packed verdict says what is first; the flags follow only where one is. */
enum { FIRST_OF_KIND = 1, FLAGS_FOLLOW = 2 };

static uint8_t *put_firsts(uint8_t *at, const struct capan_causes *firsts) {
    uint64_t flags = firsts->of[CAPAN_FINDING_TCP_FLAG];
    *at++ = (uint8_t)((firsts->of[CAPAN_FINDING_TCP_KIND] ? FIRST_OF_KIND : 0) | (flags ? FLAGS_FOLLOW : 0));
    if (!flags) return at;
    memcpy(at, &flags, sizeof flags);
    return at + sizeof flags;
}

/* *kind: whether its kind is first. */
static const uint8_t *get_firsts(const uint8_t *at, bool *kind, uint64_t *flags) {
    uint8_t mark = *at++;
    *kind = mark & FIRST_OF_KIND;
    *flags = 0;
    if (!(mark & FLAGS_FOLLOW)) return at;
    memcpy(flags, at, sizeof *flags);
    return at + sizeof *flags;
}

void capan_segments_keep(struct capan_segments *segments, const struct capan_segment *segment, const uint32_t *acks) {
    uint8_t *at = room_for(segments, 1 + sizeof(uint64_t) + capan_packed_room(segment->acks_count));
    if (!at) return;
    struct capan_causes causes = capan_segment_causes(segment);
    struct capan_causes firsts = capan_shown_new(&segments->shown, segment->stream, &causes);
    uint8_t *next = put_firsts(at, &firsts);
    capan_shown_add(&segments->shown, segment->stream, &causes);
    next += capan_pack(next, segment, acks);
    segments->block_left -= (size_t)(next - at);
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
    bool kind;
    uint64_t flags;
    const uint8_t *packed_acks = capan_unpack(segment, get_firsts(at, &kind, &flags));
    uint32_t *acks = capan_arena_take(arena, segment->acks_count * sizeof *acks);
    if (!acks) return false;
    capan_unpack_acks(acks, segment, packed_acks);
    stored->acks = acks;
    stored->firsts.of[CAPAN_FINDING_TCP_KIND] = (uint64_t)kind << segment->kind;
    stored->firsts.of[CAPAN_FINDING_TCP_FLAG] = flags;
    return true;
}

static bool get_pending(struct capan_segments *segments, const struct capan_analysis *analysis, uint64_t serial,
                        struct capan_stored_segment *stored, struct capan_arena *arena) {
    const uint32_t *acks;
    struct capan_span copy;
    const struct capan_segment *segment = capan_analysis_pending(analysis, serial, &acks);
    if (!segment) return false;
    if (!capan_arena_copy(arena, (struct capan_span){(const uint8_t *)acks, segment->acks_count * sizeof *acks}, &copy))
        return false;
    stored->segment = *segment;
    stored->acks = (const uint32_t *)(const void *)copy.at;
    if (segment->open_questions) stored->segment.certainty = CAPAN_PROVISIONAL;
    struct capan_causes causes = capan_segment_causes(segment);
    stored->firsts = capan_shown_new(&segments->offered, segment->stream, &causes);
    if (serial >= segments->offered_upto) {
        capan_shown_add(&segments->offered, segment->stream, &causes);
        segments->offered_upto = serial + 1;
    }
    return true;
}

bool capan_segments_get(struct capan_segments *segments, const struct capan_analysis *analysis, size_t serial,
                        struct capan_stored_segment *stored, struct capan_arena *arena) {
    const uint8_t *at = segments->packed[serial];
    *stored = (struct capan_stored_segment){.segment = {.serial = serial, .frame = segments->frames[serial]}};
    return at ? get_settled(at, stored, arena) : get_pending(segments, analysis, serial, stored, arena);
}

bool capan_segments_stream(const struct capan_segments *segments, const struct capan_analysis *analysis, size_t serial,
                           uint32_t *stream) {
    const struct capan_segment *segment = capan_analysis_pending(analysis, serial, NULL);
    const uint8_t *at = segments->packed[serial];
    struct capan_segment settled = {.frame = segments->frames[serial]};
    bool kind;
    uint64_t flags;
    if (!segment && !at) return false;
    if (!segment) capan_unpack(&settled, get_firsts(at, &kind, &flags));
    *stream = segment ? segment->stream : settled.stream;
    return true;
}
