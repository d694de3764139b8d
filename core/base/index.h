/* SPDX-License-Identifier: MIT */
/* Things found by a keyed hash and kept in the order of their age: the one hash table of this library.
 *
 * What is indexed has a struct capan_indexed as its first member, so that one is cast to the other:
 *
 *     struct thing { struct capan_indexed in; struct key key; ... };
 *
 *     const uint64_t hash = capan_hash(index->key, &key, sizeof key);
 *     struct capan_indexed *at = capan_index_first(index, hash);
 *     while (at && !same_key(&((struct thing *)at)->key, &key)) at = capan_index_next(at);
 *     ...
 *     capan_index_add(index, &thing->in, hash);
 *     ...
 *     if (index->count > THINGS_MAX) give_up(index, (struct thing *)capan_index_oldest(index));
 *
 * Nothing here fails: without memory for more buckets the chains of the old ones get longer. Nothing is allocated but
 * the buckets; the things are their owner's. */
#ifndef INDEX_H
#define INDEX_H

#include "alloc.h"
#include "hash.h"
#include "near.h"

struct capan_indexed {
    struct capan_indexed *next;          /* in its bucket */
    struct capan_indexed **held_by;      /* what points to it there: it leaves without a look at those before it */
    struct capan_indexed *newer, *older; /* in its ring of ages */
    uint64_t hash;
};

/* Things by age, in a ring that its head closes: head.newer is the oldest, head.older the newest. Who leaves a ring
 * need not know which it was. Must stay where it is. */
struct capan_ages {
    struct capan_indexed head;
};

/* marks: one bit for each of its hashes, so that what is not there is mostly known without a look at what is, which
 * lies elsewhere in memory. Bits may be left of things that were removed. */
struct capan_bucket {
    struct capan_indexed *first;
    uint64_t marks;
};

/* Owned by the caller: init, then free. Must stay where it is. */
struct capan_index {
    struct capan_bucket *buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
    struct capan_ages ages;    /* of all, but for those that were moved to another ring */
    struct capan_hash_key key; /* hashes are made with it, or of such that were made with a secret key */
    const struct capan_alloc *alloc;
    struct capan_bucket only; /* the bucket that needs no memory */
};

void capan_index_init(struct capan_index *, uint64_t seed, const struct capan_alloc *);
/* Frees the buckets. What is indexed still is forgotten, not freed. */
void capan_index_free(struct capan_index *);

/* Adds it as the newest, and before others of the same hash. It must not be in an index. */
void capan_index_add(struct capan_index *, struct capan_indexed *, uint64_t hash);
/* It must be in this index. To remove things on a walk, take the next step before. */
void capan_index_remove(struct capan_index *, struct capan_indexed *);

static inline struct capan_bucket *capan_index_bucket(const struct capan_index *index, uint64_t hash) {
    return &index->buckets[hash & (index->bucket_count - 1)];
}

/* By bits of the hash that the choice of a bucket leaves. */
static inline uint64_t capan_bucket_mark(uint64_t hash) {
    return UINT64_C(1) << (hash >> 58);
}

/* Those of a hash, the one added last first; then NULL. Keys are the caller's to compare: different ones may have the
 * same hash by chance. */
static inline struct capan_indexed *capan_index_first(const struct capan_index *index, uint64_t hash) {
    const struct capan_bucket *bucket = capan_index_bucket(index, hash);
    struct capan_indexed *at = bucket->marks & capan_bucket_mark(hash) ? bucket->first : NULL;
    while (at && at->hash != hash) at = at->next;
    return at;
}
static inline struct capan_indexed *capan_index_next(const struct capan_indexed *after) {
    struct capan_indexed *at = after->next;
    while (at && at->hash != after->hash) at = at->next;
    return at;
}

/* That hash is going to be looked for: its bucket is brought near; then, when that has arrived, the first len octets of
 * what is first in it. */
static inline void capan_index_bring_bucket(const struct capan_index *index, uint64_t hash) {
    bring_near(capan_index_bucket(index, hash), sizeof(struct capan_bucket));
}
static inline void capan_index_bring_first(const struct capan_index *index, uint64_t hash, size_t len) {
    bring_near(capan_index_bucket(index, hash)->first, len);
}

static inline void capan_ages_init(struct capan_ages *ages) {
    ages->head.newer = ages->head.older = &ages->head;
}
/* It becomes the newest of these, wherever it was before. */
static inline void capan_ages_renew(struct capan_ages *ages, struct capan_indexed *indexed) {
    indexed->newer->older = indexed->older;
    indexed->older->newer = indexed->newer;
    indexed->newer = &ages->head;
    indexed->older = ages->head.older;
    indexed->older->newer = ages->head.older = indexed;
}
/* NULL when there is none. */
static inline struct capan_indexed *capan_ages_oldest(const struct capan_ages *ages) {
    return ages->head.newer == &ages->head ? NULL : ages->head.newer;
}
static inline struct capan_indexed *capan_ages_newer(const struct capan_ages *ages, const struct capan_indexed *than) {
    return than->newer == &ages->head ? NULL : than->newer;
}

static inline void capan_index_renew(struct capan_index *index, struct capan_indexed *indexed) {
    if (index->ages.head.older != indexed) capan_ages_renew(&index->ages, indexed);
}
static inline struct capan_indexed *capan_index_oldest(const struct capan_index *index) {
    return capan_ages_oldest(&index->ages);
}
static inline struct capan_indexed *capan_index_newer(const struct capan_index *index,
                                                      const struct capan_indexed *than) {
    return capan_ages_newer(&index->ages, than);
}

#endif
