/* SPDX-License-Identifier: MIT */
/* A closed connection that waits for segments which come late: all that it knows, packed into a fraction of the room,
 * until one comes or its row is told. Most of what a connection may have to know is zero, a small number, or a moment
 * shortly before its last one. And one of which a SYN is all that came, as in a flood of them: that SYN is kept, and
 * judged once more when anything follows. */
#ifndef RESTING_H
#define RESTING_H

#include "connection.h"

struct capan_tcp_resting;

/* Packs it and frees it. NULL: it is as it was, because something is under way still, or without memory. */
struct capan_tcp_resting *capan_tcp_lay_down(struct capan_tcp *);
/* A connection's only segment so far, a SYN without data, as it was judged. */
enum { CAPAN_SYN_OCTETS = 60 };
struct capan_tcp_syn {
    uint64_t serial;
    uint32_t stream;
    uint8_t direction, len;
    bool reused;
    struct capan_packet packet;       /* its octets are these: */
    uint8_t octets[CAPAN_SYN_OCTETS]; /* the TCP header as far as it was captured */
};
/* False: such a segment cannot be kept. */
bool capan_tcp_syn_take(struct capan_tcp_syn *, const struct capan_packet *, const struct capan_tcp_header *,
                        const struct capan_segment *, bool reused);
/* As capan_tcp_lay_down. */
struct capan_tcp_resting *capan_tcp_lay_down_syn(struct capan_tcp *, const struct capan_tcp_syn *);

/* The connection as it was. NULL without memory: it rests on. */
struct capan_tcp *capan_tcp_wake(struct capan_tcp_resting *, const struct capan_alloc *, struct capan_records *);
void capan_tcp_resting_free(struct capan_tcp_resting *, const struct capan_alloc *);
/* Nothing more will come: its open questions are answered with what is known. */
void capan_tcp_resting_finish(const struct capan_tcp_resting *, const struct capan_records *);
/* As capan_tcp_sums; of one that is closed they are not asked any more. */
struct capan_tcp_sums capan_tcp_resting_sums(const struct capan_tcp_resting *, enum capan_direction);
/* Octets of memory that it takes. */
size_t capan_tcp_resting_size(const struct capan_tcp_resting *);

/* Room in which one after the other is looked at while it rests on. Owned by the caller. NULL without memory. */
struct capan_tcp_seat;
struct capan_tcp_seat *capan_tcp_seat_new(const struct capan_alloc *, struct capan_records *);
void capan_tcp_seat_free(struct capan_tcp_seat *);
/* Valid until the next look into that seat. */
const struct capan_tcp *capan_tcp_look(const struct capan_tcp_resting *, struct capan_tcp_seat *);

#endif
