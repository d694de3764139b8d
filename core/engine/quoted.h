/* SPDX-License-Identifier: MIT */
/* Connections that only an ICMP error has shown so far, by the TCP header that it quotes: Wireshark counts them as
 * streams, too. Those quoted longest ago are forgotten when there are too many. */
#ifndef QUOTED_H
#define QUOTED_H

#include "ends.h"
#include "index.h"

/* So many are remembered. */
enum { QUOTED_MAX = 4096 };

/* hash: of the endpoints, the same for both directions, made with a secret key. Without memory, the number is given
 * to nobody. True when the number was taken for them. */
bool capan_quoted_add(struct capan_index *, const struct capan_endpoint *from, const struct capan_endpoint *to,
                      uint64_t hash, uint32_t stream);
/* Takes the number of these endpoints out. False when they were not quoted. */
bool capan_quoted_take(struct capan_index *, const struct capan_endpoint ends[2], uint64_t hash, uint32_t *stream);
void capan_quoted_free(struct capan_index *);

#endif
