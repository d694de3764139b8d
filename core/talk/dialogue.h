/* SPDX-License-Identifier: MIT */
/* What two sides say to each other in order, in HTTP/1, HTTP/2, or one of them in TLS: which it is, and the octets led
 * there. HTTP/2 by its prefaces (RFC 9113 3.3, 3.4) or by Upgrade (RFC 7540 3.2), TLS by its ClientHello, both also
 * inside of CONNECT's tunnel. */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include "decoded.h"
#include "exchanges.h"
#include "h2.h"

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

/* One direction, until it is known what is spoken: its first octets, which HTTP/1 gets as well. */
struct dialogue_way {
    uint64_t offset; /* of all octets so far, missing ones included */
    uint64_t begin;  /* where the conversation begins: behind CONNECT's tunnel another one does */
    bool missed;     /* its first octets are missing */
    uint8_t first_len;
    uint8_t first[CAPAN_H2_LOOK_LEN];
};

struct dialogue {
    struct content_place place;
    struct capan_exchanges *h1;  /* NULL once it is another one */
    struct capan_h2 *h2;         /* NULL: not HTTP/2 */
    void *tls;                   /* NULL: not TLS */
    struct dialogue *inside;     /* of TLS; NULL: nothing was read of it yet */
    enum capan_direction client; /* HTTP/2: who asks; TLS: who begins */
    struct moment now;           /* TLS: of the octets in hand */
    bool settled;                /* it is HTTP/1, or neither */
    struct dialogue_way ways[2];
    uint64_t h2_at[2]; /* offsets of the first octets of HTTP/2 */
};

/* What place points to must live as long as the dialogue. Opened in place it must stay there until it is closed. False,
 * or NULL: no memory. */
bool capan_dialogue_open(struct dialogue *, const struct content_place *place);
void capan_dialogue_close(struct dialogue *);
struct dialogue *capan_dialogue_new(const struct content_place *place);
void capan_dialogue_free(struct dialogue *);
/* Something is at hand for it: what it holds is brought near. */
void capan_dialogue_expect(const struct dialogue *);

/* As in exchanges.h. */
void capan_dialogue_octets(struct dialogue *, enum capan_direction, struct capan_span, struct moment at);
void capan_dialogue_gap(struct dialogue *, enum capan_direction, uint64_t len, struct moment at);
void capan_dialogue_acked(struct dialogue *, enum capan_direction acked, uint64_t offset, uint32_t frame,
                          bool with_octets);
void capan_dialogue_end(struct dialogue *, enum capan_direction, enum capan_end, struct moment at);
bool capan_dialogue_hopeless(const struct dialogue *);

#endif
