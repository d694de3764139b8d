/* SPDX-License-Identifier: MIT */
#include "turns.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

static bool comes_before(const struct rowfile *a, const struct rowfile *b) {
    const int order = memcmp(rowfile_key(a), rowfile_key(b), CAPAN_REPORT_KEY);
    return order ? order < 0 : a->part < b->part;
}

static void sink_first(struct turns *turns) {
    struct rowfile **heap = turns->heap;
    for (size_t at = 0, child; (child = 2 * at + 1) < turns->waiting; at = child) {
        if (child + 1 < turns->waiting && comes_before(heap[child + 1], heap[child])) child++;
        if (!comes_before(heap[child], heap[at])) return;
        struct rowfile *other = heap[at];
        heap[at] = heap[child];
        heap[child] = other;
    }
}

static int by_turn(const void *left, const void *right) {
    const struct rowfile *a = *(struct rowfile *const *)left, *b = *(struct rowfile *const *)right;
    return comes_before(a, b) ? -1 : 1;
}

bool turns_begin(struct turns *turns, struct rowfile *files, size_t count, char letter) {
    *turns = (struct turns){.heap = g_new0(struct rowfile *, count)};
    for (size_t i = 0; i < count; i++) {
        if (!rowfile_begin(&files[i], letter)) return false;
        const enum rowfile_next next = rowfile_next(&files[i]);
        if (next == ROWFILE_BROKEN) return false;
        if (next == ROWFILE_ROW) turns->heap[turns->waiting++] = &files[i];
    }
    qsort(turns->heap, turns->waiting, sizeof(struct rowfile *), by_turn);
    return true;
}

bool turns_next(struct turns *turns) {
    const enum rowfile_next next = rowfile_next(turns->heap[0]);
    if (next == ROWFILE_BROKEN) return false;
    if (next == ROWFILE_OVER) turns->heap[0] = turns->heap[--turns->waiting];
    sink_first(turns);
    return true;
}

void turns_end(struct turns *turns) {
    g_free(turns->heap);
    turns->heap = NULL;
}
