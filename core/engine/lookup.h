/* SPDX-License-Identifier: MIT */
/* What the connection of a segment is looked up by. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "flow.h"

/* What one segment is looked up by, and what was found. */
struct lookup {
    const struct capan_packet *packet;
    const struct capan_tcp_header *header;
    struct capan_endpoint end[2]; /* sender, receiver */
    uint32_t stream;              /* CAPAN_STREAM_AUTO or the caller's */
    uint64_t hash;
    struct flow *last; /* the newest connection of these endpoints, whatever its path */
};

#endif
