/* SPDX-License-Identifier: MIT */
/* The connection that carries what is said, as far as it matters for that. */
#ifndef CARRIER_H
#define CARRIER_H

#include <string.h>

#include "connection.h"
#include "handshakes.h"
#include "pairing.h"
#include "talks.h"

/* How a direction ended, or a connection. */
enum capan_end { CAPAN_ENDED_FIN, CAPAN_ENDED_RST, CAPAN_ENDED_CAPTURE, CAPAN_ENDED_EVICTED };

struct capan_stream_exchange;

/* Exchanges of HTTP/2 or HTTP/3 in flight on one connection, by their beginning (streams.h). */
struct capan_stream_list {
    struct capan_stream_exchange *newest, *oldest;
    uint32_t count;
    struct capan_streams_asked asked;
    bool lost; /* responses are missing from the capture */
};

struct capan_carrier {
    struct capan_talks *talks;
    const struct capan_tcp *tcp;       /* NULL: it is none of TCP's */
    const struct capan_endpoint *ends; /* [2]: ends[CAPAN_C2S] sends CAPAN_C2S; who asks is decided by what they say */
    void *owner;                       /* of its segments' records, and handed out with its exchanges */
    uint32_t stream;
    struct capan_handshakes_owing handshakes;
    struct capan_stream_list streams;
    struct capan_tls_names *names; /* of talks->alloc; NULL: there was no ClientHello */
};

static inline enum capan_direction capan_other(enum capan_direction direction) {
    return direction == CAPAN_C2S ? CAPAN_S2C : CAPAN_C2S;
}

/* The direction of what one of the two ends sends. */
static inline enum capan_direction capan_direction_from(const struct capan_endpoint ends[2],
                                                        const struct capan_endpoint *from) {
    const struct capan_endpoint *end = &ends[CAPAN_C2S];
    const size_t len = end->address.version == 6 ? 16 : 4;
    bool is_it = end->port == from->port && memcmp(end->address.octets, from->address.octets, len) == 0;
    return is_it ? CAPAN_C2S : CAPAN_S2C;
}

static inline struct capan_http_parties capan_carrier_parties(const struct capan_carrier *carrier,
                                                              enum capan_direction client) {
    return (struct capan_http_parties){
        .stream = carrier->stream, .client = carrier->ends[client], .server = carrier->ends[capan_other(client)]};
}

#endif
