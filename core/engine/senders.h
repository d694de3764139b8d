/* SPDX-License-Identifier: MIT */
/* Hosts whose segments were captured before their network card filled in the checksum (RFC 9293 3.1): those of an
 * address that passed an interface have sums that are mostly wrong, though what leaves the host is right. Gathered from
 * connections that are over. */
#ifndef SENDERS_H
#define SENDERS_H

#include "flow.h"

enum { INTERFACES_MAX = 32, SENDERS_SHOWN = 8 };

/* Owned by its user: open, then close. Must stay where it is. */
struct senders {
    struct capan_index index;
    size_t interface_count;
    char interfaces[INTERFACES_MAX][CAPAN_INTERFACE_NAME]; /* by number; 0 is the one without a name */
    struct capan_finding shown[SENDERS_SHOWN];
};

void capan_senders_open(struct senders *, uint64_t seed, const struct capan_alloc *);
void capan_senders_close(struct senders *);

/* The number of an interface; 0 too where there are too many. */
uint8_t capan_senders_interface(struct senders *, const char *name);
/* A connection has closed, or is over: what both sides of it were like. Told again, it is passed over. */
void capan_senders_note(struct senders *, struct flow *);
/* Whether that host leaves its checksums to its network card there, for all that is known by now. */
bool capan_senders_leaves(const struct senders *, const struct capan_address *, const char *interface);
/* Those that do, as findings, most segments first. */
size_t capan_senders_findings(struct senders *, const struct capan_finding **);

/* Of such a host, without counts. */
struct capan_finding capan_senders_finding(const struct capan_address *host);
/* Puts one among the first frames, which are told in another order: connections end as they did not begin. */
void capan_senders_frame(uint32_t frames[CAPAN_FINDING_FRAMES], uint32_t *count, uint32_t frame);
/* Puts one among those that are shown, most segments first. Returns how many there are then. */
size_t capan_senders_show(struct capan_finding shown[SENDERS_SHOWN], size_t count, const struct capan_finding *);

#endif
