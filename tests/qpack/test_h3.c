/* SPDX-License-Identifier: MIT */
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

#include "alloc.h"
#include "capan/qpack.h"
#include "failing.h"
#include "h3.h"
#include "session.h"

/* --- what is told, as a log --- */

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

static void hear_head(void *context, const struct capan_part *part, const struct capan_http_head *head) {
    (void)context;
    say("%d %s %.*s %.*s %u", (int)part->stream, head->request ? "request" : "response", (int)head->method.len,
        (const char *)head->method.at, (int)head->target.len, (const char *)head->target.at, head->status);
    for (size_t i = 0; i < head->field_count; i++)
        say(" %.*s=%.*s", (int)head->fields[i].name.len, (const char *)head->fields[i].name.at,
            (int)head->fields[i].value.len, (const char *)head->fields[i].value.at);
    say("\n");
}

static void hear_unread(void *context, const struct capan_part *part, enum capan_http_framing why) {
    (void)context;
    say("%d %s %s\n", (int)part->stream, part->request ? "request" : "response", capan_http_framings[why].token);
}

/* One line for a run of octets, however they come. */
static void hear_body(void *context, const struct capan_part *part, struct capan_span octets, uint64_t missing) {
    (void)context, (void)part;
    say("%.*s", (int)octets.len, (const char *)octets.at);
    if (missing) say("[%u missing]", (unsigned)missing);
}

static void hear_end(void *context, const struct capan_part *part, bool reset) {
    (void)context;
    say("\n%d %s %s\n", (int)part->stream, part->request ? "request" : "response", reset ? "reset" : "ends");
}

static void hear_lost(void *context, bool requests) {
    (void)context;
    say("%s lost\n", requests ? "requests" : "responses");
}

static const struct capan_parts_sink sink = {hear_head, hear_unread, hear_body, hear_end, hear_lost};

static void forget(void) {
    said[said_len = 0] = '\0';
}

static const char EXPECTED[] = "0 request GET /a 0 if-none-match=\"x\"\n\n0 request ends\n"
                               "0 response   103\n0 response   200 etag=\"y\"\nhello world"
                               "0 response   0 digest=none\n\n0 response ends\n";

/* --- reading it --- */

static const struct moment now = {1, 0};

enum which { CONTROL_OF_CLIENT = 2, CONTROL_OF_SERVER = 3, ENCODER_OF_CLIENT = 6, ENCODER_OF_SERVER = 7 };

/* A connection with the streams of a session; none of them without memory. */
struct connection {
    struct capan_h3 *h3;
    struct capan_h3_stream *streams[8];
};

static void open_connection(struct connection *connection, const struct capan_alloc *alloc) {
    *connection = (struct connection){capan_h3_new(alloc, capan_qpack, &sink, NULL), {NULL}};
    for (int id = 0; connection->h3 && id < 8; id++) connection->streams[id] = capan_h3_open(connection->h3, id);
}

static void close_connection(struct connection *connection) {
    for (int id = 0; id < 8; id++)
        if (connection->streams[id]) capan_h3_close(connection->streams[id]);
    capan_h3_free(connection->h3);
}

static void read_octets(const struct connection *connection, int id, bool from_client, const void *at, size_t len) {
    if (!connection->streams[id]) return;
    capan_h3_octets(connection->streams[id], from_client, (struct capan_span){at, len}, now);
}

static void read_split(const struct connection *connection, int id, bool from_client, const struct octets *octets,
                       size_t split) {
    for (size_t from = 0; from < octets->len; from += split) {
        size_t len = octets->len - from < split ? octets->len - from : split;
        read_octets(connection, id, from_client, octets->at + from, len);
    }
}

static void end(const struct connection *connection, int id, bool from_client, bool reset) {
    if (connection->streams[id]) capan_h3_end(connection->streams[id], from_client, reset, now);
}

enum order { TABLE_FIRST, TABLE_LAST };

static void read_request(const struct connection *connection, const struct session *session, enum order order,
                         size_t split) {
    if (order == TABLE_FIRST) read_split(connection, ENCODER_OF_CLIENT, true, &session->client.instructions, split);
    read_split(connection, 0, true, &session->request, split);
    end(connection, 0, true, false);
    if (order == TABLE_LAST) read_split(connection, ENCODER_OF_CLIENT, true, &session->client.instructions, split);
}

static void read_response(const struct connection *connection, const struct session *session, enum order order,
                          size_t split) {
    if (order == TABLE_FIRST) read_split(connection, ENCODER_OF_SERVER, false, &session->server.instructions, split);
    read_split(connection, 0, false, &session->response, split);
    end(connection, 0, false, false);
    if (order == TABLE_LAST) read_split(connection, ENCODER_OF_SERVER, false, &session->server.instructions, split);
}

static void read_settings(const struct connection *connection, const struct session *session, size_t split) {
    read_split(connection, CONTROL_OF_CLIENT, true, &session->settings, split);
    read_split(connection, CONTROL_OF_SERVER, false, &session->settings, split);
}

