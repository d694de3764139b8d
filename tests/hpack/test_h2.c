/* SPDX-License-Identifier: MIT */
/* HTTP/2 taken apart: what a session says, however its octets are split; and nothing worse than silence for octets that
 * are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <nghttp2/nghttp2.h>

#include "alloc.h"
#include "bytes.h"
#include "capan/hpack.h"
#include "failing.h"
#include "h2.h"

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
            (int)min_u64(head->fields[i].value.len, 40), (const char *)head->fields[i].value.at);
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

/* --- a session in octets --- */

struct octets {
    uint8_t at[8192];
    size_t len;
};

static void put(struct octets *octets, const void *at, size_t len) {
    assert_true(octets->len + len <= sizeof octets->at);
    memcpy(octets->at + octets->len, at, len);
    octets->len += len;
}

static void put_frame(struct octets *octets, uint8_t type, uint8_t flags, uint32_t stream, const void *payload,
                      size_t len) {
    const uint8_t header[] = {(uint8_t)(len >> 16),   (uint8_t)(len >> 8), (uint8_t)len, type, flags, 0, 0,
                              (uint8_t)(stream >> 8), (uint8_t)stream};
    put(octets, header, sizeof header);
    put(octets, payload, len);
}

/* nghttp2 wants them writable, and does not write. */
#define FIELD(name, value)                                                                                             \
    { (uint8_t[]){name}, (uint8_t[]){value}, sizeof name - 1, sizeof value - 1, 0 }
enum { END_STREAM = 1, END_HEADERS = 4, PADDED = 8, PRIORITY = 32 };

static size_t deflate(nghttp2_hd_deflater *deflater, uint8_t *block, const nghttp2_nv *fields, size_t count) {
    ssize_t len = nghttp2_hd_deflate_hd(deflater, block, 1024, fields, count);
    assert_true(len > 0);
    return (size_t)len;
}

/* Preface and settings, a GET whose field section is in three frames with padding and priority, a HEAD that is given
 * up. */
static void make_client(struct octets *octets) {
    const nghttp2_nv get[] = {FIELD(":method", "GET"), FIELD(":path", "/a"), FIELD(":scheme", "https"),
                              FIELD("if-none-match", "\"x\"")};
    const nghttp2_nv head[] = {FIELD(":method", "HEAD"), FIELD(":path", "/b"), FIELD(":scheme", "https"),
                               FIELD("if-none-match", "\"x\"")};
    const uint8_t settings[] = {0, 1, 0, 1, 0, 0}, cancel[] = {0, 0, 0, 8};
    uint8_t block[1024], padded[1024] = {3, 0, 0, 0, 0, 16};
    nghttp2_hd_deflater *deflater;
    assert_int_equal(0, nghttp2_hd_deflate_new(&deflater, 4096));
    size_t len = deflate(deflater, block, get, 4);

    put(octets, CAPAN_H2_PREFACE, CAPAN_H2_PREFACE_LEN);
    put_frame(octets, 4, 0, 0, settings, sizeof settings);
    memcpy(padded + 6, block, 5);
    put_frame(octets, 1, END_STREAM | PADDED | PRIORITY, 1, padded, 6 + 5 + 3);
    put_frame(octets, 9, 0, 1, block + 5, 2);
    put_frame(octets, 9, END_HEADERS, 1, block + 7, len - 7);
    len = deflate(deflater, block, head, 4);
    put_frame(octets, 1, END_STREAM | END_HEADERS, 3, block, len);
    put_frame(octets, 3, 0, 3, cancel, sizeof cancel);
    nghttp2_hd_deflate_del(deflater);
}

/* Settings, an early hint, a response in padded DATA with trailers, a pushed request. The table grew by the client's
 * leave. */
