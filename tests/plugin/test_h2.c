/* SPDX-License-Identifier: GPL-2.0-or-later */
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

#include "h2.h"
#include "store.h"

/* --- the store's place is taken by a log --- */

static char said[1 << 16];
static size_t said_len;

static void say(const char *format, ...) {
    va_list arguments;

    va_start(arguments, format);
    if (said_len < sizeof said)
        said_len += (size_t)vsnprintf(said + said_len, sizeof said - said_len, format, arguments);
    va_end(arguments);
}

void capan_store_feed_octets(const struct capan_decoded *at, struct capan_span octets) {
    (void)at, (void)octets;
}

void capan_store_feed_head(const struct capan_decoded *at, const struct capan_decoded_head *head) {
    say("%d %s %.*s %.*s %u", (int)at->h2_stream, head->request ? "request" : "response", (int)head->method.len,
        (const char *)head->method.at, (int)head->target.len, (const char *)head->target.at, head->status);
    for (size_t i = 0; i < head->field_count; i++)
        say(" %.*s=%.*s", (int)head->fields[i].name.len, (const char *)head->fields[i].name.at,
            (int)head->fields[i].value.len, (const char *)head->fields[i].value.at);
    say("\n");
}

/* One line for a run of octets, however they come. */
void capan_store_feed_body(const struct capan_decoded *at, bool request, struct capan_span octets) {
    (void)at, (void)request;
    for (size_t i = 0; i < octets.len; i++) say("%c", octets.at[i]);
}

void capan_store_feed_end(const struct capan_decoded *at, bool request, bool reset) {
    say("\n%d %s %s\n", (int)at->h2_stream, request ? "request" : "response", reset ? "reset" : "ends");
}

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

static void read_split(struct capan_h2 *h2, enum capan_direction direction, const struct octets *octets, size_t split) {
    const struct capan_decoded at = {.frame = 1};

    for (size_t from = 0; from < octets->len; from += split) {
        size_t len = octets->len - from < split ? octets->len - from : split;
        capan_h2_read(h2, &at, direction, (struct capan_span){octets->at + from, len});
    }
}

static void read_session(const struct octets *client, const struct octets *server, size_t split) {
    struct capan_h2 *h2 = capan_h2_new();

    said[said_len = 0] = '\0';
    /* The preface comes in one record: by it the connection is known. */
    capan_h2_read(h2, &(struct capan_decoded){.frame = 1}, CAPAN_C2S,
                  (struct capan_span){client->at, CAPAN_H2_PREFACE_LEN});
    struct octets rest = {.len = client->len - CAPAN_H2_PREFACE_LEN};
    memcpy(rest.at, client->at + CAPAN_H2_PREFACE_LEN, rest.len);
    read_split(h2, CAPAN_C2S, &rest, split);
    read_split(h2, CAPAN_S2C, server, split);
    capan_h2_free(h2);
}

static const char EXPECTED[] = "1 request GET /a 0 if-none-match=\"x\"\n\n1 request ends\n"
                               "3 request HEAD /b 0 if-none-match=\"x\"\n\n3 request ends\n\n3 request reset\n"
                               "1 response   103\n1 response   200 etag=\"y\"\nhello world"
                               "2 request GET /c 0\n\n2 request ends\n\n1 response ends\n";

static void any_split_says_the_same(void **unused) {
    (void)unused;
    struct octets client = {0}, server = {0};
    make_client(&client);
    make_server(&server);

    for (size_t split = 1; split < 400; split++) {
        read_session(&client, &server, split);
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
        read_session(&spoilt[0], &spoilt[1], 1 + round % 50);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_split_says_the_same),
                                       cmocka_unit_test(spoilt_octets_are_harmless)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