static void read_session(const struct session *session, enum order order, size_t split, size_t refuse) {
    struct failing memory;
    struct connection connection;
    failing_init(&memory, refuse);
    open_connection(&connection, &memory.alloc);
    forget();
    read_settings(&connection, session, split);
    read_request(&connection, session, order, split);
    read_response(&connection, session, order, split);
    close_connection(&connection);
    assert_int_equal(memory.held, 0);
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
        read_session(&session, TABLE_FIRST, split, 0);
        assert_string_equal(EXPECTED, said);
    }
}

static void field_sections_wait_for_their_table(void **unused) {
    (void)unused;
    struct session session;
    make_session(&session);
    for (size_t split = 1; split < 200; split++) {
        read_session(&session, TABLE_LAST, split, 0);
        assert_string_equal(EXPECTED, said);
    }
}

/* A request whose last field is the first one that its encoder puts into the table (RFC 9204 4.3, 4.5). */
static const uint8_t WAITING[] = {HEADERS, 4, 2, 0, 0xd1, 0x80};
static const uint8_t INSTRUCTIONS[] = {2, 0x3f, 0xe1, 0x1f, 0x41, 'a', 1, 'b'};

/* A stream that is closed while it waits is told when its table is there; one whose table never comes is freed. */
static void a_closed_stream_may_still_wait(void **unused) {
    (void)unused;
    struct session session;
    struct connection connection;
    make_session(&session);
    for (int comes = 0; comes < 2; comes++) {
        open_connection(&connection, &capan_libc);
        read_settings(&connection, &session, 100);
        forget();
        read_octets(&connection, 0, true, WAITING, sizeof WAITING);
        end(&connection, 0, true, false);
        capan_h3_close(connection.streams[0]);
        connection.streams[0] = NULL;
        assert_string_equal("", said);
        if (comes) read_octets(&connection, ENCODER_OF_CLIENT, true, INSTRUCTIONS, sizeof INSTRUCTIONS);
        assert_string_equal(comes ? "0 request GET  0 a=b\n\n0 request ends\n" : "", said);
        close_connection(&connection);
    }
}

/* STOP_SENDING makes a client reset its direction, and the response goes on (RFC 9114 4.1). */
static void an_asking_side_may_be_reset(void **unused) {
    (void)unused;
    struct session session;
    struct connection connection;
    make_session(&session);
    open_connection(&connection, &capan_libc);
    read_settings(&connection, &session, 100);
    read_split(&connection, ENCODER_OF_CLIENT, true, &session.client.instructions, 100);
    read_split(&connection, 0, true, &session.request, 100);
    end(&connection, 0, true, true);
    forget();
    read_response(&connection, &session, TABLE_FIRST, 100);
    assert_string_equal("0 response   103\n0 response   200 etag=\"y\"\nhello world"
                        "0 response   0 digest=none\n\n0 response ends\n\n0 request reset\n",
                        said);
    close_connection(&connection);
}

/* RFC 9114 7.2.8, 6.2.3, 6.1; push streams (4.6). */
static void what_is_reserved_is_passed_over(void **unused) {
    (void)unused;
    struct session session;
    struct connection connection;
    struct octets octets = {.len = 0};
    make_session(&session);
    open_connection(&connection, &capan_libc);
    put_frame(&octets, GREASE, "grease", 6);
    put_frame(&octets, PUSH_PROMISE, "\1\0\0\xd1", 4);
    put_frame(&octets, GREASE, "", 0);
    read_split(&connection, 0, true, &octets, 3);
    octets.len = 0;
    put_integer(&octets, GREASE);
    put_frame(&octets, HEADERS, "\0\0\xd1", 3);
    read_split(&connection, CONTROL_OF_CLIENT, true, &octets, 3);
    octets.at[0] = 0x40, octets.at[1] = 1; /* a push stream */
    read_split(&connection, CONTROL_OF_SERVER, false, &octets, 3);
    read_split(&connection, 1, false, &octets, 3);
    forget();
    put_frame(&session.settings, GREASE, "grease", 6);
    read_split(&connection, ENCODER_OF_CLIENT, true, &session.settings, 3); /* another control stream */
    put_frame(&session.request, GREASE, "", 0);
    octets.len = 0;
    put_frame(&octets, HEADERS, "\0\0\xd1", 3); /* :method GET of the static table */
    read_split(&connection, 0, true, &octets, 3);
    assert_string_equal("0 request GET  0\n", said);
    close_connection(&connection);
}

/* --- holes and damage --- */

/* Reads a response with len octets missing at that one. */
static void read_with_hole(const struct octets *octets, size_t at, size_t len) {
    struct connection connection;
    open_connection(&connection, &capan_libc);
    forget();
    read_octets(&connection, 0, false, octets->at, at);
    capan_h3_gap(connection.streams[0], false, len, now);
    read_octets(&connection, 0, false, octets->at + at + len, octets->len - at - len);
    end(&connection, 0, false, false);
    close_connection(&connection);
}

