/* SPDX-License-Identifier: MIT */
#include "capan/exchange.h"

#include "bytes.h"
#include "date.h"
#include "field.h"
#include "human.h"
#include "judgement.h"
#include "sentence.h"

#define NS_PER_S  1000000000
#define SHOWN_MAX 96 /* octets of one value */

static void put_duration(struct sentence *text, enum capan_duration_style style, int64_t ns) {
    char duration[CAPAN_HUMAN];
    sentence_text(text, capan_human_duration(duration, style, ns));
}

static void put_frame(struct sentence *text, uint32_t frame) {
    sentence_text(text, " (frame ");
    sentence_number(text, frame);
    sentence_text(text, ")");
}

static void put_span(struct sentence *text, struct capan_span octets) {
    capan_say_octets(text, octets, SHOWN_MAX);
}

static struct capan_span value_of(const struct capan_http_field *fields, size_t count, enum capan_field number) {
    size_t at = 0;
    const struct capan_http_field *field = capan_field_next(fields, count, number, &at);
    return field ? field->value : (struct capan_span){0};
}

static const char *const precondition_texts[CAPAN_FIELD_COUNT] = {
    [CAPAN_FIELD_IF_MATCH] = " demands If-Match ",
    [CAPAN_FIELD_IF_UNMODIFIED_SINCE] = " demands no change since ",
    [CAPAN_FIELD_IF_NONE_MATCH] = " asks with If-None-Match ",
    [CAPAN_FIELD_IF_MODIFIED_SINCE] = " asks for changes since ",
    [CAPAN_FIELD_RANGE] = " wants ",
    [CAPAN_FIELD_IF_RANGE] = " if it is still ",
};

