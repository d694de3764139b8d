/* SPDX-License-Identifier: MIT */
/* Exchanges of HTTP/2 and HTTP/3, whose messages come in parts: matched by connection and stream, judged like any. */
#ifndef DECODED_H
#define DECODED_H

#include "capan/talk.h"
#include "exchanges.h"
#include "hash.h"

struct decoded_entry;

/* Those of one connection, so that its end can end them. */
struct decoded_list {
    struct decoded_entry *newest, *oldest;
    uint32_t count;
    int64_t highest[2]; /* stream of a request so far, those of even and those of odd numbers (RFC 9113 5.1.1) */
    bool gap;           /* responses are missing from the capture */
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

void capan_decoded_init(struct decoded *, uint64_t seed, const struct capan_alloc *, struct capan_judge *,
                        const struct capan_exchanges_sink *);
/* Ends what is in flight, and frees. */
void capan_decoded_free(struct decoded *);

/* list, which may be NULL, is the connection's. A response to a request that is over already is passed over. */
enum capan_result capan_decoded_head(struct decoded *, const struct capan_decoded *, const struct capan_http_head *,
                                     struct decoded_list *list);
/* The head is there, and what it says is not known. */
void capan_decoded_unread(struct decoded *, const struct capan_decoded *, bool request, enum capan_http_framing why);
/* Content; so many octets of it are missing behind these. */
void capan_decoded_body(struct decoded *, const struct capan_decoded *, bool request, struct capan_span octets,
                        uint64_t missing);
void capan_decoded_end(struct decoded *, const struct capan_decoded *, bool request, bool reset);
/* A request that was read in HTTP/1 and is answered in HTTP/2 (RFC 7540 3.2). The judgement is taken over. */
void capan_decoded_adopt(struct decoded *, const struct capan_decoded *, struct capan_judgement *,
                         const struct capan_http_end *request, struct decoded_list *list);
void capan_decoded_close(struct decoded *, struct decoded_list *, enum capan_end);

#endif
