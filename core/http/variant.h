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

struct capan_vary_list {
    struct capan_span names; /* in lower case, a comma after each; empty when nothing is listed or without memory */
    uint32_t bits;           /* enum capan_vary */
};
struct capan_vary_list capan_vary_read(struct capan_arena *, const struct capan_kept *response);
/* The names without a leading accept-encoding; all of them where it stands elsewhere than first or last. */
struct capan_span capan_vary_others(struct capan_span names);
/* The values that the request has for those names, as one number; 0 when there are no names. What does not change their
 * meaning does not count (RFC 9111 4.1): white space around list members; of Accept and its kin case and order. */
uint64_t capan_variant_of(struct capan_hash_key, struct capan_span names, const struct capan_kept *request);

#endif
