/* SPDX-License-Identifier: MIT */
/* A closed connection that waits for segments which come late: all that it knows, packed into a fraction of the room,
 * until one comes or its row is told. Most of what a connection may have to know is zero, a small number, or a moment
 * shortly before its last one. */
#ifndef RESTING_H
#define RESTING_H

#include "connection.h"

struct capan_tcp_resting;

/* Packs it and frees it. NULL: it is as it was, because something is under way still, or without memory. */
struct capan_tcp_resting *capan_tcp_lay_down(struct capan_tcp *);
/* The connection as it was. NULL without memory: it rests on. */
struct capan_tcp *capan_tcp_wake(struct capan_tcp_resting *, const struct capan_alloc *, struct capan_records *);
void capan_tcp_resting_free(struct capan_tcp_resting *, const struct capan_alloc *);
/* Octets of memory that it takes. */
size_t capan_tcp_resting_size(const struct capan_tcp_resting *);

/* Room in which one after the other is looked at while it rests on. Owned by the caller. NULL without memory. */
struct capan_tcp_seat;
struct capan_tcp_seat *capan_tcp_seat_new(const struct capan_alloc *);
void capan_tcp_seat_free(struct capan_tcp_seat *, const struct capan_alloc *);
/* Valid until the next look into that seat. */
const struct capan_tcp *capan_tcp_look(const struct capan_tcp_resting *, struct capan_tcp_seat *);

#endif
