/* SPDX-License-Identifier: MIT */
/* Exchanges of HTTP/2 and HTTP/3, whose messages come in parts: matched by connection and stream, judged like any. The
 * oldest is given up when there are too many. */
#ifndef STREAMS_H
#define STREAMS_H

#include "carrier.h"
#include "parts.h"

void capan_streams_open(struct capan_talks *, uint64_t seed);
/* Ends what is in flight, and frees. */
void capan_streams_close(struct capan_talks *);

/* A part of a message, of the connection and between the two that parties names. The carrier is that connection; NULL
 * where it is not known. A response to a request that is over already is passed over. */
enum capan_result capan_streams_head(struct capan_talks *, struct capan_carrier *, const struct capan_http_parties *,
                                     const struct capan_part *, const struct capan_http_head *);
/* The field section is there, and not all that it says is known; what is was told before. */
void capan_streams_unread(struct capan_talks *, struct capan_carrier *, const struct capan_http_parties *,
                          const struct capan_part *, enum capan_http_framing why);
/* Content; so many octets of it are missing behind these. */
void capan_streams_body(struct capan_talks *, const struct capan_http_parties *, const struct capan_part *,
                        struct capan_span octets, uint64_t missing);
void capan_streams_end(struct capan_talks *, const struct capan_http_parties *, const struct capan_part *, bool reset);
/* A request that was read in HTTP/1 and is answered on that stream (RFC 7540 3.2). The judgement is taken over. */
void capan_streams_adopt(struct capan_carrier *, const struct capan_http_parties *, int64_t stream,
                         struct capan_judgement *, const struct capan_http_extent *request);

/* The connection ended: so do its exchanges. */
void capan_streams_end_all(struct capan_carrier *, enum capan_end);

#endif
