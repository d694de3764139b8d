/* SPDX-License-Identifier: MIT */
/* Control data of HTTP/2 and HTTP/3: pseudo-header fields, which stand before the others (RFC 9113 8.3, RFC 9114 4.3).
 */
#ifndef PSEUDO_H
#define PSEUDO_H

#include "head.h"

/* Takes them off the front of a field section: head gets what they say, and the rest as its fields. head->request says
 * which are meant. CONNECT has no :path (RFC 9113 8.5): its target is the authority, as in HTTP/1. */
void capan_pseudo_read(struct capan_http_head *head, const struct capan_http_field *fields, size_t count);
/* A section without them is a message's trailers (RFC 9113 8.1). */
bool capan_pseudo_is_trailers(const struct capan_http_head *head);

#endif
