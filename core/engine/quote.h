/* SPDX-License-Identifier: MIT */
/* The packet that an ICMP error quotes, as far as it does. RFC 792, RFC 4443 3. */
#ifndef QUOTE_H
#define QUOTE_H

#include "capan/packet.h"

struct quote {
    struct capan_address from, to;
    uint8_t protocol;
    struct capan_span octets; /* behind the IP header; nothing where they are not the first of their datagram */
};

/* message begins at its ICMP type. False when it quotes no IP header. */
bool capan_quote_read(struct quote *, struct capan_span message);

#endif
