/* SPDX-License-Identifier: MIT */
/* The second half of the work on a thread of its own: exchanges are judged, and rows written, in the order in which
 * they come, while the next are found. */
#ifndef RELAY_H
#define RELAY_H

#include "capan/capan.h"

struct relay;

/* Segments and connections are told the sink on the relay's thread. NULL without memory or thread: they are told where
 * they are found, then. */
struct relay *relay_new(const struct capan_sink *);
/* For struct capan_config, whose analysis must be named before it is given anything; it must live as long. */
struct capan_notes relay_notes(struct relay *);
void relay_hears(struct relay *, struct capan_analysis *);

/* As the functions of the sink. The connection that comes with a segment has no names of TLS's. */
void relay_segment(struct relay *, const struct capan_segment *, const uint32_t *acks, const struct capan_connection *);
void relay_connection(struct relay *, const struct capan_connection *);

/* Whether nothing has come since it was settled. */
bool relay_is_settled(const struct relay *);
/* All that came was told; until the next comes, nobody else uses what the sink uses. */
void relay_settle(struct relay *);
/* Settles, and ends the thread. relay may be NULL. False: some were not told, for memory. */
bool relay_free(struct relay *);

#endif
