/* SPDX-License-Identifier: MIT */
/* ICMP and ICMPv6 errors that quote a TCP segment: read, and kept with the connection that they are about. */
#ifndef ICMP_H
#define ICMP_H

#include "capan/icmp.h"
#include "capan/packet.h"
#include "flow.h"

struct icmp_quote {
    struct capan_endpoint from, to; /* who sent the quoted segment to whom */
    uint32_t seq;                   /* its sequence number */
    bool whole;                     /* as much of its TCP header as Wireshark counts a stream by */
    uint32_t mtu;                   /* of the next hop; 0 not given */
    uint8_t type, code;
    uint8_t error; /* enum capan_icmp_error */
};

/* False when the message is no error, or quotes something else than TCP. */
bool capan_icmp_read(struct icmp_quote *quote, const struct capan_packet *packet);

/* The message is about one of the connection's segments. Its first one allocates flow->icmp; without memory it is not
 * told. */
void capan_icmp_note(struct flow *, const struct capan_alloc *, const struct icmp_quote *, const struct capan_packet *);
/* What is known of it when the connection ends; the capture has gone on to then. */
struct capan_icmp capan_icmp_tell(const struct flow *, int64_t now_ns);

#endif
