/* SPDX-License-Identifier: MIT */
/* Field lines and octets copied one behind the other into one block. */
#ifndef COPIES_H
#define COPIES_H

#include "capan/http.h"

/* What of the block is not used yet. */
struct capan_copies {
    struct capan_http_field *fields;
    uint8_t *octets;
};

/* The octets of names and values. */
size_t capan_copies_len(const struct capan_http_field *fields, size_t count);

struct capan_span capan_copies_span(struct capan_copies *, struct capan_span);
/* NULL where there are none. */
const struct capan_http_field *capan_copies_fields(struct capan_copies *, const struct capan_http_field *fields,
                                                   size_t count);

#endif
