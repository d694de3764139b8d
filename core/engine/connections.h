/* SPDX-License-Identifier: MIT */
/* The connections that are alive: which one a segment belongs to, where a new one begins, and when one has to go. */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include "intake.h"
#include "listener.h"
#include "lookup.h"
#include "newborn.h"

/* Connections that had a segment just now, by their ports: found without hashing. Only a short cut: who forces
 * collisions in it gains what the table costs anyway. */
enum { HOT_FLOWS = 256 };

/* Connections between the same endpoints share a bucket; so many of them at most are kept alive (other paths). */
enum { FLOWS_OF_A_PAIR = 8 };

/* Owned by the analysis: open, then finish and close. Must stay where it is. */
struct connections {
    struct capan_index index;  /* by endpoints; those that are not closed by last use */
    struct capan_ages closing; /* those that closed just now, with octets behind a hole that may still be filled */
    struct capan_ages closed;  /* those that are closed, by last use */
    struct capan_index quoted; /* streams that ICMP errors alone have shown (quoted.h) */
    struct flow *hot[HOT_FLOWS];
    const struct capan_counter *memory; /* what they and all that hangs on them are allocated by */
    uint64_t budget;                    /* of it */
    uint32_t next_stream;
    bool no_http, statistics;
    struct newborns newborns;
    struct listener *listener;
    struct intake *intake;
    struct reporting *reporting;
};

/* What is pointed to must live as long. */
void capan_connections_open(struct connections *, const struct capan_config *, const struct capan_counter *memory,
                            struct listener *, struct intake *, struct reporting *);
/* The capture ends: all of them are retired, in the order in which they began. alloc is for the list of them. */
void capan_connections_finish(struct connections *, const struct capan_alloc *);
void capan_connections_close(struct connections *);

/* The segment's connection, a new one where none fits; hash and last of lookup are filled in where they are needed.
 * *reused: its ports had another one. NULL without memory. */
struct flow *capan_connections_of(struct connections *, struct lookup *, bool *reused);
/* The newest connection between two endpoints, either direction, awake; NULL none. */
struct flow *capan_connections_between(struct connections *, const struct capan_endpoint *,
                                       const struct capan_endpoint *);
/* An ICMP error quotes a TCP header between two endpoints that had no connection yet: it counts as a stream. */
void capan_connections_quoted(struct connections *, const struct capan_endpoint *from, const struct capan_endpoint *to);
/* A connection had a segment: it is the one used last. Others are retired where they have to make room. */
void capan_connections_used(struct connections *, struct flow *, int64_t now_ns);

#endif
