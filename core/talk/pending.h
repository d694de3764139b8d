/* SPDX-License-Identifier: MIT */
/* The exchanges in flight on one connection, in order (RFC 9112 9.3.2). */
#ifndef PENDING_H
#define PENDING_H

#include "judge.h"
#include "message.h"

/* A copy of a message's head. */
struct kept_head;

struct pending {
    struct pending *next;
    struct capan_judgement *judgement;   /* NULL while early, or without memory */
    struct kept_head *early_head;        /* of a response, until its request can be read */
    struct kept_head *cut_request;       /* as much of the request as was captured, when that is not all */
    struct capan_http_end end;           /* gathered as it becomes known */
    uint64_t request_start, request_end; /* offsets in the asking direction */
    uint64_t asked_at;                   /* octets of the answering direction that were there before the request */
    uint64_t known_to;                   /* early: octets of the asking direction that the server had */
    uint32_t request_framing, response_framing;
    uint64_t request_content, response_content; /* numbers that the sink gave; 0 none */
    uint16_t interim[CAPAN_HTTP_INTERIM_MAX];
    uint8_t interim_count; /* of an early response */
    uint16_t status;       /* of a response */
    uint8_t response_version;
    bool cut;   /* of a head only a part was captured: no verdict */
    bool early; /* a response whose request could not be read yet */
    bool request_done, response_begun, response_done;
    bool is_head, is_connect, tunnels;
    bool upgrades;           /* its response comes in HTTP/2 (RFC 7540 3.2) */
    bool expects;            /* the client waits for 100 before it sends the body (RFC 9110 10.1.1) */
    bool simple, simple_get; /* a request line without version; one that HTTP/0.9 knows */
    bool after_loss;         /* requests before it may be missing */
};

struct pending_queue {
    const struct capan_alloc *alloc;
    struct pending *first, *last;
    struct pending *spare; /* one given back, so that a keep-alive connection does not allocate for each */
    uint32_t count, early_count;
};

/* NULL without memory. */
struct pending *capan_pending_add(struct pending_queue *);
void capan_pending_remove_first(struct pending_queue *);
void capan_pending_free(struct pending_queue *);

/* Keeps a copy of a head. False without memory, or when it is too long to be kept. */
bool capan_pending_keep_head(struct pending_queue *, struct kept_head **, const struct capan_message *);
/* The copy, or NULL; it lives until it is dropped. */
const struct capan_message *capan_pending_kept_head(const struct kept_head *);
void capan_pending_drop_head(struct pending_queue *, struct kept_head **);

#endif
