/* SPDX-License-Identifier: MIT */
#include "messages.h"

#include "bytes.h"
#include "fields.h"
#include "http2.h"

enum { STATUS_END = 12 /* of "HTTP/1.1 200" */ };

/* A walk over one direction. */
struct walk {
    struct capan_standins *standins;
    struct capan_stream *stream;
    int64_t shift_s;
    size_t at;
};

/* What of a head says how long its message is (RFC 9112 6.3). */
struct framing {
    uint64_t length;
    bool has_length, chunked, head; /* head: of a HEAD request */
    unsigned status;
};

/* --- lines --- */

/* The line at hand with its end (whole), or as far as a hole lets see. */
static size_t line_len(const struct walk *walk, bool *whole) {
    const struct capan_stream *stream = walk->stream;
    size_t at = walk->at;
    *whole = false;
    while (at < stream->len && stream->there[at] && !*whole) *whole = stream->octets[at++] == '\n';
    return at - walk->at;
}

static struct capan_span without_end(const uint8_t *at, size_t len) {
    if (len && at[len - 1] == '\n') len--;
    if (len && at[len - 1] == '\r') len--;
    return (struct capan_span){at, len};
}

/* --- heads --- */

static void read_framing(enum capan_field field, struct capan_span value, struct framing *framing) {
    uint64_t number;
    if (field == CAPAN_FIELD_TRANSFER_ENCODING) framing->chunked = true;
    if (field != CAPAN_FIELD_CONTENT_LENGTH || !capan_number(value, &number)) return;
    framing->length = number;
    framing->has_length = true;
}

static void anonymise_line(struct walk *walk, size_t len, struct framing *framing) {
    uint8_t *line = walk->stream->octets + walk->at;
    const struct capan_span whole = without_end(line, len);
    const uint8_t *colon = whole.len ? memchr(whole.at, ':', whole.len) : NULL;
    const size_t name = colon ? (size_t)(colon - whole.at) : 0;
    const enum capan_field field = capan_standin_name(walk->standins, line, name);
    const struct capan_span value = capan_trim(span_cut(whole, colon ? name + 1 : 0, SIZE_MAX));
    read_framing(field, value, framing);
    if (value.len) capan_standin_value(walk->standins, field, line + (value.at - line), value.len, walk->shift_s);
}

/* Lines up to the empty one. False: some of them are not there. */
static bool anonymise_fields(struct walk *walk, struct framing *framing) {
    for (bool whole = true; whole;) {
        const size_t len = line_len(walk, &whole);
        const bool empty = without_end(walk->stream->octets + walk->at, len).len == 0;
        if (!empty) anonymise_line(walk, len, framing);
        walk->at += len;
        if (empty && whole) return true;
    }
    return false;
}

/* --- contents --- */

static void add_span(struct walk *walk, struct capan_filling *content, uint64_t len) {
    const size_t takes = (size_t)min_u64(len, walk->stream->len - walk->at);
    capan_filling_add(content, walk->standins, walk->stream, walk->at, takes);
    walk->at += takes;
}

/* RFC 9112 7.1. False: its end is not there. */
static bool take_chunks(struct walk *walk, struct capan_filling *content) {
    for (;;) {
        bool whole;
        const size_t len = line_len(walk, &whole);
        uint64_t size = 0;
        if (!whole) return false;
        for (size_t i = 0; i < len; i++) {
            const uint8_t c = walk->stream->octets[walk->at + i] | 0x20;
            const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0 || size >> 59) {
                capan_standin_text(walk->standins, walk->stream->octets + walk->at + i, len - i, CAPAN_KEEPS_NOTHING);
                break;
            }
            size = size << 4 | (unsigned)digit;
        }
        walk->at += len;
        if (!size) return true;
        add_span(walk, content, size);
        walk->at += line_len(walk, &whole);
    }
}

static bool is_bodiless(const struct framing *framing) {
    return framing->head || framing->status / 100 == 1 || framing->status == 204 || framing->status == 304;
}

/* Behind the head. */
static void anonymise_content(struct walk *walk, struct framing *framing) {
    struct capan_filling content;
    content.count = 0;
    if (is_bodiless(framing)) return;
    if (framing->chunked) {
        if (take_chunks(walk, &content)) anonymise_fields(walk, framing);
    } else if (framing->has_length || !framing->status) {
        add_span(walk, &content, framing->length);
    } else {
        add_span(walk, &content, UINT64_MAX);
    }
    capan_filling_end(&content, walk->standins, walk->stream);
}

/* --- messages --- */

static bool begins(const struct walk *walk, const char *word) {
    const size_t len = strlen(word);
    if (walk->stream->len - walk->at < len) return false;
    for (size_t i = 0; i < len; i++)
        if (!walk->stream->there[walk->at + i]) return false;
    return memcmp(walk->stream->octets + walk->at, word, len) == 0;
}

