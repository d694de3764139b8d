/* SPDX-License-Identifier: MIT */
#include "store.h"

#include "bytes.h"
#include "near.h"

#define BUCKETS_FIRST ((size_t)1024)

static const size_t sizes[CAPAN_NODE_KINDS] = {
    [CAPAN_NODE_SITE] = sizeof(struct capan_site),     [CAPAN_NODE_RESOURCE] = sizeof(struct capan_resource),
    [CAPAN_NODE_COPY] = sizeof(struct capan_copy),     [CAPAN_NODE_TAG] = sizeof(struct capan_tag_origin),
    [CAPAN_NODE_PAGE] = sizeof(struct capan_page_url), [CAPAN_NODE_LOAD] = sizeof(struct capan_load),
};

bool capan_store_init(struct capan_store *store, const struct capan_alloc *alloc, uint64_t budget, uint64_t seed) {
    *store = (struct capan_store){.budget = budget, .key = capan_hash_key(seed), .bucket_count = BUCKETS_FIRST};
    capan_counter_init(&store->counter, alloc);
    store->buckets = capan_new(&store->counter.alloc, BUCKETS_FIRST * sizeof *store->buckets);
    return store->buckets;
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
    if (node->kind == CAPAN_NODE_SITE) {
        struct capan_site *site = (struct capan_site *)node;
        capan_delete(&store->counter.alloc, site->at, site->capacity * sizeof *site->at);
    }
    capan_delete(&store->counter.alloc, node, sizes[node->kind]);
}

void capan_store_free(struct capan_store *store) {
    for (struct capan_node *node = store->oldest, *newer; node; node = newer) {
        newer = node->newer;
        free_node(store, node);
    }
    capan_delete(&store->counter.alloc, store->buckets, store->bucket_count * sizeof(struct capan_node *));
}

static void unlink_use(struct capan_store *store, struct capan_node *node) {
    *(node->newer ? &node->newer->older : &store->newest) = node->older;
    *(node->older ? &node->older->newer : &store->oldest) = node->newer;
}

static void link_newest(struct capan_store *store, struct capan_node *node) {
    node->newer = NULL;
    node->older = store->newest;
    *(store->newest ? &store->newest->newer : &store->oldest) = node;
    store->newest = node;
}

static struct capan_node **bucket_of(const struct capan_store *store, uint64_t key) {
    return &store->buckets[key & (store->bucket_count - 1)];
}

/* Kinds share the table; a key is a hash already. */
static uint64_t key_of(enum capan_node_kind kind, uint64_t key) {
    return key + (uint64_t)kind * UINT64_C(0x9e3779b97f4a7c15);
}

void capan_store_expect(const struct capan_store *store, enum capan_node_kind kind, uint64_t key) {
    bring_near(bucket_of(store, key_of(kind, key)), sizeof(struct capan_node *));
}

void capan_store_fetch(const struct capan_store *store, enum capan_node_kind kind, uint64_t key) {
    bring_near(*bucket_of(store, key_of(kind, key)), sizeof(struct capan_node));
}

void *capan_store_find(struct capan_store *store, enum capan_node_kind kind, uint64_t key) {
    key = key_of(kind, key);
    struct capan_node *node = *bucket_of(store, key);
    while (node && (node->key != key || node->kind != kind)) node = node->next;
    if (node && node != store->newest) {
        unlink_use(store, node);
        link_newest(store, node);
    }
    return node;
}

/* Without memory the chains get longer, nothing else. */
static void grow(struct capan_store *store) {
    struct capan_node **old = store->buckets;
    size_t count = store->bucket_count;
    struct capan_node **buckets = capan_new(&store->counter.alloc, 2 * count * sizeof *buckets);
    if (!buckets) return;
    store->buckets = buckets;
    store->bucket_count = 2 * count;
    for (size_t i = 0; i < count; i++) {
        for (struct capan_node *node = old[i], *next; node; node = next) {
            next = node->next;
            node->next = *bucket_of(store, node->key);
            *bucket_of(store, node->key) = node;
        }
    }
    capan_delete(&store->counter.alloc, old, count * sizeof(struct capan_node *));
}

void *capan_store_make(struct capan_store *store, enum capan_node_kind kind, uint64_t key) {
    struct capan_node *node = capan_store_find(store, kind, key);
    if (node) return node;
    node = capan_new(&store->counter.alloc, sizes[kind]);
    if (!node) return NULL;
    if (store->node_count >= store->bucket_count / 2) grow(store);
    node->key = key_of(kind, key);
    node->kind = (uint8_t)kind;
    node->next = *bucket_of(store, node->key);
    *bucket_of(store, node->key) = node;
    link_newest(store, node);
    store->node_count++;
    return node;
}

static void evict(struct capan_store *store, struct capan_node *node) {
    struct capan_node **at = bucket_of(store, node->key);
    while (*at != node) at = &(*at)->next;
    *at = node->next;
    unlink_use(store, node);
    store->node_count--;
    store->evicted += node->kind == CAPAN_NODE_COPY;
    free_node(store, node);
}

void capan_store_trim(struct capan_store *store) {
    while (store->counter.held > store->budget && store->oldest) evict(store, store->oldest);
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

bool capan_site_has(const struct capan_site *site, const struct capan_representation *representation) {
    for (size_t i = 0; i < site->count; i++) {
        if (same_representation(&site->at[i], representation)) return true;
    }
    return false;
}

void capan_site_add(struct capan_store *store, struct capan_site *site,
                    const struct capan_representation *representation) {
    void *at = site->at;
    if (ring_grow(store, &at, &site->capacity, site->count, CAPAN_REPRESENTATIONS_MAX, sizeof *representation)) {
        site->at = at;
        site->at[site->count++] = *representation;
    } else if (site->count) {
        site->at[site->next] = *representation;
        site->next = (site->next + 1) % site->count;
    }
}