static void make_server(struct octets *octets) {
    const nghttp2_nv hint[] = {FIELD(":status", "103")}, ok[] = {FIELD(":status", "200"), FIELD("etag", "\"y\"")};
    const nghttp2_nv trailer[] = {FIELD("digest", "none")};
    const nghttp2_nv pushed[] = {FIELD(":method", "GET"), FIELD(":path", "/c"), FIELD(":scheme", "https")};
    uint8_t block[1024], promise[1024] = {0, 0, 0, 2};
    nghttp2_hd_deflater *deflater;
    assert_int_equal(0, nghttp2_hd_deflate_new(&deflater, 65536));
    assert_int_equal(0, nghttp2_hd_deflate_change_table_size(deflater, 65536));

    put_frame(octets, 4, 0, 0, "", 0);
    size_t len = deflate(deflater, block, hint, 1);
    put_frame(octets, 1, END_HEADERS, 1, block, len);
    len = deflate(deflater, block, ok, 2);
    put_frame(octets, 1, END_HEADERS, 1, block, len);
    put_frame(octets, 0, PADDED, 1, "\2hello\0\0", 8);
    put_frame(octets, 0, 0, 1, " world", 6);
    len = deflate(deflater, promise + 4, pushed, 3);
    put_frame(octets, 5, END_HEADERS, 1, promise, 4 + len);
    len = deflate(deflater, block, trailer, 1);
    put_frame(octets, 1, END_STREAM | END_HEADERS, 1, block, len);
    nghttp2_hd_deflate_del(deflater);
}

/* --- reading it --- */

static void read_split(struct capan_h2 *h2, bool from_client, const struct octets *octets, size_t split) {
    for (size_t from = 0; from < octets->len; from += split) {
        size_t len = octets->len - from < split ? octets->len - from : split;
        capan_h2_octets(h2, from_client, (struct capan_span){octets->at + from, len}, (struct moment){1, 0});
    }
}

static void forget(void) {
    said[said_len = 0] = '\0';
}

static void read_session(const struct octets *client, const struct octets *server, size_t split, size_t refuse) {
    struct failing memory;
    failing_init(&memory, refuse);
    struct capan_h2 *h2 = capan_h2_new(&memory.alloc, &capan_hpack, &sink, NULL);
    forget();
    if (h2) {
        read_split(h2, true, client, split);
        read_split(h2, false, server, split);
    }
    capan_h2_free(h2);
    assert_int_equal(memory.held, 0);
}

static const char EXPECTED[] = "1 request GET /a 0 if-none-match=\"x\"\n\n1 request ends\n"
                               "3 request HEAD /b 0 if-none-match=\"x\"\n\n3 request ends\n\n3 request reset\n"
                               "1 response   103\n1 response   200 etag=\"y\"\nhello world"
                               "2 request GET /c 0\n\n2 request ends\n1 response   0 digest=none\n\n1 response ends\n";

static void any_split_says_the_same(void **unused) {
    (void)unused;
    struct octets client = {0}, server = {0};
    make_client(&client);
    make_server(&server);
    for (size_t split = 1; split < 400; split++) {
        read_session(&client, &server, split, 0);
        assert_string_equal(EXPECTED, said);
    }
}

static void spoilt_octets_are_harmless(void **unused) {
    (void)unused;
    struct octets client = {0}, server = {0};
    uint32_t state = 20260101;
    make_client(&client);
    make_server(&server);
    for (unsigned round = 0; round < 20000; round++) {
        struct octets spoilt[2] = {client, server};
        for (int i = 0; i < 4; i++) {
            state = state * 1664525 + 1013904223;
            struct octets *which = &spoilt[state >> 31];
            which->at[(state >> 8) % which->len] = (uint8_t)(state >> 20);
        }
        read_session(&spoilt[0], &spoilt[1], 1 + round % 50, 0);
    }
}

static void every_refused_allocation_fails_cleanly(void **unused) {
    (void)unused;
    struct octets client = {0}, server = {0};
    make_client(&client);
    make_server(&server);
    for (size_t refuse = 1; refuse < 200; refuse++) read_session(&client, &server, 40, refuse);
}

/* --- holes --- */

static void read_with_hole(const struct octets *octets, size_t at, size_t len) {
    struct capan_h2 *h2 = capan_h2_new(&capan_libc, &capan_hpack, &sink, NULL);
    forget();
    capan_h2_octets(h2, false, (struct capan_span){octets->at, at}, (struct moment){1, 0});
    capan_h2_gap(h2, false, len, (struct moment){1, 0});
    capan_h2_octets(h2, false, (struct capan_span){octets->at + at + len, octets->len - at - len},
                    (struct moment){1, 0});
    capan_h2_free(h2);
}

