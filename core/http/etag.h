/* SPDX-License-Identifier: MIT */
/* Entity tags (RFC 9110 8.8.3), their lists in If-Match and If-None-Match (13.1.1, 13.1.2), and how two compare. */
#ifndef ETAG_H
#define ETAG_H

#include "field.h"

struct capan_etag {
    struct capan_span opaque; /* the octets between the quotes */
    bool weak;
};

/* [ W/ ] DQUOTE *etagc DQUOTE and nothing else; W is case-sensitive, a backslash escapes nothing. False: malformed, and
 * *etag is the whole value as it stands, as opaque octets. */
bool capan_etag_read(struct capan_span value, struct capan_etag *etag);

/* RFC 9110 8.8.3.2. Strong: both not weak and the same octets. */
bool capan_etag_strong_equal(const struct capan_etag *a, const struct capan_etag *b);
bool capan_etag_weak_equal(const struct capan_etag *a, const struct capan_etag *b);

/* Walks the members of all field lines of one name, in order, as if they were one list (RFC 9110 5.3). */
struct capan_etag_list {
    const struct capan_http_field *fields;
    size_t count, at;
    enum capan_field number;
    struct capan_span rest;
};

enum capan_etag_member {
    CAPAN_ETAG_END,
    CAPAN_ETAG_TAG,
    CAPAN_ETAG_STAR,     /* right only as the sole member */
    CAPAN_ETAG_MALFORMED /* *etag holds the member's octets up to the next comma */
};

struct capan_etag_list capan_etag_list(const struct capan_http_field *fields, size_t count, enum capan_field number);
enum capan_etag_member capan_etag_next(struct capan_etag_list *list, struct capan_etag *etag);

/* What such a field holds as a whole. */
struct capan_etag_summary {
    uint32_t tags, strong, malformed;
    bool star;
    bool valid; /* "*" alone, or tags (none at all, too: RFC 9110 5.6.1), and nothing malformed */
};
struct capan_etag_summary capan_etag_summary(const struct capan_http_field *fields, size_t count,
                                             enum capan_field number);

#endif
