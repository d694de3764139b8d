/* SPDX-License-Identifier: MIT */
/* What a connection says, as it passes between the engine and those who open or decode it. */
#ifndef CAPAN_TALK_H
#define CAPAN_TALK_H

#include "exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Octets of one message's content as they are read: in order, each once, without transfer coding and chunks, content
 * coding left on. Holes are left out; the exchange, which comes later if at all, names the message by its number. Valid
 * during the callback. */
struct capan_content {
    uint64_t number; /* of the message, from 1 in the order in which contents began */
    bool request;
    uint64_t offset; /* octets of the content before these, missing ones included */
    struct capan_span octets;
};

/* What comes out of a TLS connection, by the direction. octets are valid during the call. */
struct capan_tls_sink {
    void (*data)(void *context, bool of_client, struct capan_span octets);
    void (*lost)(void *context, bool of_client,
                 uint64_t len); /* application data that could not be read; 0: all from here on */
    void *context;
};

/* How TLS is opened. That takes a library, and secrets of its endpoints, which the engine does without: it is given
 * both (capan/tls.h has one). */
struct capan_tls_opener {
    /* Is it TLS, of the direction's client, that begins with these octets? */
    enum capan_begins (*begins)(void *context, struct capan_span first);
    /* One connection; NULL without memory. *sink is copied. */
    void *(*open)(void *context, const struct capan_tls_sink *sink);
    void (*close)(void *tls);
    /* Octets of one direction in order, each once; len of them are missing (0: it is not known how many). */
    void (*read)(void *tls, bool of_client, struct capan_span octets);
    void (*gap)(void *tls, bool of_client, uint64_t len);
    /* True when nothing more can come out. */
    bool (*is_closed)(const void *tls);
    void *context;
};

/* One QUIC packet that the caller decrypted. */
struct capan_quic_packet {
    uint32_t connection; /* the caller's number; QUIC's connections are counted apart from those of TCP */
    struct capan_endpoint client, server;
    bool from_client;
    struct capan_span plaintext; /* its frames (RFC 9000 12.4) */
    uint32_t frame;
    int64_t time_ns; /* since 1970 */
};

/* Octets of one direction of a TCP connection that the caller decrypted. */
struct capan_plaintext {
    uint32_t stream; /* the connection, as given to capan_analysis_segment or told by it */
    struct capan_endpoint from, to;
    struct capan_span octets;
    uint32_t frame; /* with which they could be read */
    int64_t time_ns;
};

#ifdef __cplusplus
}
#endif

#endif
