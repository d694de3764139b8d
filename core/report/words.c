/* SPDX-License-Identifier: MIT */
#include "words.h"

#include "bytes.h"

int64_t capan_exchange_begin_ns(const struct capan_exchange *exchange) {
    return exchange->request.first_frame ? exchange->request.first_ns : exchange->response.first_ns;
}

int64_t capan_exchange_end_ns(const struct capan_exchange *exchange) {
    return exchange->response.last_frame ? exchange->response.last_ns : exchange->request.last_ns;
}

int64_t capan_exchange_took_ns(const struct capan_exchange *exchange) {
    bool both = exchange->request.first_frame && exchange->response.last_frame;
    return both ? exchange->response.last_ns - exchange->request.first_ns : -1;
}

uint32_t capan_exchange_frame(const struct capan_exchange *exchange) {
    return exchange->request.last_frame ? exchange->request.last_frame : exchange->response.last_frame;
}

uint32_t capan_exchange_first_frame(const struct capan_exchange *exchange) {
    return exchange->request.first_frame ? exchange->request.first_frame : exchange->response.first_frame;
}

uint32_t capan_exchange_last_frame(const struct capan_exchange *exchange) {
    return max_u32(exchange->request.last_frame, exchange->response.last_frame);
}

enum capan_severity capan_exchange_severity(const struct capan_exchange *exchange) {
    enum capan_severity severity = capan_http_outcomes[exchange->outcome].severity;
    uint64_t violations = exchange->violations;
    for (const struct capan_token *token; (token = capan_take_token(capan_http_violations, &violations));)
        if (token->severity > severity) severity = token->severity;
    return severity < CAPAN_NOTE ? CAPAN_NONE : severity;
}

static struct capan_span field_value(const struct capan_http_field *fields, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (span_equal(fields[i].name, span_of(name))) return fields[i].value;
    return (struct capan_span){NULL, 0};
}

struct capan_span capan_request_field(const struct capan_exchange *exchange, const char *name) {
    return field_value(exchange->request_fields, exchange->request_field_count, name);
}

struct capan_span capan_response_field(const struct capan_exchange *exchange, const char *name) {
    return field_value(exchange->response_fields, exchange->response_field_count, name);
}

bool capan_response_has_validator(const struct capan_exchange *exchange) {
    return capan_response_field(exchange, "etag").len || capan_response_field(exchange, "last-modified").len;
}

const char *capan_http_version_text(uint8_t version) {
    switch (version) {
    case 9: return "0.9";
    case 10: return "1.0";
    case 11: return "1.1";
    case 20: return "2";
    case 30: return "3";
    default: return NULL;
    }
}

static size_t put(uint8_t *text, size_t len, struct capan_span span) {
    if (span.len) memcpy(text + len, span.at, span.len);
    return len + span.len;
}

struct capan_span capan_fields_text(const struct capan_http_field *fields, size_t count,
                                    uint8_t text[CAPAN_FIELDS_TEXT]) {
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        if (fields[i].name.len + fields[i].value.len + 4 > CAPAN_FIELDS_TEXT - len) break;
        if (len) len = put(text, len, span_of("; "));
        len = put(text, len, fields[i].name);
        len = put(text, len, span_of(": "));
        len = put(text, len, fields[i].value);
    }
    return (struct capan_span){text, len};
}
