/* SPDX-License-Identifier: MIT */
#include "store.h"

#include "bytes.h"

static const size_t sizes[CAPAN_NODE_KINDS] = {
    [CAPAN_NODE_RESOURCE] = sizeof(struct capan_resource), [CAPAN_NODE_SERVED] = sizeof(struct capan_served),
    [CAPAN_NODE_COPY] = sizeof(struct capan_copy),         [CAPAN_NODE_TAG] = sizeof(struct capan_tag_origin),
    [CAPAN_NODE_PAGE] = sizeof(struct capan_page_url),     [CAPAN_NODE_LOAD] = sizeof(struct capan_load),
};

void capan_store_init(struct capan_store *store, const struct capan_alloc *alloc, uint64_t budget, uint64_t seed) {
    *store = (struct capan_store){.budget = budget, .key = capan_hash_key(seed)};
    capan_counter_init(&store->counter, alloc);
    capan_index_init(&store->index, seed, &store->counter.alloc);
}

static void free_copy(struct capan_store *store, struct capan_copy *copy) {
    for (struct capan_stored *stored = copy->variants, *next; stored; stored = next) {
        next = stored->next;
        capan_stored_drop(store, stored);
    }
    capan_delete(&store->counter.alloc, copy->issued, copy->issued_capacity * sizeof *copy->issued);
}

static void free_node(struct capan_store *store, struct capan_node *node) {
    if (node->kind == CAPAN_NODE_COPY) free_copy(store, (struct capan_copy *)node);
    if (node->kind == CAPAN_NODE_RESOURCE) {
        struct capan_resource *resource = (struct capan_resource *)node;
        capan_delete(&store->counter.alloc, resource->at, resource->capacity * sizeof *resource->at);
    }
    capan_delete(&store->counter.alloc, node, sizes[node->kind]);
}

/* Kinds share the table; a key is a hash already. */
static uint64_t hash_of(enum capan_node_kind kind, uint64_t key) {
    return key + (uint64_t)kind * UINT64_C(0x9e3779b97f4a7c15);
}

void capan_store_bring_bucket(const struct capan_store *store, enum capan_node_kind kind, uint64_t key) {
    capan_index_bring_bucket(&store->index, hash_of(kind, key));
}

void capan_store_bring_node(const struct capan_store *store, enum capan_node_kind kind, uint64_t key) {
    capan_index_bring_first(&store->index, hash_of(kind, key), sizeof(struct capan_node));
}

void *capan_store_find(struct capan_store *store, enum capan_node_kind kind, uint64_t key) {
    struct capan_indexed *at = capan_index_first(&store->index, hash_of(kind, key));
    while (at && ((struct capan_node *)at)->kind != kind) at = capan_index_next(at);
    if (at) capan_index_renew(&store->index, at);
    return at;
}

void *capan_store_make(struct capan_store *store, enum capan_node_kind kind, uint64_t key) {
    struct capan_node *node = capan_store_find(store, kind, key);
    if (node) return node;
    node = capan_new(&store->counter.alloc, sizes[kind]);
    if (!node) return NULL;
    node->kind = (uint8_t)kind;
    capan_index_add(&store->index, &node->in, hash_of(kind, key));
    return node;
}

/* --- what was given up --- */

enum { WORDS_MIN = 512, WORDS_MAX = 1 << 19, PLACES = 4 };

/* A 64th of the budget. */
static void open_given_up(struct capan_store *store) {
    struct capan_given_up *given_up = &store->given_up;
    size_t words = WORDS_MIN;
    while (words < WORDS_MAX && words * 2 * sizeof *given_up->bits <= store->budget / 64) words *= 2;
    given_up->bits = store->counter.alloc.resize(store->counter.alloc.context, NULL, 0, words * sizeof *given_up->bits);
    given_up->all = !given_up->bits;
    if (given_up->all) return;
    memset(given_up->bits, 0, words * sizeof *given_up->bits);
    given_up->words = words;
}

static size_t place_of(const struct capan_given_up *given_up, uint64_t hash, unsigned which) {
    return (size_t)(hash + which * (hash >> 32 | 1)) & (given_up->words * 64 - 1);
}

static void note_given_up(struct capan_store *store, uint64_t hash) {
    struct capan_given_up *given_up = &store->given_up;
    if (!given_up->bits && !given_up->all) open_given_up(store);
    for (unsigned which = 0; which < PLACES && given_up->bits; which++) {
        const size_t place = place_of(given_up, hash, which);
        given_up->bits[place / 64] |= UINT64_C(1) << place % 64;
    }
}

bool capan_store_forgot(const struct capan_store *store, enum capan_node_kind kind, uint64_t key) {
    const struct capan_given_up *given_up = &store->given_up;
    bool noted = given_up->bits;
    for (unsigned which = 0; which < PLACES && noted; which++) {
        const size_t place = place_of(given_up, hash_of(kind, key), which);
        noted = given_up->bits[place / 64] >> place % 64 & 1;
    }
    return noted || given_up->all;
}

