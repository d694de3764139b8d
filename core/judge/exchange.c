/* SPDX-License-Identifier: MIT */
/* Copies of an exchange: the struct, its field lists and all octets, one behind the other in one block. */
#include "capan/exchange.h"

#include "alloc.h"
#include "bytes.h"

/* What of the block is not used yet. */
struct room {
    struct capan_http_field *fields;
    uint8_t *octets;
};

static size_t octets_of(const struct capan_http_field *fields, size_t count) {
    size_t octets = 0;
    for (size_t i = 0; i < count; i++) octets += fields[i].name.len + fields[i].value.len;
    return octets;
}

static size_t fields_of(const struct capan_exchange *exchange) {
    return exchange->request_field_count + exchange->response_field_count + exchange->request_trailer_count +
           exchange->response_trailer_count;
}

static size_t size_of(const struct capan_exchange *exchange) {
    return sizeof *exchange + fields_of(exchange) * sizeof(struct capan_http_field) + exchange->method.len +
           exchange->target.len + exchange->authority.len +
           octets_of(exchange->request_fields, exchange->request_field_count) +
           octets_of(exchange->response_fields, exchange->response_field_count) +
           octets_of(exchange->request_trailers, exchange->request_trailer_count) +
           octets_of(exchange->response_trailers, exchange->response_trailer_count);
}

static struct capan_span keep(struct room *room, struct capan_span span) {
    if (!span.len) return (struct capan_span){NULL, 0};
    span.at = memcpy(room->octets, span.at, span.len);
    room->octets += span.len;
    return span;
}

static const struct capan_http_field *keep_fields(struct room *room, const struct capan_http_field *fields,
                                                  size_t count) {
    struct capan_http_field *kept = room->fields;
    room->fields += count;
    for (size_t i = 0; i < count; i++)
        kept[i] = (struct capan_http_field){keep(room, fields[i].name), keep(room, fields[i].value)};
    return count ? kept : NULL;
}

struct capan_exchange *capan_exchange_copy(const struct capan_alloc *alloc, const struct capan_exchange *exchange) {
    struct capan_exchange *copy = alloc->resize(alloc->context, NULL, 0, size_of(exchange));
    if (!copy) return NULL;
    struct capan_http_field *fields = (struct capan_http_field *)(copy + 1);
    struct room room = {fields, (uint8_t *)(fields + fields_of(exchange))};
    *copy = *exchange;
    copy->request_lines = NULL;
    copy->request_line_count = 0;
    copy->method = keep(&room, exchange->method);
    copy->target = keep(&room, exchange->target);
    copy->authority = keep(&room, exchange->authority);
    copy->request_fields = keep_fields(&room, exchange->request_fields, exchange->request_field_count);
    copy->response_fields = keep_fields(&room, exchange->response_fields, exchange->response_field_count);
    copy->request_trailers = keep_fields(&room, exchange->request_trailers, exchange->request_trailer_count);
    copy->response_trailers = keep_fields(&room, exchange->response_trailers, exchange->response_trailer_count);
    return copy;
}

void capan_exchange_free(const struct capan_alloc *alloc, struct capan_exchange *copy) {
    if (copy) capan_delete(alloc, copy, size_of(copy));
}
