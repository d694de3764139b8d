/* SPDX-License-Identifier: MIT */
#include "cells.h"
#include "human.h"
#include "text.h"
#include "words.h"

static struct capan_value start_time(struct capan_row *row) {
    return value_seconds(capan_exchange_begin_ns(row->exchange));
}

static struct capan_value relative_time(struct capan_row *row) {
    return value_seconds(capan_exchange_begin_ns(row->exchange) - row->origin_ns);
}

/* From the request's first octet to the response's last. */
static struct capan_value duration(struct capan_row *row) {
    const struct capan_exchange *exchange = row->exchange;
    if (!exchange->request.first_frame || !exchange->response.last_frame) return CAPAN_ABSENT;
    return value_seconds(exchange->response.last_ns - exchange->request.first_ns);
}

static struct capan_value interim(struct capan_row *row) {
    size_t count = 0;
    for (; count < row->exchange->interim_count && count < CAPAN_HTTP_INTERIM_MAX; count++)
        row->numbers[count] = row->exchange->interim[count];
    return value_numbers(row->numbers, count);
}

static struct capan_value version_value(uint8_t version) {
    const char *text = capan_http_version_text(version);
    return text ? value_word(text) : CAPAN_ABSENT;
}

static struct capan_value request_version(struct capan_row *row) {
    return version_value(row->exchange->request_version);
}
static struct capan_value response_version(struct capan_row *row) {
    return version_value(row->exchange->response_version);
}

static struct capan_value digest(struct capan_row *row) {
    if (row->exchange->body_digest == 0) return CAPAN_ABSENT;
    snprintf(row->text, sizeof row->text, "%016llx", (unsigned long long)row->exchange->body_digest);
    return value_octets(row->text, 16);
}

static struct capan_value framing(struct capan_row *row) {
    uint64_t mask = row->exchange->request_framing | row->exchange->response_framing;
    if (!mask) return CAPAN_ABSENT;
    return (struct capan_value){.type = CAPAN_VALUE_TOKENS, .as.tokens = {capan_http_framings, mask}};
}

static struct capan_value fields_value(const struct capan_http_field *fields, size_t count) {
    return count ? (struct capan_value){.type = CAPAN_VALUE_FIELDS, .as.fields = {fields, count}} : CAPAN_ABSENT;
}

static struct capan_value request_fields(struct capan_row *row) {
    return fields_value(row->exchange->request_fields, row->exchange->request_field_count);
}

static struct capan_value response_fields(struct capan_row *row) {
    return fields_value(row->exchange->response_fields, row->exchange->response_field_count);
}

static struct capan_value request_trailers(struct capan_row *row) {
    return fields_value(row->exchange->request_trailers, row->exchange->request_trailer_count);
}

static struct capan_value response_trailers(struct capan_row *row) {
    return fields_value(row->exchange->response_trailers, row->exchange->response_trailer_count);
}

static struct capan_value explain(struct capan_row *row) {
    return value_octets(row->text, capan_exchange_explain(row->exchange, row->text));
}

static struct capan_value delayed_by(struct capan_row *row) {
    return row->exchange->delayed_by ? value_text(row->exchange->delayed_by->token) : CAPAN_ABSENT;
}

