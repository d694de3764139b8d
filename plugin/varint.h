/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integers of variable length (RFC 9000 16), and spans that shrink as they are read. */
#ifndef VARINT_H
#define VARINT_H

#include "compat.h"

#include "capan/base.h"

/* For trees by stream: hashes of numbers that an attacker chooses collide as he likes. */
static inline gint compare_ids(gconstpointer a, gconstpointer b, gpointer unused _U_) {
    const uint64_t *left = a, *right = b;

    return *left < *right ? -1 : *left > *right;
}

/* As much of the front as there is. */
static inline struct capan_span cut_span(struct capan_span *from, uint64_t len) {
    struct capan_span front = {from->at, (size_t)MIN(len, from->len)};

    from->at += front.len;
    from->len -= front.len;
    return front;
}

/* False, and nothing taken, when it is not all there. */
static inline bool take_varint(struct capan_span *from, uint64_t *value) {
    if (!from->len || from->len < (size_t)1 << (from->at[0] >> 6)) return false;
    struct capan_span octets = cut_span(from, (uint64_t)1 << (from->at[0] >> 6));

    *value = octets.at[0] & 0x3f;
    for (size_t i = 1; i < octets.len; i++) *value = *value << 8 | octets.at[i];
    return true;
}

#endif
