/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/3 (RFC 9114) on one QUIC connection, from its streams' octets in order: frames taken apart, field sections
 * decompressed (RFC 9204, by libnghttp3), messages handed to the core. Pushes are passed over. */
#ifndef H3_H
#define H3_H

#include "compat.h"

#include "capan/analysis.h"

struct capan_h3;

struct capan_h3 *capan_h3_new(void);
void capan_h3_free(struct capan_h3 *h3);
/* Octets of one direction of a stream, each once; at says who, where and when, without the stream. */
void capan_h3_read(struct capan_h3 *h3, const struct capan_decoded *at, uint64_t stream, bool from_client,
                   struct capan_span octets);
/* That direction is complete, or was reset (RFC 9000 3). */
void capan_h3_end(struct capan_h3 *h3, const struct capan_decoded *at, uint64_t stream, bool from_client, bool reset);

#endif
