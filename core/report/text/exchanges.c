/* SPDX-License-Identifier: MIT */
#include "cells.h"
#include "clock.h"
#include "human.h"
#include "text.h"
#include "words.h"

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

enum { BEFORE_REQUEST = 69, LEAST_REQUEST = 16 }; /* columns */

/* width is for method and target; 0: as wide as they are. */
static void put_line(struct capan_text *text, const struct capan_exchange *exchange, int64_t origin_ns, size_t width) {
    struct capan_out *out = text->out;
    char cell[CAPAN_HUMAN];
    const struct capan_http_extent *request = &exchange->request, *response = &exchange->response;
    put_frame_cell(out, request->last_frame, 6);
    put_frame_cell(out, response->last_frame, 7);
    capan_cell_moment(out, capan_exchange_begin_ns(exchange), origin_ns, 11);
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
    const size_t before = BEFORE_REQUEST + capan_clock_extra(text->out), width = out_width(text->out);
    put_line(text, exchange, origin_ns, width > before + LEAST_REQUEST ? width - before : LEAST_REQUEST);
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

void capan_text_exchange_row(struct capan_text *text, struct capan_row *row) {
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
