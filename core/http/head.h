/* SPDX-License-Identifier: MIT */
/* A message's head, whichever version of HTTP it came in. */
#ifndef HEAD_H
#define HEAD_H

#include "capan/http.h"
#include "moment.h"

/* A message's start line and field section. Spans are looked at only during the call. */
struct capan_http_head {
    bool request;
    struct capan_span method, target; /* request; HTTP/2: :method and :path */
    struct capan_span authority;      /* HTTP/2: :authority; empty else */
    bool secure;                      /* HTTP/2: :scheme is https */
    uint16_t status;                  /* response */
    struct capan_span phrase;         /* its reason phrase (RFC 9112 4); empty: it has none */
    uint8_t version;                  /* 9, 10, 11, 20, 30 */
    const struct capan_http_field *fields;
    size_t field_count;
    bool cut;         /* not all fields are known: no verdict can be given */
    bool refused;     /* what was sent is no request: method and target as far as there are such words */
    struct moment at; /* when its first octet could be read */
};

#endif
