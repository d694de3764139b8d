/* SPDX-License-Identifier: MIT */
/* Which part a connection's packets go to: that of its client, who is decided by the first packet as the engine decides
 * it, and kept for both directions of all that follow. */
#ifndef CLIENTS_H
#define CLIENTS_H

#include "alloc.h"
#include "hash.h"
#include "header.h"

/* What is kept of a connection. Two whose keyed hashes are equal are taken for one: among a million, once in ten
 * million captures. */
struct client {
    uint64_t hash; /* 0: none is here */
    uint32_t used; /* when it was met last, counted in segments */
    uint16_t part; /* its client's */
    uint16_t over; /* CLIENT_...: what its ends sent, of whom one comes first in their order */
};
enum { CLIENT_FIN_FIRST = 1, CLIENT_FIN_SECOND = 2, CLIENT_FINS = 3, CLIENT_RST = 4 };

/* Owned by the caller: open, then close. */
struct clients {
    const struct capan_alloc *alloc;
    struct capan_hash_key key;
    struct client *at; /* by hash, each at its place or at one of those behind it */
    size_t size;       /* a power of two */
    size_t count;
    uint32_t now;       /* segments so far, modulo 2^32 */
    uint64_t forgotten; /* connections that made room for others while they could still have gone on */
};

void capan_clients_open(struct clients *, uint64_t seed, const struct capan_alloc *);
void capan_clients_close(struct clients *);

/* The part of an address, among so many. */
uint32_t capan_clients_part(const struct clients *, const struct capan_address *, uint32_t parts);
/* The part of a segment's connection; its client is found out if it is a new one. False without memory. */
bool capan_clients_of(struct clients *, const struct capan_packet *, const struct capan_tcp_header *, uint32_t parts,
                      uint32_t *part);
/* The part of the connection between two ends of which from is known to have sent; by the ports where there is none. */
uint32_t capan_clients_between(const struct clients *, const struct capan_endpoint *from,
                               const struct capan_endpoint *to, uint32_t parts);

#endif