static void a_hole_costs_what_it_covers(void **unused) {
    (void)unused;
    struct octets octets = {.len = 0};
    put_frame(&octets, HEADERS, "\0\0\xd9", 3); /* :status 200 of the static table */
    size_t data = octets.len;
    put_frame(&octets, DATA, "0123456789", 10);
    put_frame(&octets, HEADERS, "\0\0\xc6", 3); /* a field without a value */

    read_with_hole(&octets, data + 4 + 2, 4); /* inside DATA */
    assert_string_equal("0 response   200\n01[4 missing]67890 response   0 date=\n\n0 response ends\n", said);
    read_with_hole(&octets, data + 4 + 2, 8); /* up to its end */
    assert_string_equal("0 response   200\n01[8 missing]0 response   0 date=\n\n0 response ends\n", said);
    read_with_hole(&octets, data + 4 + 2, 9); /* beyond it */
    assert_string_equal("0 response   200\n01[8 missing]responses lost\n", said);
    read_with_hole(&octets, 5, 1); /* inside a field section */
    assert_string_equal("0 response head-cut\n01234567890 response   0 date=\n\n0 response ends\n", said);
    read_with_hole(&octets, 1, 2); /* inside a frame's integers */
    assert_string_equal("responses lost\n", said);
}

/* What waits for instructions that are missing will never be read. */
static void a_hole_in_the_instructions_costs_the_table(void **unused) {
    (void)unused;
    struct session session;
    struct connection connection;
    make_session(&session);
    open_connection(&connection, &capan_libc);
    read_settings(&connection, &session, 100);
    read_octets(&connection, ENCODER_OF_CLIENT, true, INSTRUCTIONS, 2);
    read_octets(&connection, 0, true, WAITING, sizeof WAITING);
    forget();
    capan_h3_gap(connection.streams[ENCODER_OF_CLIENT], true, 1, now);
    assert_string_equal("0 request unreadable\n", said);
    close_connection(&connection);
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
            struct octets *which = parts[(state >> 29) % (sizeof parts / sizeof *parts)];
            which->at[(state >> 8) % which->len] = (uint8_t)(state >> 20);
        }
        read_session(&spoilt, round & 1 ? TABLE_LAST : TABLE_FIRST, 1 + round % 50, 0);
    }
}

static void every_refused_allocation_fails_cleanly(void **unused) {
    (void)unused;
    struct session session;
    make_session(&session);
    for (size_t refuse = 1; refuse < 200; refuse++)
        for (int last = 0; last < 2; last++) read_session(&session, last ? TABLE_LAST : TABLE_FIRST, 40, refuse);
}

/* --- limits --- */

/* More octets than are kept behind a field section that waits for its table; more sections than may wait. */
static void what_waits_is_bounded(void **unused) {
    (void)unused;
    enum { STREAMS = 400 };
    static const uint8_t zeros[4096];
    struct capan_counter counter;
    struct session session;
    struct connection connection;
    struct capan_h3_stream *streams[STREAMS];
    capan_counter_init(&counter, &capan_libc);
    make_session(&session);
    open_connection(&connection, &counter.alloc);
    read_settings(&connection, &session, 100);
    forget();
    for (int i = 0; i < STREAMS; i++) {
        streams[i] = capan_h3_open(connection.h3, 8 + 4 * i);
        capan_h3_octets(streams[i], true, (struct capan_span){WAITING, sizeof WAITING}, now);
        for (int k = 0; k < 8; k++) capan_h3_octets(streams[i], true, (struct capan_span){zeros, sizeof zeros}, now);
    }
    assert_true(counter.peak < 4 << 20);
    assert_non_null(strstr(said, "request unreadable\n"));
    for (int i = 0; i < STREAMS; i++) capan_h3_close(streams[i]);
    close_connection(&connection);
    assert_int_equal(counter.held, 0);
}

/* A frame without end is held up to a limit, and its field section then not read. */
static void a_field_section_has_a_limit(void **unused) {
    (void)unused;
    enum { LEN = 1 << 20 };
    static const uint8_t zeros[4096];
    struct capan_counter counter;
    struct connection connection;
    capan_counter_init(&counter, &capan_libc);
    open_connection(&connection, &counter.alloc);
    forget();
    read_octets(&connection, 0, true, "\1\x80\x10\0\0", 5);
    for (int i = 0; i < LEN / (int)sizeof zeros; i++) read_octets(&connection, 0, true, zeros, sizeof zeros);
    assert_string_equal("0 request unreadable\n", said);
    assert_true(counter.peak < 1 << 18);
    close_connection(&connection);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_session_uses_the_table),
                                       cmocka_unit_test(any_split_says_the_same),
                                       cmocka_unit_test(field_sections_wait_for_their_table),
                                       cmocka_unit_test(a_closed_stream_may_still_wait),
                                       cmocka_unit_test(an_asking_side_may_be_reset),
                                       cmocka_unit_test(what_is_reserved_is_passed_over),
                                       cmocka_unit_test(a_hole_costs_what_it_covers),
                                       cmocka_unit_test(a_hole_in_the_instructions_costs_the_table),
                                       cmocka_unit_test(spoilt_octets_are_harmless),
                                       cmocka_unit_test(every_refused_allocation_fails_cleanly),
                                       cmocka_unit_test(what_waits_is_bounded),
                                       cmocka_unit_test(a_field_section_has_a_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