#define CAPAN_ROW struct capan_exchange
static const struct capan_column columns[] = {
    CAPAN_READ("index", COUNT, index),
    CAPAN_READ("stream", COUNT, stream),
    CAPAN_READ("h2_stream", NOT_NEGATIVE, h2_stream),
    CAPAN_MADE("time", start_time),
    CAPAN_MADE("relative_time", relative_time),
    CAPAN_MADE("duration", duration),
    CAPAN_READ("server_time", DURATION, server_ns),
    CAPAN_READ("page", NONZERO, page.number),
    CAPAN_WORD("page_role", TOKEN_BUT_0, page.role, capan_page_roles),
    CAPAN_READ("resent", NONZERO, resent),
    CAPAN_READ("delay", DURATION, delayed_ns),
    CAPAN_READ("delayed_in", NONZERO, delayed_in),
    CAPAN_MADE("delayed_by", delayed_by),
    CAPAN_READ("crossed_fin", NONZERO, crossed_fin),
    CAPAN_READ("client", ENDPOINT, client),
    CAPAN_READ("server", ENDPOINT, server),
    CAPAN_READ("method", SPAN, method),
    CAPAN_READ("target", SPAN, target),
    CAPAN_READ("authority", SPAN, authority),
    CAPAN_READ("status", NONZERO, status),
    CAPAN_MADE("interim", interim),
    CAPAN_MADE("request_version", request_version),
    CAPAN_MADE("response_version", response_version),
    CAPAN_READ("request_first_frame", NONZERO, request.first_frame),
    CAPAN_READ("request_frame", NONZERO, request.last_frame),
    CAPAN_READ("response_first_frame", NONZERO, response.first_frame),
    CAPAN_READ("response_frame", NONZERO, response.last_frame),
    CAPAN_READ("request_len", NONZERO, request.wire_len),
    CAPAN_READ("request_body_len", NONZERO, request.body_len),
    CAPAN_READ("request_body_missing", NONZERO, request.body_missing),
    CAPAN_READ("response_len", NONZERO, response.wire_len),
    CAPAN_READ("response_head_len", NONZERO, response.head_len),
    CAPAN_READ("response_body_len", NONZERO, response.body_len),
    CAPAN_READ("response_body_missing", NONZERO, response.body_missing),
    CAPAN_READ("response_complete", BOOLEAN, response.complete),
    CAPAN_MADE("response_digest", digest),
    CAPAN_WORD("http.cond", TOKEN, cond, capan_http_conds),
    CAPAN_WORD("http.outcome", TOKEN, outcome, capan_http_outcomes),
    CAPAN_WORD("http.reason", TOKEN_BUT_0, reason, capan_http_reasons),
    CAPAN_WORD("http.violation", TOKENS, violations, capan_http_violations),
    CAPAN_WORD("http.advice", TOKENS, advice, capan_http_advices),
    CAPAN_MADE("http.framing", framing),
    CAPAN_READ("http.request_in", NONZERO, request.last_frame),
    CAPAN_READ("http.response_in", NONZERO, response.last_frame),
    CAPAN_READ("http.validator_in", NONZERO, validator_in),
    CAPAN_READ("http.known_in", NONZERO, known_in),
    CAPAN_READ("http.saved", NONZERO, saved),
    CAPAN_READ("http.wasted", NONZERO, wasted),
    CAPAN_READ("http.unchanged", NOT_NEGATIVE, unchanged_s),
    CAPAN_READ("http.round_trip", DURATION, rtt_ns),
    CAPAN_READ("http.round_trips", HUNDREDTHS, round_trips_x100),
    CAPAN_READ("http.handshake_tcp", NONZERO, handshakes.tcp),
    CAPAN_READ("http.handshake_tunnel", NONZERO, handshakes.tunnel),
    CAPAN_READ("http.handshake_tls", NONZERO, handshakes.tls),
    CAPAN_WORD("http.provenance", TOKEN_BUT_0, provenance, capan_http_provenances),
    CAPAN_WORD("http.compare", TOKEN_BUT_0, compare, capan_http_compares),
    CAPAN_WORD("http.served_by", TOKEN, served_by, capan_http_served_bys),
    CAPAN_READ("http.lifetime", NOT_NEGATIVE, fresh_lifetime_s),
    CAPAN_READ("http.lifetime_heuristic", BOOLEAN, fresh_heuristic),
    CAPAN_READ("http.age", NOT_NEGATIVE, age_s),
    CAPAN_WORD("http.certainty", TOKEN, certainty, capan_certainties),
    CAPAN_MADE("request_fields", request_fields),
    CAPAN_MADE("response_fields", response_fields),
    CAPAN_MADE("request_trailer_fields", request_trailers),
    CAPAN_MADE("response_trailer_fields", response_trailers),
    CAPAN_MADE("explain", explain),
};

static void put_violations(struct capan_text *text, uint64_t violations, enum capan_severity least, bool sources) {
    const char *lead = "      violates: ";
    for (const struct capan_token *token; (token = capan_take_token(capan_http_violations, &violations));) {
        if (token->severity < least) continue;
        out_text(text->out, lead);
        lead = ", ";
        capan_text_token(text, token, 0);
        capan_out_format(text->out, " (%s%s%s)",
                         capan_blames[capan_http_violation_blames[token - capan_http_violations]].token,
                         sources ? ", " : "", sources ? token->source : "");
    }
    if (*lead == ',') out_char(text->out, '\n');
}