static void a_hole_costs_what_it_covers(void **unused) {
    (void)unused;
    nghttp2_hd_deflater *deflater;
    struct octets octets = {0};
    uint8_t block[64];
    const nghttp2_nv ok[] = {FIELD(":status", "200"), FIELD("etag", "\"y\"")};
    assert_int_equal(0, nghttp2_hd_deflate_new(&deflater, 4096));
    put_frame(&octets, 4, 0, 0, "", 0);
    size_t first = octets.len, len = deflate(deflater, block, ok, 2);
    put_frame(&octets, 1, END_HEADERS, 1, block, len);
    size_t data = octets.len;
    put_frame(&octets, 0, END_STREAM | PADDED, 1,
              "\3"
              "0123456789"
              "\0\0\0",
              14);
    len = deflate(deflater, block, ok, 2);
    put_frame(&octets, 1, END_HEADERS | END_STREAM, 3, block, len);
    nghttp2_hd_deflate_del(deflater);

    read_with_hole(&octets, data + 9 + 3, 4); /* inside DATA */
    assert_string_equal("1 response   200 etag=\"y\"\n01[4 missing]6789\n1 response ends\n"
                        "3 response   200 etag=\"y\"\n\n3 response ends\n",
                        said);
    read_with_hole(&octets, data + 9 + 3, 10); /* up to its end, with a part of the padding */
    assert_string_equal("1 response   200 etag=\"y\"\n01[8 missing]\n1 response ends\n"
                        "3 response   200 etag=\"y\"\n\n3 response ends\n",
                        said);
    read_with_hole(&octets, first + 9 + 1, 2); /* inside a field section */
    assert_string_equal("1 response head-cut\n0123456789\n1 response ends\n"
                        "3 response   200 etag=\"y\"\n\n3 response ends\n", /* which needs no table */
                        said);
    read_with_hole(&octets, first + 3, 2); /* inside a frame's header */
    assert_string_equal("responses lost\n", said);
}

/* --- limits --- */

/* One octet for each field line of 4,000 (an HPACK bomb): what goes beyond the limit is read and not told. */
static void a_field_section_has_a_limit(void **unused) {
    (void)unused;
    struct octets octets = {0};
    uint8_t block[4096] = {0x40, 1, 'a', 0x7f, 4000 - 127 - 3840 + 0x80, 30};
    size_t len = 6 + 4000;
    struct capan_h2 *h2 = capan_h2_new(&capan_libc, &capan_hpack, &sink, NULL);
    memset(block + 6, 'x', 4000);
    put_frame(&octets, 1, END_HEADERS, 1, block, len);
    capan_h2_octets(h2, false, (struct capan_span){octets.at, octets.len}, (struct moment){1, 0});
    octets.len = 0;
    memset(block, 0xbe, 1000);
    put_frame(&octets, 1, END_HEADERS, 3, block, 1000);
    put_frame(&octets, 1, END_HEADERS, 5, block, 1);
    forget();
    capan_h2_octets(h2, false, (struct capan_span){octets.at, octets.len}, (struct moment){1, 0});
    assert_non_null(strstr(said, "\n3 response head-too-long\n5 response   0 a=xxxx")); /* the table went on */
    capan_h2_free(h2);
}

/* CONTINUATION without end is held up to a limit, and then read no more. */
static void a_flood_of_continuations_is_bounded(void **unused) {
    (void)unused;
    struct capan_counter counter;
    capan_counter_init(&counter, &capan_libc);
    struct capan_h2 *h2 = capan_h2_new(&counter.alloc, &capan_hpack, &sink, NULL);
    static const uint8_t zeros[4096];
    forget();
    for (int i = 0; i < 1000; i++) {
        struct octets octets = {0};
        put_frame(&octets, i ? 9 : 1, 0, 1, zeros, sizeof zeros);
        capan_h2_octets(h2, false, (struct capan_span){octets.at, octets.len}, (struct moment){1, 0});
    }
    assert_true(counter.peak < 1 << 18);
    capan_h2_free(h2);
    assert_int_equal(counter.held, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_split_says_the_same),
                                       cmocka_unit_test(spoilt_octets_are_harmless),
                                       cmocka_unit_test(every_refused_allocation_fails_cleanly),
                                       cmocka_unit_test(a_hole_costs_what_it_covers),
                                       cmocka_unit_test(a_field_section_has_a_limit),
                                       cmocka_unit_test(a_flood_of_continuations_is_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
