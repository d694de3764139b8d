/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>

#include "alloc.h"

enum { FIRST_BUCKETS = 256, TOUCH_NS = 1000000000 };

enum capan_result table_init(struct table *table, uint64_t seed, const struct capan_alloc *alloc) {
    *table = (struct table){.bucket_count = FIRST_BUCKETS, .key = capan_hash_key(seed), .alloc = alloc};
    table->buckets = capan_new(alloc, FIRST_BUCKETS * sizeof *table->buckets);
    return table->buckets ? CAPAN_OK : CAPAN_NO_MEMORY;
}

void table_free(struct table *table) {
    capan_delete(table->alloc, table->buckets, table->bucket_count * sizeof *table->buckets);
    table->buckets = NULL;
}

static int order(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    int by_address = memcmp(a->address.octets, b->address.octets, sizeof a->address.octets);
    return by_address ? by_address : (int)a->port - (int)b->port;
}

static uint8_t *put_endpoint(uint8_t *to, const struct capan_endpoint *end) {
    size_t len = end->address.version == 6 ? 16 : 4;
    memcpy(to, end->address.octets, len);
    memcpy(to + len, &end->port, sizeof end->port);
    return to + len + sizeof end->port;
}

uint64_t table_hash(const struct table *table, const struct capan_endpoint *a, const struct capan_endpoint *b) {
    uint8_t octets[2 * (16 + 2)];
    bool turned = order(a, b) > 0;
    uint8_t *end = put_endpoint(put_endpoint(octets, turned ? b : a), turned ? a : b);
    return capan_hash(table->key, octets, (size_t)(end - octets));
}

static bool same_end(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    return a->port == b->port && a->address.version == b->address.version &&
           memcmp(a->address.octets, b->address.octets, a->address.version == 6 ? 16 : 4) == 0;
}

bool table_between(const struct flow *flow, const struct capan_endpoint *a, const struct capan_endpoint *b) {
    return (same_end(&flow->end[0], a) && same_end(&flow->end[1], b)) ||
           (same_end(&flow->end[0], b) && same_end(&flow->end[1], a));
}

static struct flow **bucket_of(const struct table *table, uint64_t hash) {
    return &table->buckets[hash & (table->bucket_count - 1)];
}

struct flow *table_next(const struct table *table, uint64_t hash, const struct capan_endpoint *a,
                        const struct capan_endpoint *b, const struct flow *after) {
    struct flow *flow = after ? after->hash_next : *bucket_of(table, hash);
    while (flow && !(flow->hash == hash && table_between(flow, a, b))) flow = flow->hash_next;
    return flow;
}

static void put_in_bucket(struct table *table, struct flow *flow) {
    struct flow **bucket = bucket_of(table, flow->hash);
    flow->hash_next = *bucket;
    *bucket = flow;
}

/* From the oldest on, so that the newest comes first in its bucket. */
static void rehash(struct table *table, const struct uses *uses) {
    for (struct flow *flow = uses->oldest; flow; flow = flow->newer) put_in_bucket(table, flow);
}

static enum capan_result grow(struct table *table) {
    size_t old_count = table->bucket_count, new_count = 2 * old_count;
    struct flow **buckets = capan_new(table->alloc, new_count * sizeof *buckets);
    if (!buckets) return CAPAN_NO_MEMORY;
    capan_delete(table->alloc, table->buckets, old_count * sizeof *table->buckets);
    table->buckets = buckets;
    table->bucket_count = new_count;
    rehash(table, &table->open);
    rehash(table, &table->closed);
    return CAPAN_OK;
}

static struct uses *uses_of(struct table *table, const struct flow *flow) {
    return flow->closed ? &table->closed : &table->open;
}

static void link_newest(struct table *table, struct flow *flow) {
    struct uses *uses = uses_of(table, flow);
    flow->older = uses->newest;
    flow->newer = NULL;
    if (uses->newest)
        uses->newest->newer = flow;
    else
        uses->oldest = flow;
    uses->newest = flow;
}

static void unlink_use(struct table *table, struct flow *flow) {
    struct uses *uses = uses_of(table, flow);
    if (flow->older)
        flow->older->newer = flow->newer;
    else
        uses->oldest = flow->newer;
    if (flow->newer)
        flow->newer->older = flow->older;
    else
        uses->newest = flow->older;
}

enum capan_result table_add(struct table *table, struct flow *flow) {
    if (table->count >= table->bucket_count && grow(table) != CAPAN_OK) return CAPAN_NO_MEMORY;
    put_in_bucket(table, flow);
    link_newest(table, flow);
    table->count++;
    return CAPAN_OK;
}

void table_remove(struct table *table, struct flow *flow) {
    struct flow **at = bucket_of(table, flow->hash);
    while (*at != flow) at = &(*at)->hash_next;
    *at = flow->hash_next;
    unlink_use(table, flow);
    table->count--;
}

void table_touch(struct table *table, struct flow *flow, bool closed, int64_t now_ns) {
    const int64_t since = now_ns - flow->touched_ns;
    if (flow->closed == closed && since >= 0 && since < TOUCH_NS) return;
    unlink_use(table, flow);
    flow->closed = closed;
    flow->touched_ns = now_ns;
    link_newest(table, flow);
}
