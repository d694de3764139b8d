/* SPDX-License-Identifier: MIT */
/* HTTP/2 (RFC 9113) from octets in order: frames taken apart, field sections decompressed (RFC 7541, by libnghttp2),
 * messages handed on. */
#ifndef CAPAN_H2_H
#define CAPAN_H2_H

#include "analysis.h"

/* What comes out, as the capan_analysis_decoded_ functions take it; h2_stream is set. */
struct capan_h2_sink {
    void (*head)(void *context, const struct capan_decoded *at, const struct capan_decoded_head *head);
    void (*body)(void *context, const struct capan_decoded *at, bool request, struct capan_span octets, uint64_t len);
    void (*end)(void *context, const struct capan_decoded *at, bool request, bool reset);
    void *context;
};

/* One connection. A field section of more than 256 KiB, or a peer that uses a dynamic table of more than 64 KiB
 * (RFC 7541 4.2), is not followed: the connection is lost then. */
struct capan_h2;

/* NULL without memory. sink is copied. */
CAPAN_API struct capan_h2 *capan_h2_new(const struct capan_h2_sink *sink, const struct capan_alloc *alloc);
CAPAN_API void capan_h2_free(struct capan_h2 *h2);

/* Are these a client's first octets, its preface (RFC 9113 3.4), or a server's, SETTINGS? */
CAPAN_API enum capan_begins capan_h2_begins(struct capan_span octets);

/* Octets of one direction, each once; at says where they were captured. */
CAPAN_API void capan_h2_read(struct capan_h2 *h2, const struct capan_decoded *at, enum capan_direction direction,
                             struct capan_span octets);
/* len octets are missing; 0: it is not known how many. In the middle of a body they are counted, and it goes on. */
CAPAN_API void capan_h2_gap(struct capan_h2 *h2, const struct capan_decoded *at, enum capan_direction direction, uint64_t len);
/* Field sections can be read no more: what compresses them is not known. */
CAPAN_API bool capan_h2_is_lost(const struct capan_h2 *h2);

#endif
