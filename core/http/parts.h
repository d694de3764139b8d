/* SPDX-License-Identifier: MIT */
/* The parts of messages as HTTP/2 and HTTP/3 send them, many streams at a time: heads, pieces of content, ends. */
#ifndef PARTS_H
#define PARTS_H

#include "head.h"
#include "moment.h"

/* Whose part it is, and where its octets lie. */
struct capan_part {
    int64_t stream;
    bool request;
    struct moment first, last; /* its first octet, its last */
    uint64_t wire_len;         /* octets with those of the frames around it; 0 not known */
};

struct capan_parts_sink {
    /* A request's head, a 1xx's or the final response's, or trailers (capan_pseudo_is_trailers). */
    void (*head)(void *context, const struct capan_part *, const struct capan_http_head *);
    /* A field section that could not be read, or not all of it (then head was told before), because one was missing
     * (HEAD_CUT), could not be decompressed (UNREADABLE) or is too long (HEAD_TOO_LONG). */
    void (*unread)(void *context, const struct capan_part *, enum capan_http_framing why);
    /* Content; so many octets of it are missing behind these. */
    void (*body)(void *context, const struct capan_part *, struct capan_span octets, uint64_t missing);
    /* The request or the response is complete; or the stream was reset, whoever did that. */
    void (*end)(void *context, const struct capan_part *, bool reset);
    /* Nothing more can be read of the requests, or of the responses. */
    void (*lost)(void *context, bool requests);
};

#endif
