/* SPDX-License-Identifier: MIT */
/* Copies of an exchange: the struct, its field lists and all octets, one behind the other in one block. */
#include "capan/exchange.h"

#include "alloc.h"
#include "copies.h"

static size_t fields_of(const struct capan_exchange *exchange) {
    return exchange->request_field_count + exchange->response_field_count + exchange->request_trailer_count +
           exchange->response_trailer_count;
}

static size_t size_of(const struct capan_exchange *exchange) {
    return sizeof *exchange + fields_of(exchange) * sizeof(struct capan_http_field) + exchange->method.len +
           exchange->target.len + exchange->authority.len +
           capan_copies_len(exchange->request_fields, exchange->request_field_count) +
           capan_copies_len(exchange->response_fields, exchange->response_field_count) +
           capan_copies_len(exchange->request_trailers, exchange->request_trailer_count) +
           capan_copies_len(exchange->response_trailers, exchange->response_trailer_count);
}

struct capan_exchange *capan_exchange_copy(const struct capan_alloc *alloc, const struct capan_exchange *exchange) {
    struct capan_exchange *copy = alloc->resize(alloc->context, NULL, 0, size_of(exchange));
    if (!copy) return NULL;
    struct capan_http_field *fields = (struct capan_http_field *)(copy + 1);
    struct capan_copies copies = {fields, (uint8_t *)(fields + fields_of(exchange))};
    *copy = *exchange;
    copy->request_lines = NULL;
    copy->request_line_count = 0;
    copy->response_lines = NULL;
    copy->response_line_count = 0;
    copy->phrase = (struct capan_span){0};
    copy->method = capan_copies_span(&copies, exchange->method);
    copy->target = capan_copies_span(&copies, exchange->target);
    copy->authority = capan_copies_span(&copies, exchange->authority);
    copy->request_fields = capan_copies_fields(&copies, exchange->request_fields, exchange->request_field_count);
    copy->response_fields = capan_copies_fields(&copies, exchange->response_fields, exchange->response_field_count);
    copy->request_trailers = capan_copies_fields(&copies, exchange->request_trailers, exchange->request_trailer_count);
    copy->response_trailers =
        capan_copies_fields(&copies, exchange->response_trailers, exchange->response_trailer_count);
    return copy;
}

void capan_exchange_free(const struct capan_alloc *alloc, struct capan_exchange *copy) {
    if (copy) capan_delete(alloc, copy, size_of(copy));
}
