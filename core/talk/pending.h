/* SPDX-License-Identifier: MIT */
/* The exchanges in flight on one connection, in order (RFC 9112 9.3.2). */
#ifndef PENDING_H
#define PENDING_H

#include "judge.h"
#include "message.h"
#include "pairing.h"

/* A copy of a message's head. */
struct capan_kept_head;
struct capan_protocol;

struct capan_pending {
    struct capan_pair pair;
    struct capan_judgement *judgement; /* NULL while early, or without memory */
    struct capan_kept_head *early;     /* head of a response, until its request can be read */
    struct capan_http_end end;         /* gathered as it becomes known */
    uint64_t request_end;              /* offset in the asking direction */
    uint16_t interim[CAPAN_HTTP_INTERIM_MAX];
    uint8_t interim_count; /* of an early response */
    bool cut;              /* of a head only a part was captured */
    bool request_done, response_done;
    bool is_head, is_connect, tunnels;
    const struct capan_protocol
        *upgrades_to;        /* its response comes in another protocol, behind a 101; NULL it does not */
    bool expects;            /* the client waits for 100 before it sends the body (RFC 9110 10.1.1) */
    bool simple, simple_get; /* counts only when it is answered: a request line without version; HTTP/0.9 knows it */
    bool refused;            /* likewise: what was sent is no request */
};

struct capan_queue {
    const struct capan_alloc *alloc;
    struct capan_pending *first, *last;
    struct capan_pending *spare; /* one given back, so that a keep-alive connection does not allocate for each */
    uint32_t count, early_count;
};

static inline struct capan_pending *capan_pending_of(struct capan_pair *pair) {
    return (struct capan_pending *)(void *)pair;
}
static inline struct capan_pending *capan_pending_next(const struct capan_pending *pending) {
    return capan_pending_of(pending->pair.next);
}

/* NULL without memory. */
struct capan_pending *capan_queue_add(struct capan_queue *);
void capan_queue_remove_first(struct capan_queue *);
void capan_queue_free(struct capan_queue *);

/* Keeps a copy of an early response's head. False without memory, or when it is too long to be kept. */
bool capan_queue_keep_head(struct capan_queue *, struct capan_pending *, const struct capan_message *);
/* The copy, or NULL; it lives until it is dropped. */
const struct capan_message *capan_pending_kept_head(const struct capan_pending *);
void capan_queue_drop_head(struct capan_queue *, struct capan_pending *);

#endif
