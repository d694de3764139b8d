/* SPDX-License-Identifier: MIT */
/* The two endpoints of a connection, in either order. */
#ifndef ENDS_H
#define ENDS_H

#include <string.h>

#include "capan/base.h"

static inline bool same_end(const struct capan_endpoint *a, const struct capan_endpoint *b) {
    return a->port == b->port && a->address.version == b->address.version &&
           memcmp(a->address.octets, b->address.octets, a->address.version == 6 ? 16 : 4) == 0;
}

/* True when the ends are these two, either way. */
static inline bool are_between(const struct capan_endpoint ends[2], const struct capan_endpoint *a,
                               const struct capan_endpoint *b) {
    return (same_end(&ends[0], a) && same_end(&ends[1], b)) || (same_end(&ends[0], b) && same_end(&ends[1], a));
}

#endif
