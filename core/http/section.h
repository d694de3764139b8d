/* SPDX-License-Identifier: MIT */
/* A field section as it is decompressed, line by line (RFC 9113 4.3, RFC 9114 4.2). */
#ifndef SECTION_H
#define SECTION_H

#include "capan/http.h"

/* What a decoder hands out at most for one section: what lines cost by RFC 9113 10.5.1 and RFC 9114 4.2.2. */
enum { SECTION_MAX = 1 << 16 };

/* Begun with its alloc, the rest zero; ended with capan_section_free. */
struct capan_section {
    const struct capan_alloc *alloc;
    uint8_t *text;
    size_t len, size;
    struct capan_http_field *fields;
    size_t count, capacity;
};

/* A capan_http_line whose context is the section: copies the line. False without memory. */
bool capan_section_line(void *section, struct capan_span name, struct capan_span value);
/* Its section->count lines, now that all have come. Valid until it is freed. */
const struct capan_http_field *capan_section_fields(struct capan_section *);
void capan_section_free(struct capan_section *);

#endif
