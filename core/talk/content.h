/* SPDX-License-Identifier: MIT */
/* The two octet streams of a connection, put in order and led to HTTP, whatever its version. */
#ifndef CONTENT_H
#define CONTENT_H

#include "connection.h"
#include "dialogue.h"

/* Nothing is held until a segment carries data; nothing more once neither side speaks HTTP. */
struct content {
    struct content_streams *streams;
    struct dialogue *plain; /* what the caller decrypted */
    bool given_up;
};

/* Octets of one direction that may wait for a hole to be filled. */
enum { CONTENT_WAITING_MAX = 1 << 20 };

/* A segment is at hand: what it will be led to is brought near. */
void capan_content_expect(const struct content *);

/* One segment's data, in the order of capture. CAPAN_NO_MEMORY: HTTP is given up on this connection. */
enum capan_result capan_content_segment(struct content *, const struct content_place *, enum capan_direction,
                                        const struct capan_tcp_data *, struct moment at);

/* Octets that the caller decrypted, in order, each once. */
enum capan_result capan_content_plain(struct content *, const struct content_place *, enum capan_direction,
                                      struct capan_span, struct moment at);

/* No more will come: what waits is handed on, exchanges in flight end so. Everything is given back. */
void capan_content_end(struct content *, const struct content_place *, enum capan_end, struct moment at);

#endif
