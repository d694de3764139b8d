/* SPDX-License-Identifier: MIT */
/* Exchanges whose messages the caller took apart (HTTP/2, HTTP/3): matched by connection and
 * stream, judged like any. */
#ifndef DECODED_H
#define DECODED_H

#include "capan/analysis.h"
#include "exchanges.h"
#include "hash.h"

struct decoded_entry;

/* Those of one connection, so that its end can end them. */
struct decoded_list {
    struct decoded_entry *first;
};

/* All that are in flight. The oldest is given up when there are too many. */
struct decoded {
    struct decoded_entry **buckets;
    size_t bucket_count, count;
    struct decoded_entry *newest, *oldest;
    struct capan_hash_key key;
    const struct capan_alloc *alloc;
    struct capan_judge *judge;
    const struct capan_exchanges_sink *sink;
};

void decoded_init(struct decoded *, uint64_t seed, const struct capan_alloc *, struct capan_judge *,
                  const struct capan_exchanges_sink *);
/* Ends what is in flight, and frees. */
void decoded_free(struct decoded *);

/* list, which may be NULL, is the connection's. */
enum capan_result decoded_head(struct decoded *, const struct capan_decoded *, const struct capan_decoded_head *,
                               struct decoded_list *list);
void decoded_body(struct decoded *, const struct capan_decoded *, bool request, struct capan_span octets, uint64_t len);
void decoded_end(struct decoded *, const struct capan_decoded *, bool request, bool reset);
void decoded_close(struct decoded *, struct decoded_list *, enum capan_end);

#endif
