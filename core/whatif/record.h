/* SPDX-License-Identifier: MIT */
/* An exchange as far as a cache looks at it. */
#ifndef RECORD_H
#define RECORD_H

#include "capan/whatif.h"
#include "directives.h"
#include "validator.h"
#include "variant.h"

/* What a request, or a response, is; for the tables of rules. */
enum capan_record_fact {
    CAPAN_WHATIF_IS_GET = 1 << 0,
    CAPAN_WHATIF_IS_HEAD = 1 << 1,
    CAPAN_WHATIF_IS_UNSAFE = 1 << 2, /* not known to be safe (RFC 9110 9.2.1) */
    CAPAN_WHATIF_HAS_RANGE = 1 << 3,
    CAPAN_WHATIF_IS_AUTHORIZED = 1 << 4,
    CAPAN_WHATIF_ASKS_NO_STORE = 1 << 5,
    CAPAN_WHATIF_ASKS_NO_CACHE = 1 << 6,
    CAPAN_WHATIF_ASKS_PRAGMA = 1 << 7, /* and has no Cache-Control */
    CAPAN_WHATIF_HAS_ANSWER = 1 << 8,
    CAPAN_WHATIF_IS_COMPLETE = 1 << 9
};

/* The fields of a response; RFC 9111 3.2 says which a later response replaces. */
struct capan_whatif_fields {
    struct capan_directives cc; /* cc.flags has CAPAN_CC_PRESENT where there is one */
    struct capan_tag tag;
    struct capan_date_field date, expires, modified;
    struct capan_span names; /* of Vary, as in variant.h */
    bool has_vary, vary_any; /* vary_any: "*" */
    int64_t age_s;           /* -1 none, or not to be read */
    uint64_t content_length; /* UINT64_MAX unknown */
};

struct capan_record {
    struct capan_whatif_row row;
    uint32_t resource;                       /* its number; UINT32_MAX: no request was captured */
    uint64_t client;                         /* whose cache it is */
    uint32_t facts;                          /* enum capan_record_fact */
    int64_t asked_ns, received_ns, ended_ns; /* request's last octet, response's first and last */
    struct capan_tag asked_tag;              /* the only member of If-None-Match */
    struct capan_date_field asked_date;      /* If-Modified-Since, where there is no If-None-Match */
    struct capan_http_field *lines;          /* of the request: any may select a variant (RFC 9111 4.1) */
    size_t line_count;
    struct capan_whatif_fields fields;
    uint64_t encoding;            /* hash of Content-Encoding; 0 none */
    uint64_t digest, body_octets; /* of the coded content; digest 0 unknown */
    uint64_t octets;              /* of both messages */
    int64_t round_trips_x100;     /* that it took, 100 where that is not known, and its handshakes */
};

/* Fills in all but row, resource, client and lines. response: its fields, changed already. arena holds names. */
void capan_record_read(struct capan_record *, struct capan_hash_key, struct capan_arena *,
                       const struct capan_exchange *, const struct capan_http_field *response, size_t count);
/* The variant that this record's request selects by those names. */
uint64_t capan_record_variant(const struct capan_record *, struct capan_hash_key, struct capan_span names);

#endif
