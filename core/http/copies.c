/* SPDX-License-Identifier: MIT */
#include "copies.h"

#include <string.h>

size_t capan_copies_len(const struct capan_http_field *fields, size_t count) {
    size_t len = 0;
    for (size_t i = 0; i < count; i++) len += fields[i].name.len + fields[i].value.len;
    return len;
}

struct capan_span capan_copies_span(struct capan_copies *copies, struct capan_span span) {
    if (!span.len) return (struct capan_span){NULL, 0};
    span.at = memcpy(copies->octets, span.at, span.len);
    copies->octets += span.len;
    return span;
}

const struct capan_http_field *capan_copies_fields(struct capan_copies *copies, const struct capan_http_field *fields,
                                                   size_t count) {
    struct capan_http_field *copied = copies->fields;
    copies->fields += count;
    for (size_t i = 0; i < count; i++)
        copied[i] = (struct capan_http_field){capan_copies_span(copies, fields[i].name),
                                              capan_copies_span(copies, fields[i].value)};
    return count ? copied : NULL;
}
