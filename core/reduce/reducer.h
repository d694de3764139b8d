/* SPDX-License-Identifier: MIT */
/* The packets that are left, and whether they give the verdict. */
#ifndef REDUCER_H
#define REDUCER_H

#include "alloc.h"
#include "bytes.h"
#include "capan/reduce.h"

struct kept {
    struct capan_packet packet; /* its octets are the reducer's */
    bool icmp;
};

struct capan_reducer {
    struct capan_alloc alloc;
    struct capan_config config;
    struct kept *packets; /* all that were given */
    size_t count, capacity;
    uint32_t *left, *trial; /* numbers of packets, in order */
    size_t left_count;
    uint64_t held, most; /* octets of packets */
    struct capan_reduced found;
    struct capan_endpoint client, server; /* of the verdict's connection */
};

/* Whether these packets give the verdict. */
bool capan_reducer_gives(struct capan_reducer *, const uint32_t *numbers, size_t count);

/* The octets of a packet, to be written to. */
static inline uint8_t *kept_octets(const struct kept *kept) {
    return (uint8_t *)(uintptr_t)kept->packet.octets.at;
}

#endif
