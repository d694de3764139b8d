/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>

#include "bytes.h"
#include "date.h"
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

/* Whether there was anything to print. */
static bool put_field(struct text *text, const char *before, const struct capan_exchange *exchange, enum capan_field number) {
    struct capan_span value = value_of(exchange->request_fields, exchange->request_field_count, number);
    if (!value.len) return false;
    put(text, "%s", before);
    put_span(text, value);
    return true;
}

static bool put_preconditions(struct text *text, const struct capan_exchange *exchange) {
    static const struct {
        enum capan_field field;
        const char *before;
    } shown[] = {
        {CAPAN_FIELD_IF_MATCH, " demands If-Match "},
        {CAPAN_FIELD_IF_UNMODIFIED_SINCE, " demands no change since "},
        {CAPAN_FIELD_IF_NONE_MATCH, " asks with If-None-Match "},
        {CAPAN_FIELD_IF_MODIFIED_SINCE, " asks for changes since "},
        {CAPAN_FIELD_RANGE, " wants "},
        {CAPAN_FIELD_IF_RANGE, " if it is still "},
    };
    bool any = false;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        bool overridden = shown[i].field == CAPAN_FIELD_IF_MODIFIED_SINCE && exchange->cond == CAPAN_COND_VALIDATE_BOTH;
        if (!overridden && put_field(text, shown[i].before, exchange, shown[i].field)) any |= shown[i].field != CAPAN_FIELD_RANGE;
    }
    return any;
}

static const char *const provenance_texts[CAPAN_HTTP_PROVENANCE_COUNT] = {
    [CAPAN_PROVENANCE_SEEN_OLDER] = ", not the newest it was given",
    [CAPAN_PROVENANCE_OTHER_VARIANT] = ", given for another variant",
    [CAPAN_PROVENANCE_OTHER_RESOURCE] = ", a tag that only another resource was seen to have",
    [CAPAN_PROVENANCE_TRANSFORMED] = ", not as it was given",
    [CAPAN_PROVENANCE_DATE_DERIVED] = ", made from the Date of its copy",
    [CAPAN_PROVENANCE_UNSEEN] = ", not given in this capture",
};

static void put_origin(struct text *text, const struct capan_exchange *exchange) {
    if (exchange->validator_in) {
        double age_s = ((double)exchange->request.first_ns - (double)exchange->validator_ns) / NS_PER_S;
        put(text, ", given in frame %u, %.3f s before", exchange->validator_in, age_s > 0 ? age_s : 0);
    }
    if (provenance_texts[exchange->provenance]) put(text, "%s", provenance_texts[exchange->provenance]);
}

static void put_request(struct text *text, const struct capan_exchange *exchange) {
    if (!exchange->method.len) {
        put(text, "a response");
        return;
    }
    put_span(text, exchange->method);
    put(text, " ");
    put_span(text, exchange->target);
    if (exchange->request.last_frame) put(text, " (frame %u)", exchange->request.last_frame);
    if (put_preconditions(text, exchange)) put_origin(text, exchange);
}

/* The status or the outcome says as much. */
static bool is_obvious(uint8_t reason) {
    return reason == CAPAN_REASON_NONE || reason == CAPAN_REASON_FIRST_SEEN || reason == CAPAN_REASON_RANGE_OK || reason == CAPAN_REASON_REDIRECT ||
           reason == CAPAN_REASON_CLIENT_ERROR || reason == CAPAN_REASON_SERVER_ERROR;
}

static void put_answer(struct text *text, const struct capan_exchange *exchange) {
    const struct capan_token *outcome = &capan_http_outcomes[exchange->outcome];
    if (exchange->status) put(text, "; %u", exchange->status);
    if (exchange->status && exchange->response.last_frame) put(text, " (frame %u)", exchange->response.last_frame);
    put(text, "%s %s", exchange->status ? ":" : ";", outcome->sentence);
    if (!is_obvious(exchange->reason)) put(text, "; %s", capan_http_reasons[exchange->reason].sentence);
    if (outcome->source[0]) put(text, " (%s)", outcome->source);
}

