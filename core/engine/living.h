/* SPDX-License-Identifier: MIT */
/* The connections that are alive, as connections.c and retiring.c have them. */
#ifndef LIVING_H
#define LIVING_H

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
    void (*stream)(void *context, uint32_t stream, uint32_t frame); /* of the configuration */
    struct newborns newborns;
    struct listener *listener;
    struct intake *intake;
    struct reporting *reporting;
};

static inline struct flow **hot_slot(struct connections *connections, const struct capan_endpoint ends[2]) {
    return &connections->hot[(unsigned)(ends[0].port ^ ends[1].port) % HOT_FLOWS];
}

#endif
