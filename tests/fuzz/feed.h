/* SPDX-License-Identifier: MIT */
/* Any octets as the packets of up to four TCP connections with a server, for targets whose subject lies behind the
 * engine: what is said matters more than how its segments look, which are honest unless the input says otherwise.
 *
 * A step is an octet, whose lowest three bits say what it is, the next two on which connection, then who sends, whether
 * time passes, and whether the packet is dropped; the other capture of two may have it. What is said has its length in
 * two octets before it. */
#ifndef FEED_H
#define FEED_H

#include "bytes.h"
#include "capan/packet.h"
#include "capan/tcp.h"
#include "require.h"

enum { FEED_CONNECTIONS = 4, FEED_PAYLOAD_MAX = 8192 };

/* Who gets each packet. lost: it is the other capture's alone. The packet's octets are valid during the call. */
typedef void feed_take(void *context, const struct capan_packet *packet, bool lost);

struct feed {
    struct capan_span input;
    feed_take *take;
    void *context;
    struct {
        uint32_t next[2]; /* the sequence number that each side sends next */
        bool open;
    } connections[FEED_CONNECTIONS];
    uint32_t frame;
    int64_t time_ns;
};

uint32_t feed_number(struct feed *, unsigned octets);
/* Its length in two octets, then as much of the rest. */
struct capan_span feed_span(struct feed *);
/* The packets of one more step are handed out; false: the input ends. */
bool feed_step(struct feed *);

#endif