/* How old the client's copy was matters where it asked for it again. */
static void put_copy(struct text *text, const struct capan_exchange *exchange) {
    bool asks = exchange->outcome == CAPAN_OUTCOME_REFETCH || exchange->outcome == CAPAN_OUTCOME_NOT_MODIFIED || exchange->outcome == CAPAN_OUTCOME_UNCHANGED_RESENT;
    if (!asks || !exchange->known_in || exchange->fresh_lifetime_s < 0) return;
    put(text, "; its copy of frame %u was %lld s old, %sfresh for %lld s", exchange->known_in, (long long)exchange->age_s,
        exchange->fresh_heuristic ? "by the 10 % rule " : "", (long long)exchange->fresh_lifetime_s);
}

static void put_cost(struct text *text, const struct capan_exchange *exchange) {
    if (exchange->saved) put(text, "; %llu octets spared", (unsigned long long)exchange->saved);
    if (exchange->wasted) put(text, "; %llu octets sent in vain", (unsigned long long)exchange->wasted);
    if (exchange->status && exchange->server_ns >= 0) put(text, "; answered after %.3f ms", (double)exchange->server_ns / 1e6);
}

static bool response_date(const struct capan_exchange *exchange, enum capan_field number, int64_t *seconds) {
    struct capan_span value = value_of(exchange->response_fields, exchange->response_field_count, number);
    struct capan_date date = capan_date_read(value, exchange->response.first_ns / 1000000000);
    *seconds = date.seconds;
    return date.form != CAPAN_DATE_MALFORMED;
}

/* The number that an advice rests on. */
static void put_figure(struct text *text, const struct capan_exchange *exchange, enum capan_http_advice advice) {
    int64_t date, modified;
    bool dated = response_date(exchange, CAPAN_FIELD_DATE, &date);
    if (advice == CAPAN_ADVICE_EXPLICIT_LIFETIME && dated && response_date(exchange, CAPAN_FIELD_LAST_MODIFIED, &modified) && date > modified) {
        put(text, ", here %lld s", (long long)(date - modified) / 10);
    } else if (advice == CAPAN_ADVICE_CLOCK_SKEW && dated) {
        put(text, ", it is %lld s behind", (long long)(exchange->response.first_ns / 1000000000 - date));
    } else if (advice == CAPAN_ADVICE_304_NOT_WORTH_IT) {
        put(text, ", %llu of them", (unsigned long long)(exchange->request.wire_len + exchange->response.wire_len));
    }
}

/* What does not fit whole is left out: the exchange has it as a word all the same. */
static void put_list(struct text *text, const struct capan_exchange *exchange, const char *before, uint64_t bits, const struct capan_token *tokens, unsigned count, enum capan_severity least) {
    for (unsigned i = 0; i < count; i++) {
        size_t len = text->len;
        if (!(bits >> i & 1) || tokens[i].severity < least) continue;
        put(text, "; %s%s", before, tokens[i].sentence);
        if (tokens == capan_http_advices) put_figure(text, exchange, (enum capan_http_advice)i);
        if (tokens[i].source[0]) put(text, " (%s)", tokens[i].source);
        if (text->len == CAPAN_EXPLAIN_TEXT - 1) text->at[text->len = len] = 0;
    }
}

size_t capan_exchange_explain(const struct capan_exchange *exchange, char buffer[CAPAN_EXPLAIN_TEXT]) {
    struct text text = {buffer, 0};
    buffer[0] = 0;
    put_request(&text, exchange);
    put_answer(&text, exchange);
    put_copy(&text, exchange);
    put_cost(&text, exchange);
    put_list(&text, exchange, "", exchange->violations, capan_http_violations, CAPAN_HTTP_VIOLATION_COUNT, CAPAN_NOTE);
    put_list(&text, exchange, "advice: ", exchange->advice, capan_http_advices, CAPAN_HTTP_ADVICE_COUNT, CAPAN_CHAT);
    return text.len;
}
