/* SPDX-License-Identifier: MIT */
/* Which end of a connection is its client: decided by its first packet as the engine decides it, and kept for both
 * directions of all that follow. */
#ifndef CLIENTS_H
#define CLIENTS_H

#include "header.h"
#include "index.h"

/* Owned by the caller: open, then close. Must stay where it is. */
struct clients {
    struct capan_index index; /* of connections, by their ends, in the order of their last use */
    uint64_t forgotten;       /* connections that made room for others */
};

void capan_clients_open(struct clients *, uint64_t seed, const struct capan_alloc *);
void capan_clients_close(struct clients *);

/* The client of a segment's connection; its address goes to *client. False without memory. */
bool capan_clients_of(struct clients *, const struct capan_packet *, const struct capan_tcp_header *,
                      struct capan_address *client);
/* The client of the connection between two ends of which from is known to have sent; by the ports where there is
 * none. */
struct capan_address capan_clients_between(const struct clients *, const struct capan_endpoint *from,
                                           const struct capan_endpoint *to);

#endif
