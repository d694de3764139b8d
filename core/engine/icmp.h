/* SPDX-License-Identifier: MIT */
/* ICMP and ICMPv6 errors that quote a TCP segment. RFC 792, RFC 1191 4, RFC 4443 3, RFC 1812 4.3.2.3. */
#ifndef ICMP_H
#define ICMP_H

#include "capan/packet.h"

enum icmp_kind { ICMP_TOO_BIG, ICMP_UNREACHABLE, ICMP_OTHER_ERROR };

struct icmp_quote {
    struct capan_endpoint from, to; /* who sent the quoted segment to whom */
    uint32_t seq;                   /* its sequence number */
    uint8_t kind;                   /* enum icmp_kind */
    bool whole;                     /* as much of its TCP header as Wireshark counts a stream by */
    uint32_t mtu;                   /* of the next hop; 0 not given */
};

/* False when the message is no error, or quotes something else than TCP. */
bool capan_icmp_read(struct icmp_quote *quote, const struct capan_packet *packet);

#endif
