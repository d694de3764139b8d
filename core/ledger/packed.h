/* SPDX-License-Identifier: MIT */
/* A segment's verdict without loss in about 50 octets instead of 200: what is kept per TCP frame. */
#ifndef PACKED_H
#define PACKED_H

#include "capan/tcp.h"

/* Room that packing needs at most, for a segment that acknowledges acks_count data frames. */
size_t capan_packed_room(uint32_t acks_count);
/* Packs all but serial, frame and time_ns into at. Returns the length. */
size_t capan_pack(uint8_t *at, const struct capan_segment *segment, const uint32_t *acks);
/* The reverse; segment->frame is set already. Returns where the packed acks begin. */
const uint8_t *capan_unpack(struct capan_segment *segment, const uint8_t *at);
/* The segment->acks_count frames at what capan_unpack returned. */
void capan_unpack_acks(uint32_t *acks, const struct capan_segment *segment, const uint8_t *at);

#endif
