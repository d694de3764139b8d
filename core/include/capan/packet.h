/* SPDX-License-Identifier: MIT */
/* One captured packet, as either face hands it to the analysis: octets and what IP said around them. */
#ifndef CAPAN_PACKET_H
#define CAPAN_PACKET_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the capture says of the TCP checksum. UNKNOWN: not all octets are there. PARTIAL: only the pseudo-header's
 * sum is in place, as a host leaves it for its network card (checksum offload). DOUBTED: wrong, but its host leaves all
 * of them to the card; the engine's own. */
enum capan_checksum {
    CAPAN_CHECKSUM_UNKNOWN,
    CAPAN_CHECKSUM_GOOD,
    CAPAN_CHECKSUM_BAD,
    CAPAN_CHECKSUM_PARTIAL,
    CAPAN_CHECKSUM_DOUBTED
};

/* So much of an interface's name is kept, with its NUL. */
#define CAPAN_INTERFACE_NAME 32

/* A TCP segment, or an ICMP message, in one IP datagram (reassembled where it was fragmented).
 * The octets stay the caller's and are looked at only during the call. */
struct capan_packet {
    int64_t time_ns; /* since 1970-01-01 UTC */
    uint32_t frame;  /* number in the capture, from 1; does not decrease */
    uint32_t path;   /* same ports on another path are another connection: a hash of VLANs, tunnels and
                        their ends, 0 where there are none */
    struct capan_address src, dst;
    struct capan_span octets; /* the IP payload as far as it was captured, padding excluded */
    uint32_t wire_len;        /* its length by IP: at least octets.len */
    uint32_t ip_header_len;   /* octets of IP header and extension headers in front of it */
    uint32_t link_header_len; /* octets before that IP header, tunnels included; 0 unknown */
    uint8_t pppoe_len;        /* of link_header_len, those that PPPoE adds (RFC 2516 4); 0 none */
    uint16_t padding;         /* octets of the frame behind the datagram (Ethernet padding) */
    uint16_t ip_id;           /* IPv4 identification; meaningful with has_ip_id */
    uint8_t ttl;              /* TTL or hop limit; 0 unknown */
    uint8_t ecn;              /* the two ECN bits (RFC 3168) */
    bool has_ip_id;
    bool dont_fragment;    /* DF; always true for IPv6 */
    bool ethernet;         /* the frame is Ethernet: 60 octets without FCS is the shortest on the wire */
    uint32_t frame_len;    /* the whole frame's length on the wire */
    uint8_t checksum;      /* enum capan_checksum */
    const char *interface; /* name of the one that it passed, for as long as the capture is open; NULL unknown */
    uint8_t dscp;          /* the six bits of differentiated services (RFC 2474) */
};

/* The path with one more fact mixed in: the number of a VLAN, a tunnel's network. A fact must be the same in both
 * directions of a connection. */
CAPAN_API uint32_t capan_path_through(uint32_t path, uint32_t fact);

/* The path of an IP packet of that version inside one from src to dst: the outer ends are part of it, whichever of them
 * sends; src.version 0 where there is no outer one. Not so where IPv6 rides on IPv4: the other
 * direction may use another relay (RFC 3056 5.2, RFC 4380 5.4), and the inner ends are global. */
CAPAN_API uint32_t capan_path_inside(uint32_t path, const struct capan_address *src, const struct capan_address *dst,
                                     uint8_t version);

/* The value of packet->checksum, from its other members (RFC 9293 3.1). A host that leaves the sum to its network card
 * writes the pseudo-header's, with the length, or without where the card also cuts the data into segments: that is
 * PARTIAL. GOOD and BAD need all of the octets. */
CAPAN_API enum capan_checksum capan_tcp_checksum(const struct capan_packet *packet);

#ifdef __cplusplus
}
#endif

#endif
