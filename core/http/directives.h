/* SPDX-License-Identifier: MIT */
/* Cache-Control and Pragma (RFC 9111 5.2, 5.4; RFC 5861; RFC 8246). */
#ifndef DIRECTIVES_H
#define DIRECTIVES_H

#include "kept.h"

enum capan_directive {
    CAPAN_NO_STORE = 1 << 0,
    CAPAN_NO_CACHE = 1 << 1, /* unqualified: the whole response */
    CAPAN_PRIVATE = 1 << 2,  /* unqualified */
    CAPAN_PUBLIC = 1 << 3,
    CAPAN_MUST_REVALIDATE = 1 << 4,
    CAPAN_PROXY_REVALIDATE = 1 << 5,
    CAPAN_IMMUTABLE = 1 << 6,
    CAPAN_ONLY_IF_CACHED = 1 << 7,
    CAPAN_MAX_STALE_ANY = 1 << 8, /* max-stale without an argument */
    CAPAN_PRAGMA_NO_CACHE = 1 << 9,
    CAPAN_CC_PRESENT = 1 << 10,
    CAPAN_CC_FAULT = 1 << 11,    /* an argument missing, bad or needless; a response's directive in a request */
    CAPAN_CC_CONFLICT = 1 << 12, /* one directive with two values (RFC 9111 4.2.1) */
    CAPAN_MUST_UNDERSTAND = 1 << 13
};

/* Seconds; -1 where absent. */
struct capan_directives {
    uint32_t flags; /* enum capan_directive */
    int64_t max_age, s_maxage, min_fresh, max_stale, stale_while_revalidate, stale_if_error;
};

void capan_directives_read(struct capan_directives *, const struct capan_kept *, bool request);

/* The client asked for more than a stored response (RFC 9111 5.2.1, 5.4). */
bool capan_directives_reload(const struct capan_directives *);

#endif
