/* SPDX-License-Identifier: MIT */
/* The connections that are alive: which one a segment belongs to, where a new one begins, and when one has to go. */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include "living.h"

/* What is pointed to must live as long. */
void capan_connections_open(struct connections *, const struct capan_config *, const struct capan_counter *memory,
                            struct listener *, struct intake *, struct reporting *);
void capan_connections_close(struct connections *);

/* The segment's connection, a new one where none fits; hash and last of lookup are filled in where they are needed.
 * *reused: its ports had another one. NULL without memory. */
struct flow *capan_connections_of(struct connections *, struct lookup *, bool *reused);
/* The newest connection between two endpoints, either direction, awake; NULL none. */
struct flow *capan_connections_between(struct connections *, const struct capan_endpoint *,
                                       const struct capan_endpoint *);
/* An ICMP error quotes a TCP header between two endpoints that had no connection yet: it counts as a stream. */
void capan_connections_quoted(struct connections *, const struct capan_endpoint *from, const struct capan_endpoint *to,
                              uint32_t frame);
/* A connection had a segment: it is the one used last. Others are retired where they have to make room. */
void capan_connections_used(struct connections *, struct flow *, int64_t now_ns);

#endif
