/* SPDX-License-Identifier: MIT */
/* HTTP/2 on one connection (RFC 9113): the octets of both directions taken apart into frames, field sections read, and
 * the heads, contents and ends of messages told. Octets come in order, split anywhere, with holes. Behind a hole inside
 * a frame's payload the next frame is found; behind another one nothing is. The table of HPACK is lost with any field
 * section that is: which fields later ones of that direction have is unknown then, though where they are is not. */
#ifndef H2_H
#define H2_H

#include "head.h"

#define CAPAN_H2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" /* RFC 9113 3.4 */
enum { CAPAN_H2_PREFACE_LEN = sizeof CAPAN_H2_PREFACE - 1 };

/* What a direction's first octets are. So many tell for sure. */
enum capan_h2_look { CAPAN_H2_OTHER, CAPAN_H2_UNDECIDED, CAPAN_H2_CLIENT, CAPAN_H2_SERVER };
enum { CAPAN_H2_LOOK_LEN = CAPAN_H2_PREFACE_LEN };
enum capan_h2_look capan_h2_look(struct capan_span first);

/* A part of a message, and where its octets lie. */
struct capan_h2_part {
    uint32_t stream;
    bool request;
    uint32_t first_frame, frame; /* of the capture: with its first octet, with its last */
    int64_t first_ns, time_ns;
    uint64_t wire_len; /* octets with those of the frames around it */
};

struct capan_h2_sink {
    /* A request's head, a 1xx's or the final response's, or trailers (capan_pseudo_is_trailers). */
    void (*head)(void *context, const struct capan_h2_part *, const struct capan_http_head *);
    /* A field section that could not be read, because one was missing (HEAD_CUT) or could not be (UNREADABLE). */
    void (*unread)(void *context, const struct capan_h2_part *, enum capan_http_framing why);
    /* Content; so many octets of it are missing behind these. */
    void (*body)(void *context, const struct capan_h2_part *, struct capan_span octets, uint64_t missing);
    /* END_STREAM of the request or of the response; or RST_STREAM, whoever sent it. */
    void (*end)(void *context, const struct capan_h2_part *, bool reset);
    /* Nothing more can be read of the requests, or of the responses. */
    void (*lost)(void *context, bool requests);
};

struct capan_h2;

/* The sink must live as long as the object. NULL without memory. */
struct capan_h2 *capan_h2_new(const struct capan_alloc *, const struct capan_hpack *, const struct capan_h2_sink *,
                              void *context);
void capan_h2_free(struct capan_h2 *);

/* Octets of a direction: the client's begin with its preface. */
void capan_h2_octets(struct capan_h2 *, bool from_client, struct capan_span, uint32_t frame, int64_t time_ns);
/* len octets of it are missing; 0: it is not known how many. */
void capan_h2_gap(struct capan_h2 *, bool from_client, uint64_t len, uint32_t frame, int64_t time_ns);
/* Nothing of either direction can be read any more. */
bool capan_h2_is_lost(const struct capan_h2 *);

#endif