static void give_up_oldest(struct capan_store *store) {
    struct capan_node *node = (struct capan_node *)capan_index_oldest(&store->index);
    if (node->kind == CAPAN_NODE_COPY || node->kind == CAPAN_NODE_TAG) note_given_up(store, node->in.hash);
    capan_index_remove(&store->index, &node->in);
    store->evicted += node->kind == CAPAN_NODE_COPY;
    free_node(store, node);
}

void capan_store_trim(struct capan_store *store) {
    while (store->counter.held > store->budget && store->index.count) give_up_oldest(store);
}

void capan_store_free(struct capan_store *store) {
    for (struct capan_indexed *at = capan_index_oldest(&store->index), *newer; at; at = newer) {
        newer = capan_index_newer(&store->index, at);
        free_node(store, (struct capan_node *)at);
    }
    capan_delete(&store->counter.alloc, store->given_up.bits, store->given_up.words * sizeof *store->given_up.bits);
    capan_index_free(&store->index);
}

struct capan_stored *capan_stored_new(struct capan_store *store, const struct capan_stored *from) {
    size_t size = sizeof *from + from->names.len;
    struct capan_stored *stored = store->counter.alloc.resize(store->counter.alloc.context, NULL, 0, size);
    if (!stored) return NULL;
    *stored = *from;
    stored->refs = 1;
    stored->size = (uint32_t)size;
    stored->next = NULL;
    stored->names.at = (uint8_t *)(stored + 1);
    if (from->names.len) memcpy(stored + 1, from->names.at, from->names.len);
    return stored;
}

void capan_stored_drop(struct capan_store *store, struct capan_stored *stored) {
    if (stored && --stored->refs == 0) capan_delete(&store->counter.alloc, stored, stored->size);
}

static bool same_variant(const struct capan_stored *a, const struct capan_stored *b) {
    return a->variant == b->variant && span_equal(a->names, b->names);
}

void capan_copy_put(struct capan_store *store, struct capan_copy *copy, struct capan_stored *stored) {
    size_t count = 1;
    for (struct capan_stored **at = &copy->variants; *at;) {
        struct capan_stored *old = *at;
        if (same_variant(old, stored) || ++count > CAPAN_VARIANTS_MAX) {
            *at = old->next;
            capan_stored_drop(store, old);
        } else {
            at = &old->next;
        }
    }
    stored->next = copy->variants;
    copy->variants = stored;
}

/* Makes room for one more entry in a ring of at most max, doubling from 1. False: the oldest is to be written over. */
static bool ring_grow(struct capan_store *store, void **at, size_t *capacity, size_t count, size_t max, size_t size) {
    if (count < *capacity) return true;
    if (*capacity == max) return false;
    size_t grown = *capacity ? *capacity * 2 : 1;
    void *moved = store->counter.alloc.resize(store->counter.alloc.context, *at, *capacity * size, grown * size);
    if (!moved) return false;
    *at = moved;
    *capacity = grown;
    return true;
}

void capan_copy_issue(struct capan_store *store, struct capan_copy *copy, const struct capan_issued *issued) {
    for (size_t i = 0; i < copy->issued_count; i++) {
        if (copy->issued[i].what == issued->what && copy->issued[i].value == issued->value) {
            copy->issued[i] = *issued;
            return;
        }
    }
    void *at = copy->issued;
    if (ring_grow(store, &at, &copy->issued_capacity, copy->issued_count, CAPAN_ISSUED_MAX, sizeof *issued)) {
        copy->issued = at;
        copy->issued[copy->issued_count++] = *issued;
    } else if (copy->issued_count) {
        copy->issued[copy->issued_next] = *issued;
        copy->issued_next = (copy->issued_next + 1) % copy->issued_count;
    }
}

static bool same_representation(const struct capan_representation *a, const struct capan_representation *b) {
    return a->tag == b->tag && a->digest == b->digest && a->encoding == b->encoding && a->language == b->language &&
           a->server == b->server && a->vary == b->vary;
}

bool capan_resource_has(const struct capan_resource *resource, const struct capan_representation *representation) {
    for (size_t i = 0; i < resource->count; i++) {
        if (same_representation(&resource->at[i], representation)) return true;
    }
    return false;
}

void capan_resource_add(struct capan_store *store, struct capan_resource *resource,
                        const struct capan_representation *representation) {
    void *at = resource->at;
    if (ring_grow(store, &at, &resource->capacity, resource->count, CAPAN_REPRESENTATIONS_MAX,
                  sizeof *representation)) {
        resource->at = at;
        resource->at[resource->count++] = *representation;
    } else if (resource->count) {
        resource->at[resource->next] = *representation;
        resource->next = (resource->next + 1) % resource->count;
    }
}
