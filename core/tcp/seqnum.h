/* SPDX-License-Identifier: MIT */
/* Arithmetic on the 2^32 circle of sequence numbers, and from it to 64 bits. RFC 9293 3.4. */
#ifndef SEQNUM_H
#define SEQNUM_H

#include <stdbool.h>
#include <stdint.h>

/* How far b lies ahead of a on the circle: -2^31 to 2^31 - 1. */
static inline int64_t capan_seq_distance(uint32_t a, uint32_t b) {
    int64_t forward = (uint32_t)(b - a);
    return forward > INT32_MAX ? forward - (INT64_C(1) << 32) : forward;
}

/* True when a comes before b (RFC 9293 3.4).
 * Not an order when they are exactly 2^31 apart: then both directions answer true. */
static inline bool capan_seq_lt(uint32_t a, uint32_t b) {
    return (uint32_t)(a - b) > UINT32_C(0x7fffffff);
}
static inline bool capan_seq_gt(uint32_t a, uint32_t b) {
    return capan_seq_lt(b, a);
}

/* The 64-bit number whose low 32 bits stand for raw and that lies next to near: within 2^31 before or behind. first is
 * the raw number that 0 stands for (the ISN). */
static inline int64_t capan_seq_unwrap(uint32_t raw, uint32_t first, int64_t near) {
    return near + capan_seq_distance((uint32_t)near, (uint32_t)(raw - first));
}

#endif
