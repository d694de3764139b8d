/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "bytes.h"
#include "field.h"

#define NS_PER_S 1e9
#define SHOWN_MAX 96 /* octets of one value */

struct text {
    char *at;
    size_t len;
};

static void put(struct text *text, const char *format, ...) CAPAN_PRINTF(2, 3);

static void put(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text->at + text->len, CAPAN_EXPLAIN_TEXT - text->len, format, arguments);
    va_end(arguments);
    if (len > 0) text->len = min_u64(text->len + (size_t)len, CAPAN_EXPLAIN_TEXT - 1);
}

static void put_span(struct text *text, struct capan_span octets) {
    size_t shown = octets.len > SHOWN_MAX ? SHOWN_MAX : octets.len;
    for (size_t i = 0; i < shown && text->len < CAPAN_EXPLAIN_TEXT - 1; i++) {
        bool printable = octets.at[i] >= ' ' && octets.at[i] < 0x7f;
        text->at[text->len++] = printable ? (char)octets.at[i] : '?';
    }
    text->at[text->len] = 0;
    if (shown < octets.len) put(text, "...");
}

static struct capan_span value_of(const struct capan_http_field *fields, size_t count, enum capan_field number) {
    size_t at = 0;
    const struct capan_http_field *field = capan_field_next(fields, count, number, &at);
    return field ? field->value : (struct capan_span){0};
}

static void put_field(struct text *text, const char *before, const struct capan_exchange *exchange, enum capan_field number) {
    struct capan_span value = value_of(exchange->request_fields, exchange->request_field_count, number);
    if (!value.len) return;
    put(text, "%s", before);
    put_span(text, value);
}

static void put_request(struct text *text, const struct capan_exchange *exchange) {
    if (!exchange->method.len) {
        put(text, "an answer whose request was not captured");
        return;
    }
    put_span(text, exchange->method);
    put(text, " ");
    put_span(text, exchange->target);
    if (exchange->request.last_frame) put(text, " (frame %u)", exchange->request.last_frame);
    put_field(text, " demands If-Match ", exchange, CAPAN_FIELD_IF_MATCH);
    put_field(text, " demands no change since ", exchange, CAPAN_FIELD_IF_UNMODIFIED_SINCE);
    put_field(text, " asks with If-None-Match ", exchange, CAPAN_FIELD_IF_NONE_MATCH);
    if (exchange->cond == CAPAN_COND_VALIDATE_DATE) put_field(text, " asks with If-Modified-Since ", exchange, CAPAN_FIELD_IF_MODIFIED_SINCE);
    put_field(text, " wants ", exchange, CAPAN_FIELD_RANGE);
    if (exchange->cond == CAPAN_COND_RANGE_GUARD) put_field(text, " if still ", exchange, CAPAN_FIELD_IF_RANGE);
}

static const char *const provenance_texts[CAPAN_HTTP_PROVENANCE_COUNT] = {
    [CAPAN_PROVENANCE_SEEN_OLDER] = ", not the newest it was given",
    [CAPAN_PROVENANCE_OTHER_VARIANT] = ", given for another variant",
    [CAPAN_PROVENANCE_OTHER_RESOURCE] = ", a tag that only another resource was seen to have",
    [CAPAN_PROVENANCE_TRANSFORMED] = ", not as it was given",
    [CAPAN_PROVENANCE_DATE_DERIVED] = ", made from the Date of the copy",
    [CAPAN_PROVENANCE_UNSEEN] = ", not given in this capture",
};

static void put_origin(struct text *text, const struct capan_exchange *exchange) {
    if (exchange->validator_in) {
        double age_s = (double)(exchange->request.first_ns - exchange->validator_ns) / NS_PER_S;
        put(text, ", given in frame %u %.3f s before", exchange->validator_in, age_s > 0 ? age_s : 0);
    }
    if (provenance_texts[exchange->provenance]) put(text, "%s", provenance_texts[exchange->provenance]);
}

static void put_answer(struct text *text, const struct capan_exchange *exchange) {
    if (exchange->status) put(text, "; %u", exchange->status);
    if (exchange->status && exchange->response.last_frame) put(text, " (frame %u)", exchange->response.last_frame);
    put(text, "%s %s", exchange->status ? ":" : ";", capan_http_outcomes[exchange->outcome].sentence);
    const struct capan_token *reason = &capan_http_reasons[exchange->reason];
    if (reason->sentence[0]) put(text, ", because %s", reason->sentence);
}

static void put_copy(struct text *text, const struct capan_exchange *exchange) {
    if (!exchange->known_in || exchange->fresh_lifetime_s < 0) return;
    put(text, "; its copy of frame %u was %lld s old, %sfresh for %lld s", exchange->known_in, (long long)exchange->age_s,
        exchange->fresh_heuristic ? "by the 10 % rule " : "", (long long)exchange->fresh_lifetime_s);
}

static void put_cost(struct text *text, const struct capan_exchange *exchange) {
    if (exchange->saved) put(text, "; %llu octets spared", (unsigned long long)exchange->saved);
    if (exchange->wasted) put(text, "; %llu octets sent in vain", (unsigned long long)exchange->wasted);
    if (exchange->status && exchange->server_ns >= 0) put(text, "; answered after %.3f ms", (double)exchange->server_ns / 1e6);
}

static void put_violations(struct text *text, const struct capan_exchange *exchange) {
    for (unsigned i = 0; i < CAPAN_HTTP_VIOLATION_COUNT; i++) {
        if (!(exchange->violations >> i & 1)) continue;
        put(text, "; %s (%s)", capan_http_violations[i].sentence, capan_http_violations[i].source);
    }
}

size_t capan_exchange_explain(const struct capan_exchange *exchange, char buffer[CAPAN_EXPLAIN_TEXT]) {
    struct text text = {buffer, 0};
    buffer[0] = 0;
    put_request(&text, exchange);
    put_origin(&text, exchange);
    put_answer(&text, exchange);
    const char *source = capan_http_outcomes[exchange->outcome].source;
    if (source[0]) put(&text, " (%s)", source);
    put_copy(&text, exchange);
    put_cost(&text, exchange);
    put_violations(&text, exchange);
    return text.len;
}