static bool is_request(const struct walk *walk) {
    static const char *const methods[] = {"GET ",     "HEAD ",  "POST ",  "PUT ",    "DELETE ",
                                          "OPTIONS ", "TRACE ", "PATCH ", "CONNECT "};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (begins(walk, methods[i])) return true;
    return capan_is_http2_preface(walk->stream, walk->at);
}

/* "GET /a?b=c HTTP/1.1": the target alone names anything. */
static void anonymise_request_line(struct walk *walk, size_t len) {
    uint8_t *line = walk->stream->octets + walk->at;
    const struct capan_span whole = without_end(line, len);
    const uint8_t *blank = memchr(whole.at, ' ', whole.len);
    size_t from = blank ? (size_t)(blank - whole.at) + 1 : 0, end = whole.len;
    for (size_t i = from; i + 6 <= whole.len; i++)
        if (memcmp(line + i, " HTTP/", 6) == 0) end = i;
    capan_standin_text(walk->standins, line + from, end - from, CAPAN_KEEPS_NOTHING);
}

/* To where the next message begins, behind what cannot be read. False: none does. */
static bool go_to_next(struct walk *walk, bool (*begins_there)(const struct walk *)) {
    const size_t from = walk->at;
    while (walk->at < walk->stream->len && !begins_there(walk)) walk->at++;
    capan_anonymise_octets(walk->standins, walk->stream, from, walk->at);
    return walk->at < walk->stream->len;
}

static bool is_response(const struct walk *walk) {
    return begins(walk, "HTTP/1.");
}

static bool has_any(const struct walk *walk, bool (*begins_there)(const struct walk *)) {
    struct walk looking = *walk;
    while (looking.at < looking.stream->len && !begins_there(&looking)) looking.at++;
    return looking.at < looking.stream->len;
}

static void anonymise_http2(struct walk *walk) {
    capan_anonymise_http2(walk->standins, walk->stream, walk->at, walk->shift_s);
    walk->at = walk->stream->len;
}

static void anonymise_request(struct walk *walk, struct capan_requests *requests) {
    struct framing framing = {.head = false};
    bool whole;
    const size_t len = line_len(walk, &whole);
    if (capan_is_http2_preface(walk->stream, walk->at)) {
        anonymise_http2(walk);
        return;
    }
    if (requests->count < CAPAN_REQUESTS_MAX) requests->head[requests->count++] = begins(walk, "HEAD ");
    anonymise_request_line(walk, len);
    walk->at += len;
    if (whole && anonymise_fields(walk, &framing)) anonymise_content(walk, &framing);
}

bool capan_anonymise_requests(struct capan_standins *standins, struct capan_stream *stream, int64_t shift_s,
                              struct capan_requests *requests) {
    struct walk walk = {.standins = standins, .stream = stream, .shift_s = shift_s};
    requests->count = 0;
    if (!has_any(&walk, is_request)) return false;
    while (go_to_next(&walk, is_request)) anonymise_request(&walk, requests);
    return true;
}

static unsigned status_of(const struct walk *walk, size_t len) {
    unsigned status = 0;
    for (size_t i = STATUS_END - 3; i < STATUS_END && i < len; i++)
        status = status * 10 + (walk->stream->octets[walk->at + i] & 15);
    return status;
}

static void anonymise_response(struct walk *walk, const struct capan_requests *requests, size_t *number) {
    bool whole;
    const size_t len = line_len(walk, &whole), status = min_size(len, STATUS_END);
    struct framing framing = {.status = status_of(walk, len)};
    framing.head = *number < requests->count && requests->head[*number];
    *number += framing.status / 100 != 1;
    uint8_t *line = walk->stream->octets + walk->at;
    capan_standin_text(walk->standins, line + status, without_end(line + status, len - status).len,
                       CAPAN_KEEPS_NOTHING);
    walk->at += len;
    if (whole && anonymise_fields(walk, &framing)) anonymise_content(walk, &framing);
    if (framing.status == 101 && capan_is_http2_server(walk->stream, walk->at)) anonymise_http2(walk);
}

bool capan_anonymise_responses(struct capan_standins *standins, struct capan_stream *stream, int64_t shift_s,
                               const struct capan_requests *requests) {
    struct walk walk = {.standins = standins, .stream = stream, .shift_s = shift_s};
    size_t number = 0;
    if (capan_is_http2_server(stream, 0)) anonymise_http2(&walk);
    if (walk.at == stream->len) return true;
    if (!has_any(&walk, is_response)) return false;
    while (go_to_next(&walk, is_response)) anonymise_response(&walk, requests, &number);
    return true;
}
