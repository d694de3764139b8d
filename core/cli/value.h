/* SPDX-License-Identifier: MIT */
/* What a message of an exchange says in a field. */
#ifndef VALUE_H
#define VALUE_H

#include <string.h>

#include "capan/exchange.h"

/* The value of the first line of that name, in lower case; empty when there is none, or it is not kept. */
static inline struct capan_span value_of(const struct capan_exchange *exchange, bool request, const char *name) {
    const struct capan_http_field *fields = request ? exchange->request_fields : exchange->response_fields;
    const size_t count = request ? exchange->request_field_count : exchange->response_field_count, len = strlen(name);
    for (size_t i = 0; i < count; i++)
        if (fields[i].name.len == len && memcmp(fields[i].name.at, name, len) == 0) return fields[i].value;
    return (struct capan_span){NULL, 0};
}

#endif
