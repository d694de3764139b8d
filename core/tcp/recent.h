/* SPDX-License-Identifier: MIT */
/* The last few packets of a direction, to know one of them when it comes again: duplicated by the network or captured
 * twice. What routers change (TTL, VLAN, MAC addresses, checksum) does not count. */
#ifndef RECENT_H
#define RECENT_H

#include "capan/packet.h"
#include "header.h"

#define CAPAN_RECENT 5

struct capan_recent {
    struct {
        uint32_t fingerprint; /* its IP id counted in */
        uint32_t time_us;
    } at[CAPAN_RECENT];
    uint8_t next;
};

/* Some of the payload's octets, taken evenly, as one number that is never 0. */
uint32_t capan_digest(struct capan_span payload, uint32_t len);
/* All of the header but what routers change, with the payload's digest. */
uint32_t capan_fingerprint(const struct capan_tcp_header *, uint32_t digest);

void capan_recent_add(struct capan_recent *, const struct capan_packet *, uint32_t fingerprint);
/* Age of the packet's twin in ns; -1 when there is none. With has_ip_id and an id that is not 0 ids must agree. */
int64_t capan_recent_find(const struct capan_recent *, const struct capan_packet *, uint32_t fingerprint);

#endif
