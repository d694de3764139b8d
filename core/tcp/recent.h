/* SPDX-License-Identifier: MIT */
/* The packets that a direction sent of late, to know one of them when it comes again: duplicated by the network, or
 * captured twice. What routers and mirrors change (TTL, VLAN, MAC addresses) does not count. */
#ifndef RECENT_H
#define RECENT_H

#include "capan/packet.h"
#include "header.h"

#define CAPAN_RECENT 4

/* A packet as it is known again. */
struct capan_seen {
    uint32_t numbers; /* of its IP id and TCP header, as far as every capture of it holds them; never 0 */
    uint32_t time_us;
    uint32_t frame;
    uint32_t octets : 24; /* of its options and payload; 0: the capture cut them */
    uint32_t tap : 8;     /* of TTL and path: copies that differ in it were captured at two points */
};

/* The last few. */
struct capan_recent {
    struct capan_seen at[CAPAN_RECENT];
    uint8_t next;
};

/* More of them, hashed, where copies are met: all that came within twice the time that a copy took, as far as there is
 * room. Owned by the caller: zeroed, then free. */
struct capan_seen_set {
    struct capan_seen *at; /* capacity of them, in buckets of CAPAN_SEEN_WAYS */
    uint32_t capacity;     /* 0 or a power of two */
    uint32_t longest_us;   /* the oldest packet whose copy came */
};

enum { CAPAN_SEEN_WAYS = 4, CAPAN_SEEN_FIRST = 32, CAPAN_SEEN_MAX = 4096 };

/* Some of the payload's octets, taken evenly, as one number; 0 where the capture cut them. */
uint32_t capan_digest(struct capan_span payload, uint32_t len);
/* digest: of the payload. */
struct capan_seen capan_seen_of(const struct capan_packet *, const struct capan_tcp_header *, uint32_t digest);
/* Time from one to the other; below 0 when the capture's clock went back. */
static inline int64_t capan_seen_age_ns(const struct capan_seen *earlier, const struct capan_seen *later) {
    return (int64_t)(int32_t)(later->time_us - earlier->time_us) * 1000;
}

void capan_recent_add(struct capan_recent *, const struct capan_seen *);
/* The newest one that is the same packet; NULL none. */
const struct capan_seen *capan_recent_find(const struct capan_recent *, const struct capan_seen *);

/* The set begins with what is in recent. Without memory it stays empty. */
void capan_seen_set_begin(struct capan_seen_set *, const struct capan_recent *, const struct capan_alloc *);
void capan_seen_set_free(struct capan_seen_set *, const struct capan_alloc *);
void capan_seen_set_add(struct capan_seen_set *, const struct capan_seen *, const struct capan_alloc *);
const struct capan_seen *capan_seen_set_find(const struct capan_seen_set *, const struct capan_seen *);

#endif
