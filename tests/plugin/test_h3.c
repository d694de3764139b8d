/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP/3 taken apart: what its streams say, however their octets are split; field sections that wait for their table;
 * and nothing worse than silence for octets that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <nghttp3/nghttp3.h>

#include "h3.h"
#include "verdicts.h"

/* --- the store's place is taken by a log --- */

static char said[1 << 16];
static size_t said_len;

static void say(const char *format, ...) CAPAN_PRINTF(1, 2);

static void say(const char *format, ...) {
    va_list arguments;

    va_start(arguments, format);
    if (said_len < sizeof said)
        said_len += (size_t)vsnprintf(said + said_len, sizeof said - said_len, format, arguments);
    va_end(arguments);
}

void capan_verdicts_feed_head(const struct capan_decoded *at, const struct capan_decoded_head *head) {
    say("%d %s", (int)at->h2_stream, head->request ? "request" : "response");
    for (size_t i = 0; i < head->field_count; i++)
        say(" %.*s=%.*s", (int)head->fields[i].name.len, (const char *)head->fields[i].name.at,
            (int)head->fields[i].value.len, (const char *)head->fields[i].value.at);
    say("\n");
}

void capan_verdicts_feed_unread(const struct capan_decoded *at, bool request) {
    say("%d %s unreadable\n", (int)at->h2_stream, request ? "request" : "response");
}

/* One line for a run of octets, however they come. */
void capan_verdicts_feed_body(const struct capan_decoded *at, bool request, struct capan_span octets) {
    (void)at, (void)request;
    say("%.*s", (int)octets.len, (const char *)octets.at);
}

void capan_verdicts_feed_end(const struct capan_decoded *at, bool request, bool reset) {
    say("\n%d %s %s\n", (int)at->h2_stream, request ? "request" : "response", reset ? "reset" : "ends");
}

/* --- streams in octets --- */

struct octets {
    uint8_t at[4096];
    size_t len;
};

static void put(struct octets *octets, const void *at, size_t len) {
    assert_true(octets->len + len <= sizeof octets->at);
    if (len) memcpy(octets->at + octets->len, at, len);
    octets->len += len;
}

/* Two octets hold each integer here. */
static void put_integer(struct octets *octets, size_t value) {
    put(octets, (uint8_t[]){(uint8_t)(0x40 | value >> 8), (uint8_t)value}, 2);
}

static void put_frame(struct octets *octets, unsigned type, const void *payload, size_t len) {
    put_integer(octets, type);
    put_integer(octets, len);
    put(octets, payload, len);
}

enum { DATA = 0, HEADERS = 1, SETTINGS = 4, GREASE = 0x21, TABLE = 4096 };

/* nghttp3 wants them writable, and does not write. */
#define FIELD(name, value)                                                                                             \
    { (uint8_t[]){name}, (uint8_t[]){value}, sizeof name - 1, sizeof value - 1, 0 }

/* A side's compression: its encoder stream grows as field sections are made. */
struct side {
    nghttp3_qpack_encoder *encoder;
    struct octets instructions;
};

static void open_side(struct side *side) {
    *side = (struct side){0};
    assert_int_equal(0, nghttp3_qpack_encoder_new(&side->encoder, TABLE, nghttp3_mem_default()));
    nghttp3_qpack_encoder_set_max_dtable_capacity(side->encoder, TABLE);
    nghttp3_qpack_encoder_set_max_blocked_streams(side->encoder, 100);
    put(&side->instructions, "\2", 1);
}

static void put_buffer(struct octets *octets, nghttp3_buf *buffer) {
    put(octets, buffer->pos, (size_t)(buffer->last - buffer->pos));
    nghttp3_buf_free(buffer, nghttp3_mem_default());
}

static void put_headers(struct octets *octets, struct side *side, int64_t stream, const nghttp3_nv *fields,
                        size_t count) {
    nghttp3_buf prefix, section, instructions;
    struct octets payload = {.len = 0};

    nghttp3_buf_init(&prefix);
    nghttp3_buf_init(&section);
    nghttp3_buf_init(&instructions);
    assert_int_equal(
        0, nghttp3_qpack_encoder_encode(side->encoder, &prefix, &section, &instructions, stream, fields, count));
    put_buffer(&payload, &prefix);
    put_buffer(&payload, &section);
    put_buffer(&side->instructions, &instructions);
    put_frame(octets, HEADERS, payload.at, payload.len);
}

static void close_side(struct side *side) {
    nghttp3_qpack_encoder_del(side->encoder);
}

/* --- a session: a request that uses the table, an early hint, a response in two DATA frames with trailers --- */

struct session {
    struct octets settings, request, response;
    struct side client, server;
};

static void make_session(struct session *session) {
    const nghttp3_nv get[] = {FIELD(":method", "GET"), FIELD(":path", "/a"), FIELD(":scheme", "https"),
                              FIELD("if-none-match", "\"x\"")};
    const nghttp3_nv hint[] = {FIELD(":status", "103")}, ok[] = {FIELD(":status", "200"), FIELD("etag", "\"y\"")};
    const nghttp3_nv trailer[] = {FIELD("digest", "none")};

    *session = (struct session){0};
    open_side(&session->client);
    open_side(&session->server);
    put(&session->settings, "\0", 1); /* a control stream */
    put_frame(&session->settings, SETTINGS, "\1\x50\0\7\x40\x64", 6);
    put_headers(&session->request, &session->client, 0, get, G_N_ELEMENTS(get));
    put_headers(&session->response, &session->server, 0, hint, 1);
    put_headers(&session->response, &session->server, 0, ok, 2);
    put_frame(&session->response, DATA, "hello", 5);
    put_frame(&session->response, GREASE, "nothing", 7);
    put_frame(&session->response, DATA, " world", 6);
    put_headers(&session->response, &session->server, 0, trailer, 1);
    close_side(&session->client);
    close_side(&session->server);
}

