/* SPDX-License-Identifier: MIT */
/* HTTP/3 on one QUIC connection: its packets' plaintext taken apart into streams, those into parts of messages. */
#ifndef HTTP3_H
#define HTTP3_H

#include "judge.h"
#include "talks.h"

struct capan_http3;

/* What it holds is allocated by alloc; talks, whose qpack there is, and alloc must live as long. seed is for hash
 * tables. NULL without memory. */
struct capan_http3 *capan_http3_open(struct capan_talks *, const struct capan_http_parties *, uint64_t seed,
                                     const struct capan_alloc *alloc);
void capan_http3_packet(struct capan_http3 *, bool from_client, struct capan_span plaintext, struct moment at);
/* What is in flight stays so. */
void capan_http3_close(struct capan_http3 *);

#endif
