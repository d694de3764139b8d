/* SPDX-License-Identifier: MIT */
#include "ranks.h"

#include <glib.h>

/* One of a part's streams, the next that has no number. */
struct head {
    struct rowfile *file;
    size_t at;
};

static gboolean comes_before(const struct head *a, const struct head *b) {
    const uint32_t left = a->file->frames[a->at], right = b->file->frames[b->at];
    return left != right ? left < right : a->file->part < b->file->part;
}

static void sink(struct head *heap, size_t count, size_t at) {
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && comes_before(&heap[child + 1], &heap[child])) child++;
        if (!comes_before(&heap[child], &heap[at])) return;
        const struct head other = heap[at];
        heap[at] = heap[child];
        heap[child] = other;
    }
}

bool rank_streams(struct rowfile *files, size_t count) {
    struct head *heap = g_new(struct head, count);
    size_t waiting = 0;
    uint64_t rank = 0;
    for (size_t i = 0; i < count; i++) {
        files[i].ranks = g_new(uint32_t, files[i].streams);
        if (files[i].streams) heap[waiting++] = (struct head){&files[i], 0};
    }
    for (size_t at = waiting; at-- > 0;) sink(heap, waiting, at);
    while (waiting && rank <= UINT32_MAX) {
        heap[0].file->ranks[heap[0].at] = (uint32_t)rank++;
        if (++heap[0].at == heap[0].file->streams) heap[0] = heap[--waiting];
        sink(heap, waiting, 0);
    }
    g_free(heap);
    if (waiting) g_printerr("capan: more streams than can be numbered\n");
    return !waiting;
}
