/* SPDX-License-Identifier: MIT */
/* Columns of contents that were written to files. */
#include "bytes.h"
#include "column.h"
#include "words.h"

#define WORD(name, token, sentence) {#name, token, CAPAN_NONE, "", sentence},
const struct capan_token capan_object_states[] = {CAPAN_OBJECT_STATES(WORD)};

static struct capan_span field(const struct capan_object *object, const char *name) {
    const struct capan_exchange *exchange = object->exchange;
    return object->request ? capan_request_field(exchange, name) : capan_response_field(exchange, name);
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
    return value_span(row->object->exchange->method);
}

/* The target in absolute form, as far as there is room for it. */
static struct capan_value url(struct capan_row *row) {
    const struct capan_exchange *exchange = row->object->exchange;
    if (!exchange->target.len || exchange->target.at[0] != '/') return value_span(exchange->target);
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
    return value_token(&capan_http_outcomes[row->object->exchange->outcome]);
}
static struct capan_value first_frame(struct capan_row *row) {
    return number(object_extent(row->object)->first_frame);
}
static struct capan_value last_frame(struct capan_row *row) {
    return number(object_extent(row->object)->last_frame);
}
static struct capan_value media_type(struct capan_row *row) {
    return value_span(field(row->object, "content-type"));
}
static struct capan_value coding(struct capan_row *row) {
    return value_span(field(row->object, "content-encoding"));
}
static struct capan_value range(struct capan_row *row) {
    return value_span(field(row->object, "content-range"));
}
static struct capan_value missing(struct capan_row *row) {
    return number(object_extent(row->object)->body_missing);
}
static struct capan_value sha256(struct capan_row *row) {
    return *row->object->sha256 ? value_word(row->object->sha256) : CAPAN_ABSENT;
}

#define CAPAN_ROW struct capan_object
static const struct capan_column columns[] = {
    {"name", "of the file in the folder", CAPAN_MADE(OCTETS, NONE, name)},
    {"exchange", "its place among the exchanges", CAPAN_MADE(UNSIGNED, IDENTIFIER, index_of)},
    {"message", "request or response", CAPAN_MADE(WORD, NONE, message), .words = "request response"},
    {"stream", "the TCP connection", CAPAN_MADE(UNSIGNED, IDENTIFIER, stream)},
    {"client", "who asked, address:port", CAPAN_MADE(OCTETS, NONE, client)},
    {"server", "who answered", CAPAN_MADE(OCTETS, NONE, server)},
    {"method", "of the request; absent when it was not captured", CAPAN_MADE(OCTETS, NONE, method)},
    {"url", "the target URI", CAPAN_MADE(OCTETS, NONE, url)},
    {"status", "of the response", CAPAN_MADE(UNSIGNED, IDENTIFIER, status)},
    {"first_frame", "the frame with the message's first octet", CAPAN_MADE(UNSIGNED, FRAME, first_frame)},
    {"last_frame", "the frame with its last one", CAPAN_MADE(UNSIGNED, FRAME, last_frame)},
    {"media_type", "its Content-Type", CAPAN_MADE(OCTETS, NONE, media_type)},
    {"coding", "its Content-Encoding", CAPAN_MADE(OCTETS, NONE, coding)},
    {"range", "its Content-Range", CAPAN_MADE(OCTETS, NONE, range)},
    {"state", "as-sent, decoded, or why it is not whole: damaged, holed, limited, unknown",
     CAPAN_WORD(TOKEN, state, capan_object_states)},
    {"coded_bytes", "octets of the content as they were sent", CAPAN_READ(COUNT, OCTETS, coded_len)},
    {"missing_bytes", "of these, octets that were not captured: zeros where it was not coded",
     CAPAN_MADE(UNSIGNED, OCTETS, missing)},
    {"bytes", "octets of the file", CAPAN_READ(COUNT, OCTETS, len)},
    {"sha256", "of the file", CAPAN_MADE(WORD, NONE, sha256)},
    {"whole", "the file is all of the content, or of the part that was sent", CAPAN_READ(BOOLEAN, NONE, whole)},
    {"http.outcome", "what the exchange came to", CAPAN_MADE(TOKEN, NONE, outcome), CAPAN_LIST(capan_http_outcomes)},
};

const struct capan_table capan_object_table = CAPAN_TABLE("objects", columns, 0);
