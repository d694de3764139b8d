/* SPDX-License-Identifier: MIT */
#include "reassembly.h"

#include <string.h>

#include "alloc.h"
#include "bytes.h"

/* Octets [start, start + len) that came early, of which the first held were captured. Nodes of a treap: ordered by
 * start, and no node above one of higher priority, so that depth stays logarithmic whatever order the octets come in.
 */
struct capan_waiting {
    struct capan_waiting *left, *right;
    uint64_t priority;
    int64_t start;
    struct moment at;
    uint32_t len, held;
    uint8_t octets[];
};

/* A part of the segment in hand: [start, end), of which octets were captured. */
struct part {
    int64_t start, end;
    struct capan_span octets;
};

static int64_t end_of(const struct capan_waiting *node) {
    return node->start + node->len;
}
static size_t cost_of(size_t held) {
    return sizeof(struct capan_waiting) + held;
}

/* Out of the reach of who chooses the octets: where the allocator put the node is part of it. */
static uint64_t priority_of(const struct capan_waiting *node) {
    uint64_t mixed = (uint64_t)(uintptr_t)node ^ (uint64_t)node->start << 20;
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

/* Parts a tree into what starts before offset and what does not. */
static void split(struct capan_waiting *node, int64_t offset, struct capan_waiting **before,
                  struct capan_waiting **after) {
    while (node) {
        if (node->start < offset) {
            *before = node;
            before = &node->right;
            node = node->right;
        } else {
            *after = node;
            after = &node->left;
            node = node->left;
        }
    }
    *before = *after = NULL;
}

static void insert(struct capan_waiting **root, struct capan_waiting *node) {
    while (*root && (*root)->priority >= node->priority)
        root = node->start < (*root)->start ? &(*root)->left : &(*root)->right;
    split(*root, node->start, &node->left, &node->right);
    *root = node;
}

/* The last node that starts at or before offset, or NULL. */
static const struct capan_waiting *last_to(const struct capan_waiting *node, int64_t offset) {
    const struct capan_waiting *found = NULL;
    while (node) {
        if (node->start <= offset) found = node;
        node = node->start <= offset ? node->right : node->left;
    }
    return found;
}

/* The first node that starts at or after offset, or NULL. */
static const struct capan_waiting *first_from(const struct capan_waiting *node, int64_t offset) {
    const struct capan_waiting *found = NULL;
    while (node) {
        if (node->start >= offset) found = node;
        node = node->start >= offset ? node->left : node->right;
    }
    return found;
}

static struct capan_waiting *take_first(struct capan_reassembly *reassembly) {
    struct capan_waiting **at = &reassembly->waiting;
    while (*at && (*at)->left) at = &(*at)->left;
    struct capan_waiting *node = *at;
    if (node) *at = node->right;
    return node;
}

static void drop(struct capan_reassembly *reassembly, struct capan_waiting *node) {
    reassembly->waiting_len -= cost_of(node->held);
    capan_delete(reassembly->alloc, node, cost_of(node->held));
}

void capan_reassembly_init(struct capan_reassembly *reassembly, const struct capan_alloc *alloc) {
    *reassembly = (struct capan_reassembly){.alloc = alloc};
}

void capan_reassembly_free(struct capan_reassembly *reassembly) {
    struct capan_waiting *node;
    while ((node = take_first(reassembly))) drop(reassembly, node);
}

/* --- what waits --- */

static struct part part_of(const struct capan_reassembly_segment *segment, int64_t start, int64_t end) {
    const struct capan_span octets =
        span_cut(segment->octets, (size_t)(start - segment->offset), (size_t)(end - start));
    return (struct part){start, end, octets};
}

static bool keep(struct capan_reassembly *reassembly, const struct part *part, struct moment at) {
    const size_t size = cost_of(part->octets.len);
    struct capan_waiting *node = reassembly->alloc->resize(reassembly->alloc->context, NULL, 0, size);
    if (!node) return false;
    node->start = part->start;
    node->len = (uint32_t)(part->end - part->start);
    node->held = (uint32_t)part->octets.len;
    node->at = at;
    node->priority = priority_of(node);
    if (node->held > 0) memcpy(node->octets, part->octets.at, node->held);
    insert(&reassembly->waiting, node);
    reassembly->waiting_len += size;
    return true;
}

/* Keeps what of a segment does not wait already. Ends with the captured octets, but for what follows them directly, so
 * that work is bounded by octets, not by a length the capture claims. False without memory. */
static bool put_aside(struct capan_reassembly *reassembly, const struct capan_reassembly_segment *segment) {
    const struct capan_waiting *before = last_to(reassembly->waiting, segment->offset);
    const int64_t start = segment->offset, segment_end = start + segment->len;
    const int64_t captured_end = start + (int64_t)segment->octets.len;
    int64_t at = before ? max_i64(start, end_of(before)) : start;
    while (at < segment_end && (at == start || at < captured_end)) {
        const struct capan_waiting *after = first_from(reassembly->waiting, at);
        const int64_t end = after ? min_i64(after->start, segment_end) : segment_end;
        const struct part part = part_of(segment, at, end);
        if (end > at && !keep(reassembly, &part, segment->at)) return false;
        at = after ? end_of(after) : segment_end;
    }
    return true;
}

/* --- reading --- */

void capan_reading_begin(struct capan_reading *reading, struct capan_reassembly *reassembly) {
    *reading = (struct capan_reading){.of = reassembly, .limit = SIZE_MAX, .skip_to = INT64_MIN};
}

void capan_reading_acked(struct capan_reading *reading, int64_t offset, struct moment at) {
    reading->skip_to = offset;
    reading->skip_at = at;
}

void capan_reading_segment(struct capan_reading *reading, const struct capan_reassembly_segment *segment,
                           size_t limit) {
    reading->segment = *segment;
    reading->segment.octets = span_cut(segment->octets, 0, segment->len);
    reading->limit = limit;
}

void capan_reading_last(struct capan_reading *reading) {
    reading->is_last = true;
}

static bool give_waiting(struct capan_reading *reading, struct capan_piece *piece) {
    struct capan_reassembly *reassembly = reading->of;
    const struct capan_waiting *first = first_from(reassembly->waiting, reassembly->next);
    if (!first || first->start > reassembly->next) return false;
    struct capan_waiting *node = take_first(reassembly);
    *piece = (struct capan_piece){{node->octets, node->held}, node->len - node->held, node->at};
    if (reading->is_filled) piece->at = reading->segment.at;
    reassembly->next = end_of(node);
    reading->given = node;
    return true;
}

/* Nothing filled the hole: what waits behind it counts from its own moment. */
static bool give_hole(struct capan_reading *reading, int64_t end, struct moment at, struct capan_piece *piece) {
    *piece = (struct capan_piece){.missing = (uint64_t)(end - reading->of->next), .at = at};
    reading->of->next = end;
    reading->is_filled = false;
    return true;
}

/* Holes that will not be filled any more. */
static bool give_skipped(struct capan_reading *reading, struct capan_piece *piece) {
    const struct capan_reassembly *reassembly = reading->of;
    const struct capan_waiting *first = first_from(reassembly->waiting, reassembly->next);
    if (reading->is_last && first) return give_hole(reading, first->start, first->at, piece);
    if (reassembly->next >= reading->skip_to) return false;
    return give_hole(reading, first ? min_i64(first->start, reading->skip_to) : reading->skip_to, reading->skip_at,
                     piece);
}

/* What of the segment reaches next; where octets wait already, they came first. */
static bool give_segment(struct capan_reading *reading, struct capan_piece *piece) {
    struct capan_reassembly *reassembly = reading->of;
    const struct capan_reassembly_segment *segment = &reading->segment;
    const int64_t segment_end = segment->offset + segment->len;
    if (segment_end <= reassembly->next || segment->offset > reassembly->next) return false;
    const struct capan_waiting *first = first_from(reassembly->waiting, reassembly->next);
    const struct part part =
        part_of(segment, reassembly->next, first ? min_i64(first->start, segment_end) : segment_end);
    *piece = (struct capan_piece){part.octets, (uint64_t)(part.end - part.start) - part.octets.len, segment->at};
    reassembly->next = part.end;
    reading->is_filled = true;
    return true;
}

/* A segment that comes early waits; without memory for it the holes before it are given up. */
static bool wait_for_hole(struct capan_reading *reading, struct capan_piece *piece) {
    const struct capan_reassembly_segment *segment = &reading->segment;
    if (!segment->len || segment->offset <= reading->of->next || reading->is_aside) return false;
    reading->is_aside = true;
    if (put_aside(reading->of, segment)) return false;
    capan_reading_acked(reading, segment->offset, segment->at);
    return give_skipped(reading, piece);
}

static bool give_up_first(struct capan_reading *reading, struct capan_piece *piece) {
    const struct capan_reassembly *reassembly = reading->of;
    if (reassembly->waiting_len <= reading->limit) return false;
    return give_hole(reading, first_from(reassembly->waiting, reassembly->next)->start, reading->segment.at, piece);
}

bool capan_reading_next(struct capan_reading *reading, struct capan_piece *piece) {
    if (reading->given) drop(reading->of, reading->given);
    reading->given = NULL;
    return give_waiting(reading, piece) || give_skipped(reading, piece) || give_segment(reading, piece) ||
           wait_for_hole(reading, piece) || give_up_first(reading, piece);
}
