/* SPDX-License-Identifier: MIT */
/* Frames of HTTP/2 on a connection that the capture joined later: told by their headers, each of which leads to the
 * next (RFC 9113 4.1). */
#ifndef MIDWAY_H
#define MIDWAY_H

#include "capan/base.h"

/* One direction's. */
struct capan_midway_side {
    uint32_t left; /* octets of the frame's payload still to come */
    uint8_t header_len, header[9];
    uint8_t frames, tries;
    bool is_broken;
};
struct capan_midway {
    struct capan_midway_side side[2];
};

/* Octets of a direction as they were sent in one segment; what does not begin with a frame may do so with a later one.
 */
void capan_midway_octets(struct capan_midway_side *, struct capan_span);
void capan_midway_gap(struct capan_midway_side *, uint64_t len);
/* So many headers in a row, in one direction or in both, are no chance. */
bool capan_midway_tells(const struct capan_midway *);

#endif
