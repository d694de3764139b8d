/* SPDX-License-Identifier: MIT */
#include "trailer.h"

#include "field.h"

/* A field may be sent in a trailer section when its definition permits it. Of those that are known here, two do; of
 * those that no RFC of HTTP defines, their makers may have said so. All others say nothing of trailers: they are needed
 * before the content, for framing, routing, authentication, as request modifiers, response controls or for the
 * content's format. */
static const struct row {
    enum capan_field field;
    const char *source;
} permitted[] = {
    {CAPAN_FIELD_OTHER, "unknown"},
    {CAPAN_FIELD_ETAG, "RFC 9110 8.8.3"},
    {CAPAN_FIELD_ACCEPT_RANGES, "RFC 9110 14.3"},
    {CAPAN_FIELD_CACHE_STATUS, "unknown"},
    {CAPAN_FIELD_X_CACHE, "unknown"},
    {CAPAN_FIELD_X_CACHE_HITS, "unknown"},
    {CAPAN_FIELD_X_CACHE_LOOKUP, "unknown"},
    {CAPAN_FIELD_X_CACHE_STATUS, "unknown"},
    {CAPAN_FIELD_X_VARNISH, "unknown"},
    {CAPAN_FIELD_CF_CACHE_STATUS, "unknown"},
};

static bool is_permitted(enum capan_field field) {
    for (size_t i = 0; i < sizeof permitted / sizeof *permitted; i++)
        if (permitted[i].field == field) return true;
    return false;
}

uint32_t capan_trailer_findings(const struct capan_http_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!is_permitted(capan_field_number(fields[i].name))) return UINT32_C(1) << CAPAN_FRAMING_TRAILER_FORBIDDEN;
    return 0;
}
