/* SPDX-License-Identifier: MIT */
/* A capture's records: made, found by frame, time and octet. */
#ifndef RECORDING_H
#define RECORDING_H

#include "record.h"

void capan_recording_init(struct recording *, uint64_t memory, uint64_t seed, const struct capan_alloc *);
void capan_recording_free(struct recording *);
/* CAPAN_NO_MEMORY: it was not noted. */
enum capan_result capan_recording_add(struct recording *, const struct capan_packet *);

enum capan_result capan_recording_icmp(struct recording *, uint32_t frame);
bool capan_recording_has_icmp(const struct recording *, int64_t frame);

/* The record of that frame, of that connection (RECORD_NONE: any); NULL when there is none. */
const struct record *capan_recording_find(const struct recording *, uint32_t frame, uint32_t talk);
/* Whether a segment of the connection was captured at that time. All records are to be there by then. False too
 * without memory. */
bool capan_recording_at(struct recording *, uint32_t talk, int64_t time_ns);
/* Whether two segments of the connection, of its first 4096, were captured so long one after the other. */
bool capan_recording_apart(struct recording *, uint32_t talk, int64_t ns);
/* Copies the octets [from, from + len) of the sender of near, as they passed there or in records around it. Returns how
 * many of them, from the first on, are there. */
size_t capan_recording_octets(const struct recording *, const struct record *near, int64_t from, uint8_t *to,
                              size_t len);

#endif
