/* SPDX-License-Identifier: MIT */
/* HTTP/1 on one connection: a parser for each direction (http1.c), and the exchanges in flight, in order, that they
 * tell of (http1_exchanges.c). */
#ifndef HTTP1_H
#define HTTP1_H

#include "parser.h"
#include "pending.h"
#include "protocol.h"

struct capan_http1;

/* Octets that are no request, kept until it is known which side asks. */
enum { CAPAN_REFUSED_KEPT = 256 };
struct capan_refused {
    struct capan_http_extent extent;
    uint64_t start;
    size_t len;
    uint8_t octets[CAPAN_REFUSED_KEPT];
};

/* One direction. */
struct capan_http1_side {
    struct capan_http1 *owner;
    struct capan_heard heard;
    struct capan_parser parser;
    uint32_t head_frame; /* with which the last head ended */
    uint8_t direction;
    bool closed;                   /* its FIN was seen */
    bool contrary;                 /* its message is of the other direction's kind: passed over */
    bool foreign;                  /* it began with a line of another protocol: what it asks counts when answered */
    struct capan_refused *refused; /* NULL none, or told */
};

struct capan_http1 {
    const struct capan_medium *medium;
    struct capan_http1_side side[2];
    struct capan_queue queue;
    struct capan_pending *asking, *answering; /* whose request, whose response is being read */
    struct capan_handover *handover;          /* what makes way for another protocol, until it was told; NULL none */
    uint32_t given_up; /* requests that wait no more, and whose responses are to come before all others */
    bool roles_known;
    uint8_t asker;           /* the direction that sends requests */
    uint8_t behind;          /* enum capan_speech: to what it made way that is not read; NONE nothing */
    uint64_t behind_from[2]; /* from which offsets on */
};

static inline struct capan_http1_side *capan_http1_asker(struct capan_http1 *x) {
    return &x->side[x->asker];
}
static inline struct capan_http1_side *capan_http1_answerer(struct capan_http1 *x) {
    return &x->side[!x->asker];
}

/* A head was read: of a request, of an interim or the final response. What a parser must know of the request is
 * returned. */
void capan_http1_request(struct capan_http1 *, const struct capan_message *, const struct capan_http_extent *,
                         uint64_t start);
struct capan_asked capan_http1_response(struct capan_http1 *, const struct capan_message *,
                                        const struct capan_http_extent *, uint64_t start);
/* Octets that are no request came where one belongs: an exchange, if it is answered. */
void capan_http1_refused(struct capan_http1 *, struct capan_span octets, const struct capan_http_extent *,
                         uint64_t start);
/* The message being read is over. */
void capan_http1_message_end(struct capan_http1 *, bool request, const struct capan_message_end *);
/* What makes way was told, or nobody asks for it. */
void capan_http1_drop_handover(struct capan_http1 *);
/* The answering direction is silent from now on. */
void capan_http1_end_answers(struct capan_http1 *, enum capan_stop);

#endif
