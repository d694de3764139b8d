/* SPDX-License-Identifier: MIT */
/* HTTP/3 on one connection (RFC 9114): the octets of its streams taken apart into frames, field sections read, and the
 * heads, contents and ends of messages told. Octets of a stream come in order, split anywhere, with holes; those of
 * different streams in any order: a field section may wait for what the encoder's stream says (RFC 9204 2.1.2). Pushes
 * and what is reserved (RFC 9114 7.2.8, 6.2.3) are passed over. */
#ifndef H3_H
#define H3_H

#include "parts.h"

struct capan_h3;
struct capan_h3_stream;

/* What is pointed to must live as long as the object. NULL without memory. */
struct capan_h3 *capan_h3_new(const struct capan_alloc *, const struct capan_qpack *, const struct capan_parts_sink *,
                              void *context);
/* After its streams were closed. */
void capan_h3_free(struct capan_h3 *);

/* A stream of that number (RFC 9000 2.1), of which nothing was seen yet. NULL without memory. */
struct capan_h3_stream *capan_h3_open(struct capan_h3 *, int64_t id);
/* Nothing more comes. A field section of it that waits is still told when it can be read. */
void capan_h3_close(struct capan_h3_stream *);

/* Octets of one direction. */
void capan_h3_octets(struct capan_h3_stream *, bool from_client, struct capan_span, struct moment);
/* len octets of it are missing. */
void capan_h3_gap(struct capan_h3_stream *, bool from_client, uint64_t len, struct moment);
/* It is complete, or was reset (RFC 9000 3). */
void capan_h3_end(struct capan_h3_stream *, bool from_client, bool reset, struct moment);

#endif
