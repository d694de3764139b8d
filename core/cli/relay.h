/* SPDX-License-Identifier: MIT */
/* Verdicts told on a thread of its own, in the order in which they came: rows are written while the next are found. */
#ifndef RELAY_H
#define RELAY_H

#include "capan/capan.h"

struct relay;

/* Verdicts are told to the sink, of which segment and exchange may be there, on the relay's thread. NULL without memory
 * or thread: they are told where they are found, then. */
struct relay *relay_new(const struct capan_sink *);
/* What the analysis is to tell. */
struct capan_sink relay_sink(struct relay *);
/* All that came was told; until the next comes, nobody else uses what the sink uses. */
void relay_settle(struct relay *);
/* Settles, and ends the thread. relay may be NULL. False: some were not told, for memory. */
bool relay_free(struct relay *);

#endif
