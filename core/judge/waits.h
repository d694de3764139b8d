/* SPDX-License-Identifier: MIT */
/* What an exchange's client waited for: round trips paid to the network, the server's own time, the content. */
#ifndef WAITS_H
#define WAITS_H

#include "judgement.h"

/* The capture saw the request later than it was sent and the response earlier than it came, by one near_ns in all; the
 * rest of the round trip lies between it and the server. */
void capan_waits_tell(struct capan_exchange *, const struct capan_http_path *);
/* After that: where its time went. */
void capan_waits_spend(struct capan_exchange *, const struct capan_http_spent *);

#endif
