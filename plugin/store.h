/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdicts by frame. The engine is fed once, on the first pass in order; every later look only reads here. */
#ifndef STORE_H
#define STORE_H

#include "compat.h"

#include "capan/analysis.h"

/* Begins and ends with a capture file. NULL when the user switched capan off. */
void capan_store_open(const struct capan_config *config);
void capan_store_close(void);
bool capan_store_is_open(void);
/* The first pass is over: what still waits is settled. */
void capan_store_finish(void);

/* Connections are the core's: Wireshark takes the same ports in two VLANs or tunnels for one. */
void capan_store_feed_tcp(const struct capan_packet *packet);
void capan_store_feed_icmp(const struct capan_packet *packet);
/* What was decrypted in TLS. */
void capan_store_feed_octets(const struct capan_decoded *at, struct capan_span octets);
/* Parts of HTTP/3's messages: heads, those that could not be read, content, ends. */
void capan_store_feed_head(const struct capan_decoded *at, const struct capan_decoded_head *head);
void capan_store_feed_unread(const struct capan_decoded *at, bool request);
void capan_store_feed_body(const struct capan_decoded *at, bool request, struct capan_span octets);
void capan_store_feed_end(const struct capan_decoded *at, bool request, bool reset);

size_t capan_store_findings(const struct capan_finding **findings);
void capan_store_totals(struct capan_totals *totals);

/* The connection that the frame's segment belongs to. */
bool capan_store_stream(uint32_t frame, uint32_t *stream);

/* One segment's verdict. acks has segment.acks_count frames. */
struct capan_stored_segment {
    struct capan_segment segment;
    uint32_t *acks;
    bool first_of_kind;   /* the first of this loud kind in its connection */
    uint64_t first_flags; /* likewise for its loud flags */
};

/* The segments of a frame in order: number counts from 0. False when there is none of that number. Memory is pool's. */
bool capan_store_segment(struct capan_stored_segment *stored, uint32_t frame, unsigned number, wmem_allocator_t *pool);

/* An exchange on its request's or its response's last frame; next in the order of the exchanges. Lives as long as the
 * file. */
struct capan_stored_exchange {
    const struct capan_exchange *exchange;
    uint64_t first_violations, first_advice, first_framing; /* those that are the first of their connection */
    bool first_outcome;                                     /* likewise */
};
struct capan_exchange_part {
    struct capan_exchange_part *next;
    const struct capan_stored_exchange *of;
    bool is_end; /* the frame that completes the exchange, and so carries the verdict */
};
const struct capan_exchange_part *capan_store_exchanges(uint32_t frame);

struct capan_stored_connection {
    struct capan_stored_connection *next;
    struct capan_connection connection;
};
/* The connections whose last frame this is. */
const struct capan_stored_connection *capan_store_connections(uint32_t frame);

#endif
