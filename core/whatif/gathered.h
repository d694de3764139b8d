/* SPDX-License-Identifier: MIT */
/* All that struct capan_whatif keeps: texts once each, target URIs, exchanges. */
#ifndef WHATIF_GATHERED_H
#define WHATIF_GATHERED_H

#include "alloc.h"
#include "index.h"
#include "replay.h"
#include "rewrite.h"

enum { CAPAN_WHATIF_REWRITES = 64 };

/* A text that is kept once. */
struct capan_whatif_text {
    struct capan_indexed in;
    struct capan_span octets;
};

/* A target URI. */
struct capan_whatif_resource {
    struct capan_indexed in;
    struct capan_span uri; /* as uri.h writes it, and a server's endpoint where no authority is known */
    struct capan_span authority, target;
    bool secure;
    bool forbidden; /* a response of it says no-store or private, or a request has Authorization */
    uint32_t number;
};

struct capan_whatif {
    struct capan_counter counter;
    uint64_t budget;
    struct capan_arena kept; /* texts, resources, records and lists of lines */
    struct capan_hash_key key;
    struct capan_index texts, resources;
    struct capan_rewrite rewrites[CAPAN_WHATIF_REWRITES];
    size_t rewrite_count;
    struct capan_record **records; /* as given; sorted by cache in order */
    size_t count, capacity;
    struct capan_record **order;
    size_t order_size;
    struct capan_whatif_resource **list;
    size_t list_count, list_capacity;
    struct capan_whatif_group *groups;
    size_t group_count;
    struct capan_replay replay;
    uint64_t left_out;
};

/* Runs over members of one cache and target URI, from first to behind end, one call after another. */
typedef enum capan_result capan_whatif_cache_run(struct capan_whatif *, struct capan_record *const *members,
                                                 size_t count, void *context);
enum capan_result capan_whatif_each_cache(struct capan_whatif *, capan_whatif_cache_run *, void *context);

/* The text, kept once. Empty without memory. */
struct capan_span capan_whatif_keep(struct capan_whatif *, struct capan_span octets);

void capan_whatif_sum_add(struct capan_whatif_sum *, const struct capan_whatif_row *);

#endif