/* In the order of the request. Whether there was one. */
static bool put_preconditions(struct sentence *text, const struct capan_exchange *exchange) {
    bool any = false;
    for (size_t i = 0; i < exchange->request_field_count; i++) {
        const struct capan_http_field *field = &exchange->request_fields[i];
        enum capan_field number = capan_field_number(field->name);
        bool overridden = number == CAPAN_FIELD_IF_MODIFIED_SINCE && exchange->cond == CAPAN_COND_VALIDATE_BOTH;
        if (!precondition_texts[number] || overridden) continue;
        sentence_text(text, precondition_texts[number]);
        put_span(text, field->value);
        any |= number != CAPAN_FIELD_RANGE;
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

static void put_origin(struct sentence *text, const struct capan_exchange *exchange) {
    if (exchange->validator_in) {
        sentence_text(text, ", given in frame ");
        sentence_number(text, exchange->validator_in);
        sentence_text(text, ", ");
        put_duration(text, CAPAN_DURATION_TO_THE_MS,
                     capan_elapsed_ns(exchange->validator_ns, exchange->request.first_ns));
        sentence_text(text, " before");
    }
    if (provenance_texts[exchange->provenance]) sentence_text(text, provenance_texts[exchange->provenance]);
}

static void put_request(struct sentence *text, const struct capan_exchange *exchange) {
    if (!exchange->method.len) {
        sentence_text(text, "a response");
        return;
    }
    put_span(text, exchange->method);
    sentence_text(text, " ");
    put_span(text, exchange->target);
    if (exchange->request.last_frame) put_frame(text, exchange->request.last_frame);
    if (exchange->h2_stream >= 0) sentence_text(text, " on stream ");
    if (exchange->h2_stream >= 0) sentence_number(text, (uint64_t)exchange->h2_stream);
    if (put_preconditions(text, exchange)) put_origin(text, exchange);
}

static void put_source(struct sentence *text, const struct capan_token *token) {
    if (!token->source[0]) return;
    sentence_text(text, " (");
    sentence_text(text, token->source);
    sentence_text(text, ")");
}

/* The status or the outcome says as much. */
static bool is_obvious(uint8_t reason) {
    return reason == CAPAN_REASON_NONE || reason == CAPAN_REASON_FIRST_SEEN || reason == CAPAN_REASON_RANGE_OK ||
           reason == CAPAN_REASON_REDIRECT || reason == CAPAN_REASON_CLIENT_ERROR ||
           reason == CAPAN_REASON_SERVER_ERROR;
}

static void put_answer(struct sentence *text, const struct capan_exchange *exchange) {
    const struct capan_token *outcome = &capan_http_outcomes[exchange->outcome];
    sentence_text(text, "; ");
    if (exchange->status) sentence_number(text, exchange->status);
    if (exchange->status && exchange->response.last_frame) put_frame(text, exchange->response.last_frame);
    if (exchange->status) sentence_text(text, ": ");
    sentence_text(text, outcome->sentence);
    if (!is_obvious(exchange->reason)) sentence_text(text, "; ");
    if (!is_obvious(exchange->reason)) sentence_text(text, capan_http_reasons[exchange->reason].sentence);
    put_source(text, outcome);
}

/* How old the client's copy was matters where it asked for it again. */
static void put_copy(struct sentence *text, const struct capan_exchange *exchange) {
    bool asks = exchange->outcome == CAPAN_OUTCOME_REFETCH || exchange->outcome == CAPAN_OUTCOME_NOT_MODIFIED ||
                exchange->outcome == CAPAN_OUTCOME_UNCHANGED_RESENT;
    if (!asks || !exchange->known_in || (exchange->fresh_lifetime_s < 0 && !exchange->known_no_cache)) return;
    sentence_text(text, "; its copy of frame ");
    sentence_number(text, exchange->known_in);
    sentence_text(text, " was ");
    sentence_signed(text, exchange->age_s);
    if (exchange->known_no_cache) {
        sentence_text(text, " s old and, by no-cache, not to be used without asking");
        return;
    }
    sentence_text(text, exchange->fresh_heuristic ? " s old, by the 10 % rule fresh for " : " s old, fresh for ");
    sentence_signed(text, exchange->fresh_lifetime_s);
    sentence_text(text, " s");
}

static void put_octets_moved(struct sentence *text, uint64_t octets, const char *how) {
    sentence_text(text, "; ");
    sentence_number(text, octets);
    sentence_text(text, how);
}

/* "3 for the handshakes of TCP, CONNECT and TLS". */
static void put_handshakes(struct sentence *text, const struct capan_handshakes *paid) {
    const struct {
        unsigned count;
        const char *name;
    } of[] = {{paid->tcp, "TCP"}, {paid->tunnel, "CONNECT"}, {paid->tls, "TLS"}};
    const char *between = " for the handshake of ";
    sentence_number(text, capan_handshake_sum(paid));
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        if (!of[i].count) continue;
        sentence_text(text, between);
        sentence_text(text, of[i].name);
        between = " and ";
    }
}

/* In tenths: more would be noise. */
static void put_round_trips(struct sentence *text, const struct capan_exchange *exchange) {
    uint64_t tenths = ((uint64_t)exchange->round_trips_x100 + 5) / 10;
    char decimal[2] = {'.', (char)('0' + tenths % 10)};
    if (exchange->round_trips_x100 < 0) return;
    sentence_text(text, "; it took ");
    sentence_number(text, tenths / 10);
    sentence_octets(text, decimal, sizeof decimal);
    sentence_text(text, " round trips of ");
    put_duration(text, CAPAN_DURATION_TO_THE_US, exchange->rtt_ns);
    if (!capan_handshake_sum(&exchange->handshakes)) return;
    sentence_text(text, ", and before it ");
    put_handshakes(text, &exchange->handshakes);
}

static void put_cost(struct sentence *text, const struct capan_exchange *exchange) {
    if (exchange->saved) put_octets_moved(text, exchange->saved, " octets spared");
    if (exchange->wasted) put_octets_moved(text, exchange->wasted, " octets sent in vain");
    if (exchange->status && exchange->server_ns >= 0) {
        sentence_text(text, "; answered after ");
        put_duration(text, CAPAN_DURATION_TO_THE_US, exchange->server_ns);
    }
    put_round_trips(text, exchange);
    if (exchange->crossed_fin) {
        sentence_text(text, "; it crossed the FIN of frame ");
        sentence_number(text, exchange->crossed_fin);
        sentence_text(text,
                      ": the server had given up the idle connection, and the client may ask again (RFC 9112 9.5)");
    }
    if (!exchange->delayed_by) return;
    sentence_text(text, "; held up ");
    put_duration(text, CAPAN_DURATION_TO_THE_US, exchange->delayed_ns);
    sentence_text(text, " by frame ");
    sentence_number(text, exchange->delayed_in);
    sentence_text(text, ", ");
    sentence_text(text, exchange->delayed_by->token);
}

static bool response_date(const struct capan_exchange *exchange, enum capan_field number, int64_t *seconds) {
    struct capan_span value = value_of(exchange->response_fields, exchange->response_field_count, number);
    struct capan_date date = capan_date_read(value, exchange->response.first_ns / NS_PER_S);
    *seconds = date.seconds;
    return date.form != CAPAN_DATE_MALFORMED;
}

/* ", here 6 of 15 requests and 4 round trips of its longest chain". */
static void put_storm(struct sentence *text, const struct capan_page_part *page) {
    sentence_text(text, ", here ");
    sentence_number(text, page->not_modified);
    sentence_text(text, " of ");
    sentence_number(text, page->requests);
    sentence_text(text, " requests and ");
    sentence_number(text, page->confirming);
    sentence_text(text, " round trips in a row");
}

/* The number that an advice rests on. */
static void put_figure(struct sentence *text, const struct capan_exchange *exchange, enum capan_http_advice advice) {
    int64_t date, modified;
    bool dated = (advice == CAPAN_ADVICE_EXPLICIT_LIFETIME || advice == CAPAN_ADVICE_CLOCK_SKEW) &&
                 response_date(exchange, CAPAN_FIELD_DATE, &date);
    if (advice == CAPAN_ADVICE_EXPLICIT_LIFETIME && dated &&
        response_date(exchange, CAPAN_FIELD_LAST_MODIFIED, &modified) && date > modified) {
        sentence_text(text, ", here ");
        sentence_signed(text, (date - modified) / 10);
        sentence_text(text, " s");
    } else if (advice == CAPAN_ADVICE_CLOCK_SKEW && dated) {
        sentence_text(text, ", which is ");
        sentence_signed(text, exchange->response.first_ns / NS_PER_S - date);
        sentence_text(text, " s later");
    } else if (advice == CAPAN_ADVICE_304_NOT_WORTH_IT) {
        sentence_text(text, ", here ");
        sentence_number(text, exchange->request.wire_len + exchange->response.wire_len);
    } else if (advice == CAPAN_ADVICE_304_NEW_CONNECTION) {
        sentence_text(text, ", round trips: ");
        put_handshakes(text, &exchange->handshakes);
    } else if (advice == CAPAN_ADVICE_304_SLOW) {
        sentence_text(text, ", which took ");
        put_duration(text, CAPAN_DURATION_TO_THE_US, exchange->full_server_ns);
    } else if (advice == CAPAN_ADVICE_304_STORM) {
        put_storm(text, &exchange->page);
    } else if (advice == CAPAN_ADVICE_LENGTHEN_LIFETIME && exchange->unchanged_s > 0) {
        sentence_text(text, ", here max-age=");
        sentence_signed(text, exchange->unchanged_s);
    } else if (advice == CAPAN_ADVICE_AGE_EATS_LIFETIME) {
        sentence_text(text, ", here ");
        put_span(text, value_of(exchange->response_fields, exchange->response_field_count, CAPAN_FIELD_AGE));
        sentence_text(text, " s");
    }
}

/* What does not fit whole is left out: the exchange has it as a word all the same. */
static void put_list(struct sentence *text, const struct capan_exchange *exchange, const char *before, uint64_t bits,
                     const struct capan_token *tokens, unsigned count, enum capan_severity least) {
    for (unsigned i = 0; i < count; i++) {
        size_t len = text->len;
        if (!(bits >> i & 1) || tokens[i].severity < least) continue;
        sentence_text(text, before);
        sentence_text(text, tokens[i].sentence);
        if (tokens == capan_http_advices) put_figure(text, exchange, (enum capan_http_advice)i);
        put_source(text, &tokens[i]);
        if (text->len == CAPAN_EXPLAIN_TEXT - 1) text->at[text->len = len] = 0;
    }
}

size_t capan_exchange_explain(const struct capan_exchange *exchange, char buffer[CAPAN_EXPLAIN_TEXT]) {
    struct sentence text = sentence_in(buffer, CAPAN_EXPLAIN_TEXT);
    put_request(&text, exchange);
    put_answer(&text, exchange);
    put_copy(&text, exchange);
    put_cost(&text, exchange);
    put_list(&text, exchange, "; ", exchange->violations, capan_http_violations, CAPAN_HTTP_VIOLATION_COUNT,
             CAPAN_NOTE);
    put_list(&text, exchange, "; advice: ", exchange->advice, capan_http_advices, CAPAN_HTTP_ADVICE_COUNT, CAPAN_CHAT);
    return text.len;
}