static const char EXPECTED[] = "0 request :method=GET :path=/a :scheme=https if-none-match=\"x\"\n\n0 request ends\n"
                               "0 response :status=103\n0 response :status=200 etag=\"y\"\nhello world"
                               "0 response digest=none\n\n0 response ends\n";

static const struct capan_decoded here = {.frame = 1, .quic = true};

static void read_split(struct capan_h3 *h3, uint64_t stream, bool from_client, const struct octets *octets,
                       size_t split) {
    for (size_t from = 0; from < octets->len; from += split) {
        size_t len = MIN(octets->len - from, split);
        capan_h3_read(h3, &here, stream, from_client, (struct capan_span){octets->at + from, len});
    }
}

enum order { TABLE_FIRST, TABLE_LAST };

static void read_request(struct capan_h3 *h3, const struct session *session, enum order order, size_t split) {
    if (order == TABLE_FIRST) read_split(h3, 6, true, &session->client.instructions, split);
    read_split(h3, 0, true, &session->request, split);
    capan_h3_end(h3, &here, 0, true, false);
    if (order == TABLE_LAST) read_split(h3, 6, true, &session->client.instructions, split);
}

static void read_response(struct capan_h3 *h3, const struct session *session, enum order order, size_t split) {
    if (order == TABLE_FIRST) read_split(h3, 7, false, &session->server.instructions, split);
    read_split(h3, 0, false, &session->response, split);
    capan_h3_end(h3, &here, 0, false, false);
    if (order == TABLE_LAST) read_split(h3, 7, false, &session->server.instructions, split);
}

static void read_session(const struct session *session, enum order order, size_t split) {
    struct capan_h3 *h3 = capan_h3_new();

    said[said_len = 0] = '\0';
    read_split(h3, 2, true, &session->settings, split);
    read_split(h3, 3, false, &session->settings, split);
    read_request(h3, session, order, split);
    read_response(h3, session, order, split);
    capan_h3_free(h3);
}

static void the_session_uses_the_table(void **unused) {
    (void)unused;
    struct session session;
    make_session(&session);

    assert_true(session.client.instructions.len > 2 && session.server.instructions.len > 2);
}

static void any_split_says_the_same(void **unused) {
    (void)unused;
    struct session session;
    make_session(&session);

    for (size_t split = 1; split < 200; split++) {
        read_session(&session, TABLE_FIRST, split);
        assert_string_equal(EXPECTED, said);
    }
}

static void field_sections_wait_for_their_table(void **unused) {
    (void)unused;
    struct session session;
    make_session(&session);

    for (size_t split = 1; split < 200; split++) {
        read_session(&session, TABLE_LAST, split);
        assert_string_equal(EXPECTED, said);
    }
}

/* STOP_SENDING makes a client reset its direction, and the response goes on (RFC 9114 4.1). */
static void an_asking_side_may_be_reset(void **unused) {
    (void)unused;
    struct session session;
    struct capan_h3 *h3 = capan_h3_new();
    make_session(&session);

    read_split(h3, 2, true, &session.settings, 100);
    read_split(h3, 3, false, &session.settings, 100);
    read_split(h3, 6, true, &session.client.instructions, 100);
    read_split(h3, 0, true, &session.request, 100);
    capan_h3_end(h3, &here, 0, true, true);
    said[said_len = 0] = '\0';
    read_response(h3, &session, TABLE_FIRST, 100);
    assert_string_equal("0 response :status=103\n0 response :status=200 etag=\"y\"\nhello world"
                        "0 response digest=none\n\n0 response ends\n\n0 request reset\n",
                        said);
    capan_h3_free(h3);
}

static void spoilt_octets_are_harmless(void **unused) {
    (void)unused;
    struct session session;
    uint32_t state = 20260101;
    make_session(&session);

    for (unsigned round = 0; round < 20000; round++) {
        struct session spoilt = session;
        struct octets *parts[] = {&spoilt.settings, &spoilt.request, &spoilt.response, &spoilt.client.instructions,
                                  &spoilt.server.instructions};
        for (int i = 0; i < 4; i++) {
            state = state * 1664525 + 1013904223;
            struct octets *which = parts[(state >> 29) % G_N_ELEMENTS(parts)];
            which->at[(state >> 8) % which->len] = (uint8_t)(state >> 20);
        }
        read_session(&spoilt, round & 1 ? TABLE_LAST : TABLE_FIRST, 1 + round % 50);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_session_uses_the_table), cmocka_unit_test(any_split_says_the_same),
        cmocka_unit_test(field_sections_wait_for_their_table), cmocka_unit_test(an_asking_side_may_be_reset),
        cmocka_unit_test(spoilt_octets_are_harmless)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
