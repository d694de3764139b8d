/* SPDX-License-Identifier: MIT */
#include "segments.h"

#include <string.h>

#include "alloc.h"
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
    capan_delete(alloc, segments->acks, segments->acks_capacity * sizeof *segments->acks);
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
static uint8_t *put_firsts(uint8_t *at, struct capan_firsts firsts) {
    *at++ = (uint8_t)(firsts.kind | (firsts.flags ? 2 : 0));
    if (!firsts.flags) return at;
    memcpy(at, &firsts.flags, sizeof firsts.flags);
    return at + sizeof firsts.flags;
}

static const uint8_t *get_firsts(const uint8_t *at, struct capan_firsts *firsts) {
    uint8_t mark = *at++;
    *firsts = (struct capan_firsts){.kind = mark & 1};
    if (!(mark & 2)) return at;
    memcpy(&firsts->flags, at, sizeof firsts->flags);
    return at + sizeof firsts->flags;
}

void capan_segments_keep(struct capan_segments *segments, const struct capan_segment *segment, const uint32_t *acks) {
    uint8_t *at = room_for(segments, 1 + sizeof(uint64_t) + capan_packed_room(segment->acks_count));
    if (!at) return;
    uint8_t *next = put_firsts(at, capan_shown_firsts(&segments->shown, segment));
    capan_shown_segment(&segments->shown, segment);
    next += capan_pack(next, segment, acks);
    segments->block_left -= (size_t)(next - at);
    segments->packed[segment->serial] = at;
}

size_t capan_segments_first(const struct capan_segments *segments, uint32_t frame) {
    size_t low = 0, high = segments->count;
    if (high && segments->frames[high - 1] < frame) return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (segments->frames[middle] < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t *room_for_acks(struct capan_segments *segments, uint32_t count) {
    void *acks = segments->acks;
    if (capan_reserve(segments->alloc, &acks, &segments->acks_capacity, count, sizeof *segments->acks) != CAPAN_OK)
        return NULL;
    return segments->acks = acks;
}

static bool get_settled(struct capan_segments *segments, const uint8_t *at, struct capan_stored_segment *stored) {
    struct capan_firsts firsts;
    const uint8_t *packed_acks = capan_unpack(&stored->segment, get_firsts(at, &firsts));
    uint32_t *acks = room_for_acks(segments, stored->segment.acks_count);
    if (stored->segment.acks_count && !acks) return false;
    capan_unpack_acks(acks, &stored->segment, packed_acks);
    stored->acks = acks;
    stored->first_of_kind = firsts.kind;
    stored->first_flags = firsts.flags;
    return true;
}

static bool get_pending(struct capan_segments *segments, const struct capan_analysis *analysis, uint64_t serial,
                        struct capan_stored_segment *stored) {
    const struct capan_segment *segment = capan_analysis_pending(analysis, serial, &stored->acks);
    if (!segment) return false;
    struct capan_firsts firsts = capan_shown_firsts(&segments->offered, segment);
    if (serial >= segments->offered_upto) {
        capan_shown_segment(&segments->offered, segment);
        segments->offered_upto = serial + 1;
    }
    stored->segment = *segment;
    if (segment->open_questions) stored->segment.certainty = CAPAN_PROVISIONAL;
    stored->first_of_kind = firsts.kind;
    stored->first_flags = firsts.flags;
    return true;
}

bool capan_segments_get(struct capan_segments *segments, const struct capan_analysis *analysis, size_t serial,
                        struct capan_stored_segment *stored) {
    const uint8_t *at = segments->packed[serial];
    *stored = (struct capan_stored_segment){.segment = {.serial = serial, .frame = segments->frames[serial]}};
    return at ? get_settled(segments, at, stored) : get_pending(segments, analysis, serial, stored);
}

bool capan_segments_stream(const struct capan_segments *segments, const struct capan_analysis *analysis, size_t serial,
                           uint32_t *stream) {
    const struct capan_segment *segment = capan_analysis_pending(analysis, serial, NULL);
    const uint8_t *at = segments->packed[serial];
    struct capan_segment settled = {.frame = segments->frames[serial]};
    struct capan_firsts firsts;
    if (!segment && !at) return false;
    if (!segment) capan_unpack(&settled, get_firsts(at, &firsts));
    *stream = segment ? segment->stream : settled.stream;
    return true;
}
