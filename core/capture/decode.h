/* SPDX-License-Identifier: MIT */
/* The walk from a frame's first octet to the TCP headers in it. Each protocol's decoder takes its own header off and names
 * the next protocol; the walk ends at a transport, at something unknown, or when the nesting is deeper than any real one. */
#ifndef DECODE_H
#define DECODE_H

#include "bytes.h"
#include "capan/capture.h"
#include "link.h"

/* Protocol and the function that takes its header off. */
#define CAPAN_PROTOCOLS(X)                                                                                             \
    X(ETHERNET, capan_decode_ethernet)                                                                                 \
    X(VLAN, capan_decode_vlan)                                                                                         \
    X(IPV4, capan_decode_ipv4)                                                                                         \
    X(IPV6, capan_decode_ipv6)                                                                                         \
    X(TCP, capan_decode_tcp)                                                                                           \
    X(ICMP, capan_decode_icmp)

/* DONE: nothing further for us. UNREADABLE: what is there is not what its carrier says it is, or it was cut off. */
enum protocol {
    DONE,
    UNREADABLE,
#define X(name, function) name,
    CAPAN_PROTOCOLS(X)
#undef X
    PROTOCOL_COUNT
};

/* Where the walk stands. at.len octets from here on were captured, wire were sent; at.len <= wire. */
struct walk {
    struct capan_decoder *decoder;
    struct capan_span at;
    uint32_t wire;
    uint32_t offset;               /* octets of headers taken off so far */
    uint32_t ip_offset;            /* where the innermost IP header began */
    uint32_t depth;
    struct capan_packet packet;
};

#define X(name, function) enum protocol function(struct walk *walk);
CAPAN_PROTOCOLS(X)
#undef X

/* Runs decoders from protocol on until one says DONE or UNREADABLE. */
enum protocol capan_walk_run(struct walk *walk, enum protocol protocol);

/* The protocol an EtherType, or below 1536 an IEEE 802.3 length, announces. */
enum protocol capan_ethertype(struct walk *walk, uint16_t type);

/* Takes len octets off the front. They were captured: the caller has looked. */
static inline void walk_advance(struct walk *walk, uint32_t len) {
    walk->at.at += len;
    walk->at.len -= len;
    walk->wire -= len;
    walk->offset += len;
}

/* What lies behind the next len octets does not belong to this layer. */
static inline void walk_limit(struct walk *walk, uint32_t len) {
    if (len < walk->wire) walk->wire = len;
    if (len < walk->at.len) walk->at.len = len;
}

/* Connections with the same ports on another path are others: mixes one more fact into the path. Facts must be the same
 * for both directions of a connection. */
static inline void walk_path(struct walk *walk, uint32_t fact) {
    uint64_t mixed = ((uint64_t)walk->packet.path << 32 | fact) * UINT64_C(0x9e3779b97f4a7c15);
    mixed ^= mixed >> 29;
    walk->packet.path = (uint32_t)(mixed >> 16) | 1;
}

#endif
