/* SPDX-License-Identifier: MIT */
#include "quoted.h"

struct quoted {
    struct capan_indexed in;
    struct capan_endpoint end[2];
    uint32_t stream;
};

static struct quoted *find(const struct capan_index *index, const struct capan_endpoint *a,
                           const struct capan_endpoint *b, uint64_t hash) {
    struct capan_indexed *at = capan_index_first(index, hash);
    while (at && !are_between(((struct quoted *)at)->end, a, b)) at = capan_index_next(at);
    return (struct quoted *)at;
}

static void leave(struct capan_index *index, struct quoted *quoted) {
    capan_index_remove(index, &quoted->in);
    capan_delete(index->alloc, quoted, sizeof *quoted);
}

bool capan_quoted_add(struct capan_index *index, const struct capan_endpoint *from, const struct capan_endpoint *to,
                      uint64_t hash, uint32_t stream) {
    if (find(index, from, to, hash)) return false;
    if (index->count >= QUOTED_MAX) leave(index, (struct quoted *)capan_index_oldest(index));
    struct quoted *quoted = capan_new(index->alloc, sizeof *quoted);
    if (!quoted) return false;
    quoted->end[0] = *from;
    quoted->end[1] = *to;
    quoted->stream = stream;
    capan_index_add(index, &quoted->in, hash);
    return true;
}

bool capan_quoted_take(struct capan_index *index, const struct capan_endpoint ends[2], uint64_t hash,
                       uint32_t *stream) {
    struct quoted *quoted = find(index, &ends[0], &ends[1], hash);
    if (!quoted) return false;
    *stream = quoted->stream;
    leave(index, quoted);
    return true;
}

void capan_quoted_free(struct capan_index *index) {
    for (struct capan_indexed *oldest; (oldest = capan_index_oldest(index));) leave(index, (struct quoted *)oldest);
    capan_index_free(index);
}
