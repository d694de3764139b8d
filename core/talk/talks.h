/* SPDX-License-Identifier: MIT */
/* What all connections of a capture have in common when they talk, and what comes of it: exchanges that are over. */
#ifndef TALKS_H
#define TALKS_H

#include "alloc.h"
#include "capan/profile.h"
#include "capan/talk.h"
#include "docket.h"
#include "ended.h"
#include "index.h"
#include "records.h"

/* Filled in by the caller, then capan_streams_open (streams.h). Must stay where it is; what is pointed to must live as
 * long. */
struct capan_talks {
    const struct capan_alloc *alloc;
    struct capan_counter *memory;       /* where judgements in flight are counted as well; NULL: nowhere */
    uint64_t most;                      /* of it: beyond that the oldest in flight are given up */
    uint64_t given_up;                  /* exchanges in flight that were, or because they were too many */
    struct capan_judge *judge;          /* not used with a docket */
    struct capan_docket *docket;        /* what the judge is to be told; NULL: it is told at once */
    struct capan_records *records;      /* of the segments, for what HTTP says of them; NULL: nobody asks */
    const struct capan_hpack *hpack;    /* NULL: no HTTP/2 */
    const struct capan_tls_opener *tls; /* NULL: TLS stays closed */
    const struct capan_qpack *qpack;    /* NULL: no HTTP/3 */
    struct capan_profile *profile;      /* NULL: likewise */
    void (*content)(void *context, const struct capan_content *); /* NULL: nobody asks */
    void *context;                                                /* of content */
    uint64_t contents;                                            /* messages of which content was handed out */
    struct capan_index streams;                                   /* exchanges of HTTP/2 and 3 in flight (streams.h) */
    struct capan_ended ended;                                     /* the caller's to take after each call */
};

/* Hands out octets of a message's content. *number is the message's: 0 before its first ones. */
static inline void capan_talks_content(struct capan_talks *talks, uint64_t *number, bool request, uint64_t offset,
                                       struct capan_span octets) {
    if (!talks->content || !octets.len) return;
    if (!*number) *number = ++talks->contents;
    const struct capan_content content = {*number, request, offset, octets};
    if (talks->docket)
        capan_docket_content(talks->docket, &content);
    else
        talks->content(talks->context, &content);
}

#endif
