/* SPDX-License-Identifier: MIT */
/* Vary: which request fields select a representation (RFC 9110 12.5.5, RFC 9111 4.1). */
#ifndef VARIANT_H
#define VARIANT_H

#include "hash.h"
#include "kept.h"

enum capan_vary {
    CAPAN_VARY_STAR = 1 << 0,
    CAPAN_VARY_ENCODING = 1 << 1, /* Accept-Encoding */
    CAPAN_VARY_LANGUAGE = 1 << 2, /* Accept-Language */
    CAPAN_VARY_BROAD = 1 << 3     /* User-Agent, Cookie, Referer: nearly every client its own */
};

/* What Vary names, of enum capan_vary. */
uint32_t capan_vary_read(const struct capan_kept *response);
/* The names that Vary lists, each followed by a comma, in lower case, for capan_variant_of later. len 0 without memory or
 * when nothing is listed. */
struct capan_span capan_vary_names(struct capan_arena *, const struct capan_kept *response);
/* The values that the request has for those names, as one number; 0 when there are no names. White space around list
 * members does not count (RFC 9111 4.1). */
uint64_t capan_variant_of(struct capan_hash_key, struct capan_span names, const struct capan_kept *request);

#endif
