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
    int64_t start, time_ns;
    uint32_t len, held, frame;
    uint8_t octets[];
};

/* A piece of the stream: [start, end), of which octets were captured. */
struct piece {
    int64_t start, end;
    struct capan_span octets;
    uint32_t frame;
    int64_t time_ns;
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

/* The part of a piece in [start, end). */
static struct piece cut(const struct piece *piece, int64_t start, int64_t end) {
    struct piece part = *piece;
    part.start = start;
    part.end = end;
    part.octets = span_cut(piece->octets, (size_t)(start - piece->start), (size_t)(end - start));
    return part;
}

/* Hands on what starts at next. */
static void hand_on(struct capan_reassembly *reassembly, const struct piece *piece,
                    const struct capan_reassembly_sink *sink) {
    const uint64_t len = (uint64_t)(piece->end - piece->start);
    if (piece->octets.len > 0) sink->octets(sink->context, piece->octets, piece->frame, piece->time_ns);
    if (len > piece->octets.len) sink->gap(sink->context, len - piece->octets.len, piece->frame, piece->time_ns);
    reassembly->next = piece->end;
}

/* Hands on what waits at next, now that moment has made it readable; NULL: as it came itself. */
static void drain(struct capan_reassembly *reassembly, const struct piece *moment,
                  const struct capan_reassembly_sink *sink) {
    const struct capan_waiting *first;
    while ((first = first_from(reassembly->waiting, reassembly->next)) && first->start == reassembly->next) {
        struct capan_waiting *node = take_first(reassembly);
        const struct piece piece = {node->start,
                                    end_of(node),
                                    {node->octets, node->held},
                                    moment ? moment->frame : node->frame,
                                    moment ? moment->time_ns : node->time_ns};
        hand_on(reassembly, &piece, sink);
        drop(reassembly, node);
    }
}

/* Gives up the hole before the first piece that waits, or before limit when that comes earlier. Nothing filled it: what
 * waits behind it counts from its own moment. */
static void give_up(struct capan_reassembly *reassembly, int64_t limit, const struct piece *moment,
                    const struct capan_reassembly_sink *sink) {
    const struct capan_waiting *first = first_from(reassembly->waiting, reassembly->next);
    const int64_t end = first ? min_i64(first->start, limit) : limit;
    const struct piece hole = {reassembly->next,
                               end,
                               {NULL, 0},
                               moment  ? moment->frame
                               : first ? first->frame
                                       : 0,
                               moment  ? moment->time_ns
                               : first ? first->time_ns
                                       : 0};
    if (end > reassembly->next) hand_on(reassembly, &hole, sink);
    drain(reassembly, NULL, sink);
}

/* Hands on a piece that reaches next; where octets wait already, they came first. */
static void advance(struct capan_reassembly *reassembly, const struct piece *piece,
                    const struct capan_reassembly_sink *sink) {
    while (reassembly->next < piece->end) {
        const struct capan_waiting *first = first_from(reassembly->waiting, reassembly->next);
        const int64_t end = first ? min_i64(first->start, piece->end) : piece->end;
        const struct piece part = cut(piece, reassembly->next, end);
        hand_on(reassembly, &part, sink);
        drain(reassembly, piece, sink);
    }
}

static bool keep(struct capan_reassembly *reassembly, const struct piece *piece) {
    const size_t size = cost_of(piece->octets.len);
    struct capan_waiting *node = reassembly->alloc->resize(reassembly->alloc->context, NULL, 0, size);
    if (!node) return false;
    node->start = piece->start;
    node->len = (uint32_t)(piece->end - piece->start);
    node->held = (uint32_t)piece->octets.len;
    node->frame = piece->frame;
    node->time_ns = piece->time_ns;
    node->priority = priority_of(node);
    if (node->held > 0) memcpy(node->octets, piece->octets.at, node->held);
    insert(&reassembly->waiting, node);
    reassembly->waiting_len += size;
    return true;
}

/* Keeps what of a piece does not wait already. Ends with the captured octets, but for what follows them directly, so
 * that work is bounded by octets, not by a length the capture claims. False without memory. */
static bool put_aside(struct capan_reassembly *reassembly, const struct piece *piece) {
    const struct capan_waiting *before = last_to(reassembly->waiting, piece->start);
    const int64_t captured_end = piece->start + (int64_t)piece->octets.len;
    int64_t at = before ? max_i64(piece->start, end_of(before)) : piece->start;
    while (at < piece->end && (at == piece->start || at < captured_end)) {
        const struct capan_waiting *after = first_from(reassembly->waiting, at);
        const int64_t end = after ? min_i64(after->start, piece->end) : piece->end;
        const struct piece part = cut(piece, at, end);
        if (end > at && !keep(reassembly, &part)) return false;
        at = after ? end_of(after) : piece->end;
    }
    return true;
}

void capan_reassembly_add(struct capan_reassembly *reassembly, int64_t offset, struct capan_span octets, uint32_t len,
                          uint32_t frame, int64_t time_ns, size_t limit, const struct capan_reassembly_sink *sink) {
    const struct piece segment = {offset, offset + len, span_cut(octets, 0, len), frame, time_ns};
    if (segment.end <= reassembly->next) return;
    if (offset > reassembly->next) {
        if (!put_aside(reassembly, &segment))
            while (reassembly->next < offset) give_up(reassembly, offset, &segment, sink);
        while (reassembly->waiting_len > limit) give_up(reassembly, INT64_MAX, &segment, sink);
    }
    if (offset <= reassembly->next) advance(reassembly, &segment, sink);
}

void capan_reassembly_acked(struct capan_reassembly *reassembly, int64_t offset, uint32_t frame, int64_t time_ns,
                            const struct capan_reassembly_sink *sink) {
    const struct piece moment = {.frame = frame, .time_ns = time_ns};
    while (reassembly->next < offset) give_up(reassembly, offset, &moment, sink);
}

void capan_reassembly_finish(struct capan_reassembly *reassembly, const struct capan_reassembly_sink *sink) {
    while (reassembly->waiting) give_up(reassembly, INT64_MAX, NULL, sink);
}
