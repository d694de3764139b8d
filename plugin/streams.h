/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The streams of one QUIC connection: STREAM frames out of its packets' plaintext, put in order (RFC 9000 19.8), led to
 * HTTP/3. */
#ifndef STREAMS_H
#define STREAMS_H

#include "compat.h"

#include "capan/analysis.h"

struct capan_streams;

struct capan_streams *capan_streams_new(void);
void capan_streams_free(struct capan_streams *streams);
/* One packet's frames; at says who, where and when. What cannot be read ends the packet. */
void capan_streams_read(struct capan_streams *streams, const struct capan_decoded *at, bool from_client,
                        struct capan_span plaintext);

#endif
