/* SPDX-License-Identifier: MIT */
/* The round trips that a connection took before its requests: each is paid for by the first request that needed it. */
#ifndef HANDSHAKES_H
#define HANDSHAKES_H

#include "capan/exchange.h"
#include "connection.h"

struct capan_handshakes_owing {
    bool paid;                     /* a request was sent: it paid for the handshake of TCP */
    bool client_spoke;             /* the newest data is the client's */
    struct capan_handshakes owing; /* of a tunnel and of TLS in it that no request has paid for yet */
};

/* Takes note of a segment's data, in the order of capture: flights of a TLS handshake are counted. */
void capan_handshakes_data(struct capan_handshakes_owing *, enum capan_direction, struct capan_span octets);
/* Takes note of an exchange that is over: behind CONNECT a connection begins for which the CONNECT was the handshake.
 */
void capan_handshakes_exchange(struct capan_handshakes_owing *, const struct capan_exchange *);
/* What a request that begins pays for; nothing of it is owing any more. tcp may be NULL. */
struct capan_handshakes capan_handshakes_pay(struct capan_handshakes_owing *, const struct capan_tcp *);

#endif
