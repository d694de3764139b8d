/* SPDX-License-Identifier: MIT */
#include "pseudo.h"

#include "bytes.h"

/* Three digits (RFC 9113 8.3.2); 0 for others. */
static uint16_t status_of(struct capan_span value) {
    uint16_t status = 0;
    if (value.len != 3) return 0;
    for (size_t i = 0; i < 3; i++) {
        if (value.at[i] < '0' || value.at[i] > '9') return 0;
        status = (uint16_t)(status * 10 + (value.at[i] - '0'));
    }
    return status;
}

static void take(struct capan_http_head *head, struct capan_span name, struct capan_span value) {
    if (span_equal(name, span_of(":method")))
        head->method = value;
    else if (span_equal(name, span_of(":path")))
        head->target = value;
    else if (span_equal(name, span_of(":authority")))
        head->authority = value;
    else if (span_equal(name, span_of(":scheme")))
        head->secure = span_equal(value, span_of("https"));
    else if (span_equal(name, span_of(":status")))
        head->status = status_of(value);
}

void capan_pseudo_read(struct capan_http_head *head, const struct capan_http_field *fields, size_t count) {
    for (; count && fields->name.len && fields->name.at[0] == ':'; fields++, count--)
        take(head, fields->name, fields->value);
    head->fields = fields;
    head->field_count = count;
    if (!head->target.len && span_equal(head->method, span_of("CONNECT"))) head->target = head->authority;
}

bool capan_pseudo_is_trailers(const struct capan_http_head *head) {
    return head->request ? !head->method.len : !head->status;
}
