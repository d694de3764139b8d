/* SPDX-License-Identifier: MIT */
/* Rows of contents that were written to files. */
#include "bytes.h"
#include "cells.h"
#include "human.h"
#include "text.h"
#include "words.h"

#define WORD(name, token, sentence) {#name, token, CAPAN_NONE, "", sentence},
const struct capan_token capan_object_states[] = {CAPAN_OBJECT_STATES(WORD)};

static const struct capan_http_extent *extent(const struct capan_object *object) {
    return object->request ? &object->exchange->request : &object->exchange->response;
}

static struct capan_span field(const struct capan_object *object, const char *name) {
    const struct capan_exchange *exchange = object->exchange;
    return object->request ? capan_request_field(exchange, name) : capan_response_field(exchange, name);
}

static struct capan_value octets(struct capan_span span) {
    return span.len ? value_octets(span.at, span.len) : CAPAN_ABSENT;
}
static struct capan_value number(uint64_t number) {
    return number ? value_number(number) : CAPAN_ABSENT;
}
static struct capan_value endpoint(struct capan_row *row, const struct capan_endpoint *endpoint) {
    return value_octets(row->text, capan_endpoint_text(endpoint, true, row->text));
}

static struct capan_value name(struct capan_row *row) {
    return value_text(row->object->name);
}
static struct capan_value index_of(struct capan_row *row) {
    return value_number(row->object->exchange->index);
}
static struct capan_value message(struct capan_row *row) {
    return value_word(row->object->request ? "request" : "response");
}
static struct capan_value stream(struct capan_row *row) {
    return value_number(row->object->exchange->stream);
}
static struct capan_value client(struct capan_row *row) {
    return endpoint(row, &row->object->exchange->client);
}
static struct capan_value server(struct capan_row *row) {
    return endpoint(row, &row->object->exchange->server);
}
static struct capan_value method(struct capan_row *row) {
    return octets(row->object->exchange->method);
}

/* The target in absolute form, as far as there is room for it. */
static struct capan_value url(struct capan_row *row) {
    const struct capan_exchange *exchange = row->object->exchange;
    if (!exchange->target.len || exchange->target.at[0] != '/') return octets(exchange->target);
    size_t room = sizeof row->text;
    int len = snprintf(row->text, room, "%s://%.*s%.*s", exchange->secure ? "https" : "http",
                       (int)min_u64(exchange->authority.len, room),
                       exchange->authority.len ? (const char *)exchange->authority.at : "",
                       (int)min_u64(exchange->target.len, room), (const char *)exchange->target.at);
    return value_octets(row->text, (size_t)len < room ? (size_t)len : room - 1);
}

static struct capan_value status(struct capan_row *row) {
    return number(row->object->exchange->status);
}
static struct capan_value outcome(struct capan_row *row) {
    return value_word(capan_http_outcomes[row->object->exchange->outcome].token);
}
static struct capan_value first_frame(struct capan_row *row) {
    return number(extent(row->object)->first_frame);
}
static struct capan_value last_frame(struct capan_row *row) {
    return number(extent(row->object)->last_frame);
}
static struct capan_value media_type(struct capan_row *row) {
    return octets(field(row->object, "content-type"));
}
static struct capan_value coding(struct capan_row *row) {
    return octets(field(row->object, "content-encoding"));
}
static struct capan_value range(struct capan_row *row) {
    return octets(field(row->object, "content-range"));
}
static struct capan_value missing(struct capan_row *row) {
    return number(extent(row->object)->body_missing);
}
static struct capan_value sha256(struct capan_row *row) {
    return value_text(row->object->sha256);
}

#define CAPAN_ROW struct capan_object
static const struct capan_column columns[] = {
    CAPAN_MADE("name", name),
    CAPAN_MADE("exchange", index_of),
    CAPAN_MADE("message", message),
    CAPAN_MADE("stream", stream),
    CAPAN_MADE("client", client),
    CAPAN_MADE("server", server),
    CAPAN_MADE("method", method),
    CAPAN_MADE("url", url),
    CAPAN_MADE("status", status),
    CAPAN_MADE("first_frame", first_frame),
    CAPAN_MADE("last_frame", last_frame),
    CAPAN_MADE("media_type", media_type),
    CAPAN_MADE("coding", coding),
    CAPAN_MADE("range", range),
    CAPAN_WORD("state", TOKEN, state, capan_object_states),
    CAPAN_READ("coded_bytes", COUNT, coded_len),
    CAPAN_MADE("missing_bytes", missing),
    CAPAN_READ("bytes", COUNT, len),
    CAPAN_MADE("sha256", sha256),
    CAPAN_READ("whole", BOOLEAN, whole),
    CAPAN_MADE("http.outcome", outcome),
};

static void put_text(struct capan_text *text, struct capan_row *row) {
    const struct capan_object *object = row->object;
    struct capan_out *out = text->out;
    char cell[CAPAN_HUMAN];
    capan_text_heading(text, " first   last   status      sent   written  state     outcome             file");
    capan_cell_number(out, extent(object)->first_frame, 6);
    capan_cell_number(out, extent(object)->last_frame, 7);
    if (object->request || !object->exchange->status)
        capan_cell_right(out, object->request ? "request" : "-", 9);
    else
        capan_cell_number(out, object->exchange->status, 9);
    capan_cell_right(out, capan_human_bytes(cell, object->coded_len), 10);
    capan_cell_right(out, capan_human_bytes(cell, object->len), 10);
    out_text(out, "  ");
    capan_cell_left(out, capan_object_states[object->state].token, 10);
    capan_text_token(text, &capan_http_outcomes[object->exchange->outcome], 20);
    out_text(out, object->name);
    out_char(out, '\n');
}

const struct capan_row_kind capan_object_rows = {columns, sizeof columns / sizeof *columns, put_text};