static void put_tokens(struct capan_text *text, const char *lead, const struct capan_token *list, uint64_t mask) {
    for (const struct capan_token *token; (token = capan_take_token(list, &mask)); lead = ", ") {
        out_text(text->out, lead);
        capan_text_token(text, token, 0);
    }
    if (*lead == ',') out_char(text->out, '\n');
}

static void put_request(struct capan_out *out, const struct capan_exchange *exchange, size_t width) {
    if (!exchange->method.len) {
        out_char(out, '-');
        return;
    }
    size_t used = capan_out_printable(out, exchange->method, 0) + 1;
    out_char(out, ' ');
    capan_out_printable(out, exchange->target, width > used + 3 ? width - used : width ? 3 : 0);
}

static void put_frame_cell(struct capan_out *out, uint32_t frame, size_t width) {
    if (frame)
        capan_cell_number(out, frame, width);
    else
        capan_cell_right(out, "-", width);
}

enum { BEFORE_REQUEST = 69 }; /* columns */

/* width is for method and target; 0: as wide as they are. */
static void put_line(struct capan_text *text, const struct capan_exchange *exchange, int64_t origin_ns, size_t width) {
    struct capan_out *out = text->out;
    char cell[CAPAN_HUMAN];
    const struct capan_http_extent *request = &exchange->request, *response = &exchange->response;
    put_frame_cell(out, request->last_frame, 6);
    put_frame_cell(out, response->last_frame, 7);
    capan_cell_time(out, capan_exchange_begin_ns(exchange) - origin_ns, 11);
    capan_cell_right(out, capan_human_duration(cell, CAPAN_DURATION_ROUGH, capan_exchange_took_ns(exchange)), 8);
    put_frame_cell(out, exchange->status, 7);
    capan_cell_right(out, capan_human_bytes(cell, response->body_len), 8);
    out_text(out, "  ");
    capan_text_token(text, &capan_http_outcomes[exchange->outcome], 19);
    out_char(out, ' ');
    put_request(out, exchange, width);
    out_char(out, '\n');
}

static void name_ends_on_change(struct capan_text *text, const struct capan_exchange *exchange) {
    if (text->streams == (uint64_t)exchange->stream + 1) return;
    text->streams = (uint64_t)exchange->stream + 1;
    capan_text_ends(text, exchange->stream, &exchange->client, &exchange->server);
    out_char(text->out, '\n');
}

void capan_text_exchange(struct capan_text *text, const struct capan_exchange *exchange, int64_t origin_ns) {
    put_line(text, exchange, origin_ns, CAPAN_TEXT_WIDTH - BEFORE_REQUEST);
    put_violations(text, exchange->violations, CAPAN_WARN, false);
}

static void put_trailers(struct capan_out *out, const char *before, const struct capan_http_field *fields,
                         size_t count) {
    enum { SHOWN = 8, WIDTH = 60 };
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        out_text(out, i ? "; " : before);
        capan_out_printable(out, fields[i].name, WIDTH);
        out_text(out, ": ");
        capan_out_printable(out, fields[i].value, WIDTH);
    }
    if (count) out_char(out, '\n');
}

static void put_text(struct capan_text *text, struct capan_row *row) {
    capan_text_heading(text, CAPAN_EXCHANGE_HEADING);
    name_ends_on_change(text, row->exchange);
    put_line(text, row->exchange, row->origin_ns, 0);
    if (capan_exchange_explain(row->exchange, row->text)) capan_text_prose(text->out, 6, row->text);
    put_violations(text, row->exchange->violations, CAPAN_NONE, true);
    put_tokens(text, "      request framed with: ", capan_http_framings, row->exchange->request_framing);
    put_tokens(text, "      response framed with: ", capan_http_framings, row->exchange->response_framing);
    put_trailers(text->out, "      behind the request's content: ", row->exchange->request_trailers,
                 row->exchange->request_trailer_count);
    put_trailers(text->out, "      behind the content: ", row->exchange->response_trailers,
                 row->exchange->response_trailer_count);
    put_tokens(text, "      advice: ", capan_http_advices, row->exchange->advice);
}

const struct capan_row_kind capan_exchange_rows = {columns, sizeof columns / sizeof *columns, put_text};
