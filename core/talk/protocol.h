/* SPDX-License-Identifier: MIT */
/* What is spoken on a connection, or inside of another protocol on it: a table of {what begins, how it is read}. To add
 * a protocol is to add a row here, and a file with its functions. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include "carrier.h"

/* What a protocol is read on. */
struct capan_medium {
    struct capan_carrier *carrier;
    bool is_decrypted; /* octets are not those of the segments: segments are not marked, and no TLS is opened */
};

/* What HTTP says of a segment; one that was reported already stays as it is. */
static inline void capan_medium_mark(const struct capan_medium *medium, uint32_t frame, enum capan_tcp_flag flag) {
    const struct capan_carrier *carrier = medium->carrier;
    if (!medium->is_decrypted && carrier->talks->records)
        capan_records_mark(carrier->talks->records, frame, carrier->owner, flag);
}

/* HTTP/1 makes way for something else; offsets are those of its first octets, by direction. */
struct capan_handover {
    const struct capan_protocol *to; /* by Upgrade (RFC 9110 7.8); NULL: any, behind CONNECT's tunnel (9.3.6) */
    enum capan_direction client;     /* who asked for it */
    uint64_t at[2];
    struct capan_judgement *judgement; /* Upgrade: of the request, which the protocol answers; whose it is then */
    struct capan_http_extent request;  /* where that request was */
};

/* Octets of a direction come in order, each once. Every state has one owner: open, then close. */
struct capan_protocol {
    /* Optional: whether it can be read here at all. */
    bool (*is_known)(const struct capan_medium *);
    /* Whether a direction that begins with these octets speaks it. *client: who asks then. NULL: it is taken for
     * granted until another one begins. */
    enum capan_begins (*begins)(const struct capan_medium *, enum capan_direction, struct capan_span first,
                                enum capan_direction *client);
    const char *upgrade; /* its name in the Upgrade field; NULL: it has none */
    /* The medium must live as long. handover is NULL where its own octets showed it. NULL without memory: the
     * handover's judgement stays the caller's then. */
    void *(*open)(const struct capan_medium *, enum capan_direction client, const struct capan_handover *);
    void (*octets)(void *state, enum capan_direction, struct capan_span, struct moment at);
    /* len octets of a direction are missing; 0: it is not known how many. */
    void (*gap)(void *state, enum capan_direction, uint64_t len, struct moment at);
    /* Optional: a segment acknowledges a direction's octets before that offset, counted as they are handed on;
     * with_octets: it carries some of its own, which may be handed on later. */
    void (*acked)(void *state, enum capan_direction, uint64_t offset, uint32_t frame, bool with_octets);
    /* A direction (FIN) or the whole connection (otherwise) ended. */
    void (*end)(void *state, enum capan_direction, enum capan_end, struct moment at);
    /* Nothing more can be learnt from either direction. */
    bool (*hopeless)(const void *state);
    /* Optional: true when what came last makes way for another protocol; told once. The judgement is the caller's. */
    bool (*hands_over)(void *state, struct capan_handover *);
    /* Optional: what is said, and from[2], behind which offsets of the directions that is not read. NONE: its first
     * octets may tell. */
    enum capan_speech (*speech)(const void *state, uint64_t from[2]);
    /* Optional: octets are at hand for it, and what it holds is brought near. */
    void (*prefetch)(const void *state);
    void (*close)(void *state);
};

#define CAPAN_TALK_PROTOCOLS(X)                                                                                        \
    X(capan_protocol_http1) /* http1.c; the first, and taken for granted */                                            \
    X(capan_protocol_tls)   /* tls.c */                                                                                \
    X(capan_protocol_http2) /* http2.c */

#define CAPAN_X(name) extern const struct capan_protocol name;
CAPAN_TALK_PROTOCOLS(CAPAN_X)
#undef CAPAN_X

/* The protocol of that name in the Upgrade field, where it can be read; NULL none. */
const struct capan_protocol *capan_protocol_of_upgrade(const struct capan_medium *, struct capan_span name);
/* The protocol that begins with a direction's first octets. NULL: it is not told yet (*perhaps), or it is the first of
 * the table. */
const struct capan_protocol *capan_protocol_of_octets(const struct capan_medium *, enum capan_direction,
                                                      struct capan_span first, enum capan_direction *client,
                                                      bool *perhaps);

#endif
