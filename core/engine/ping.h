/* SPDX-License-Identifier: MIT */
/* Echo requests that must not be fragmented, as "ping -f -l" and "ping -M do -s" send them: what they tell of a path's
 * MTU. RFC 792, RFC 1191, RFC 4443. */
#ifndef PING_H
#define PING_H

#include "capan/analysis.h"

/* Paths that are remembered; the one used least recently is given up. */
enum { PINGS_MAX = 32 };

struct pings {
    struct ping_path {
        struct capan_address from, to;
        uint32_t waiting, waiting_frame; /* length of the newest request, and its frame */
        uint16_t waiting_id, waiting_seq;
        uint32_t passed, passed_frame, refused, refused_frame, mtu;
    } at[PINGS_MAX]; /* newest first */
    unsigned count;
};

/* Takes note of an ICMP message that is an echo request, a reply, or an error about a request. */
void capan_pings_learn(struct pings *, const struct capan_packet *);

/* What is known of the path from a client to a server; else, with elsewhere set, of the client's newest other path.
 * False when nothing is. */
bool capan_pings_tell(const struct pings *, const struct capan_address *client, const struct capan_address *server,
                      struct capan_ping *);

#endif
