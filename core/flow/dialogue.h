/* SPDX-License-Identifier: MIT */
/* What two sides say to each other in order, in HTTP/1, HTTP/2, or one of them in TLS: which it is, and the octets led
 * there. HTTP/2 by its prefaces (RFC 9113 3.3, 3.4) or by Upgrade (RFC 7540 3.2), TLS by its ClientHello, both also
 * inside of CONNECT's tunnel. */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include "decoded.h"
#include "exchanges.h"

struct dialogue;

/* What is needed of the connection. */
struct content_place {
    const struct capan_alloc *alloc;
    struct capan_judge *judge;
    uint32_t stream;
    const struct capan_endpoint *ends; /* [2] */
    const struct capan_exchanges_sink *sink;
    const struct capan_exchanges_marks *marks; /* NULL for octets that are not those of the segments */
    const struct capan_hpack *hpack;           /* NULL: no HTTP/2 */
    const struct capan_tls_opener *tls;        /* NULL: TLS stays closed */
    struct decoded *decoded;                   /* exchanges of HTTP/2 */
    struct decoded_list *streams;              /* the connection's among them */
};

/* What place points to must live as long as the dialogue. NULL without memory. */
struct dialogue *dialogue_new(const struct content_place *place);
void dialogue_free(struct dialogue *);
/* Something is at hand for it: its memory is brought near. */
void dialogue_expect(const struct dialogue *);

/* As in exchanges.h. */
void dialogue_octets(struct dialogue *, enum capan_direction, struct capan_span, uint32_t frame, int64_t time_ns);
void dialogue_gap(struct dialogue *, enum capan_direction, uint64_t len, uint32_t frame, int64_t time_ns);
void dialogue_acked(struct dialogue *, enum capan_direction acked, uint64_t offset, uint32_t frame, bool with_octets);
void dialogue_end(struct dialogue *, enum capan_direction, enum capan_end, uint32_t frame, int64_t time_ns);
bool dialogue_hopeless(const struct dialogue *);

#endif
