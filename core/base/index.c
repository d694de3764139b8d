/* SPDX-License-Identifier: MIT */
#include "index.h"

enum { BUCKETS_FIRST = 64 };

void capan_index_init(struct capan_index *index, uint64_t seed, const struct capan_alloc *alloc) {
    *index = (struct capan_index){.bucket_count = 1, .key = capan_hash_key(seed), .alloc = alloc};
    index->buckets = &index->only;
    capan_ages_init(&index->ages);
}

/* The bucket that needs no memory stays. */
static void free_buckets(struct capan_index *index, struct capan_bucket *buckets, size_t count) {
    if (buckets != &index->only) capan_delete(index->alloc, buckets, count * sizeof *buckets);
}

void capan_index_free(struct capan_index *index) {
    free_buckets(index, index->buckets, index->bucket_count);
    index->only = (struct capan_bucket){0};
    index->buckets = &index->only;
    index->bucket_count = 1;
    index->count = 0;
    capan_ages_init(&index->ages);
}

/* *holder is its place in the chain. indexed is NULL behind the last one. */
static void hold_by(struct capan_indexed **holder, struct capan_indexed *indexed) {
    *holder = indexed;
    if (indexed) indexed->held_by = holder;
}

static void put(struct capan_bucket *bucket, struct capan_indexed *indexed) {
    hold_by(&indexed->next, bucket->first);
    hold_by(&bucket->first, indexed);
    bucket->marks |= capan_bucket_mark(indexed->hash);
}

static struct capan_indexed *reversed(struct capan_indexed *chain) {
    struct capan_bucket back = {0};
    for (struct capan_indexed *next; chain; chain = next) {
        next = chain->next;
        put(&back, chain);
    }
    return back.first;
}

/* Backwards, so that who came before another one in its bucket still does: all of a new bucket were in one old one. */
static void move_chain(struct capan_index *index, struct capan_indexed *chain) {
    struct capan_indexed *at = reversed(chain);
    for (struct capan_indexed *next; at; at = next) {
        next = at->next;
        put(capan_index_bucket(index, at->hash), at);
    }
}

static void grow(struct capan_index *index) {
    const size_t count = index->bucket_count == 1 ? BUCKETS_FIRST : 2 * index->bucket_count;
    struct capan_bucket *buckets = capan_new(index->alloc, count * sizeof *buckets);
    if (!buckets) return;
    struct capan_bucket *old = index->buckets;
    const size_t old_count = index->bucket_count;
    index->buckets = buckets;
    index->bucket_count = count;
    for (size_t i = 0; i < old_count; i++) move_chain(index, old[i].first);
    free_buckets(index, old, old_count);
}

void capan_index_add(struct capan_index *index, struct capan_indexed *indexed, uint64_t hash) {
    if (index->count >= index->bucket_count) grow(index);
    indexed->hash = hash;
    put(capan_index_bucket(index, hash), indexed);
    indexed->newer = indexed->older = indexed;
    capan_ages_renew(&index->ages, indexed);
    index->count++;
}

void capan_index_remove(struct capan_index *index, struct capan_indexed *indexed) {
    struct capan_bucket *bucket = capan_index_bucket(index, indexed->hash);
    hold_by(indexed->held_by, indexed->next);
    if (!bucket->first) bucket->marks = 0;
    indexed->newer->older = indexed->older;
    indexed->older->newer = indexed->newer;
    index->count--;
}
