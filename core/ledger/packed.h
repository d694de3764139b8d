/* SPDX-License-Identifier: MIT */
/* A segment's verdict in about 25 octets instead of 136: what is kept per TCP frame. */
#ifndef PACKED_H
#define PACKED_H

#include "capan/tcp.h"

/* The raw numbers that 0 stands for in each direction of a connection, by enum capan_direction; 0 not known yet. With
 * the right ones a segment is short. What was packed with some is unpacked with the same. */
struct capan_bases {
    uint32_t at[2];
};
/* Learns what is not known yet. */
void capan_bases_learn(struct capan_bases *, const struct capan_segment *);

/* Room that packing needs at most, for a segment that acknowledges acks_count data frames. */
size_t capan_packed_room(uint32_t acks_count);
/* Packs all but serial, frame and time_ns into at. Returns the length. */
size_t capan_pack(uint8_t *at, const struct capan_segment *segment, const uint32_t *acks, const struct capan_bases *);
/* The reverse; segment->frame is set already. Returns where the packed acks begin. */
const uint8_t *capan_unpack(struct capan_segment *segment, const uint8_t *at, const struct capan_bases *);
/* Only its connection, whose bases need not be known. */
uint32_t capan_unpack_stream(const uint8_t *at);
/* The segment->acks_count frames at what capan_unpack returned. */
void capan_unpack_acks(uint32_t *acks, const struct capan_segment *segment, const uint8_t *at);

#endif
