/* SPDX-License-Identifier: MIT */
/* Target URIs (RFC 9110 4.2, RFC 9112 3.2), as far as two of them must be known to be the same. */
#ifndef URI_H
#define URI_H

#include "arena.h"
#include "hash.h"

/* absolute-form = scheme "://" authority path (RFC 9112 3.2.2). False: it is another form. */
bool capan_uri_split(struct capan_span target, struct capan_span *scheme, struct capan_span *authority,
                     struct capan_span *path);
/* A target URI in its normal form (RFC 9110 4.2.3) as one row of octets: scheme, host in lower case, NUL, path. Empty
 * without memory. */
struct capan_span capan_uri_write(struct capan_arena *, struct capan_span authority, struct capan_span path,
                                  bool secure);
/* The authority as sent, in lower case: a part of the URI unless a port was taken off. */
struct capan_span capan_uri_authority(struct capan_arena *, struct capan_span authority, struct capan_span uri,
                                      bool secure);
/* Its key. Without an authority the server stands for it, by its own key. */
uint64_t capan_uri_key(struct capan_hash_key, struct capan_span uri, uint64_t server);

#endif
