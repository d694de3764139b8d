/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "session.h"

static void put(struct octets *octets, const void *at, size_t len) {
    assert_true(octets->len + len <= sizeof octets->at);
    if (len) memcpy(octets->at + octets->len, at, len);
    octets->len += len;
}

void put_integer(struct octets *octets, size_t value) {
    put(octets, (uint8_t[]){(uint8_t)(0x40 | value >> 8), (uint8_t)value}, 2);
}

void put_frame(struct octets *octets, unsigned type, const void *payload, size_t len) {
    put_integer(octets, type);
    put_integer(octets, len);
    put(octets, payload, len);
}

enum { TABLE = 4096 };

/* nghttp3 wants them writable, and does not write. */
#define FIELD(name, value)                                                                                             \
    { (uint8_t[]){name}, (uint8_t[]){value}, sizeof name - 1, sizeof value - 1, 0 }

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

void make_session(struct session *session) {
    const nghttp3_nv get[] = {FIELD(":method", "GET"), FIELD(":path", "/a"), FIELD(":scheme", "https"),
                              FIELD("if-none-match", "\"x\"")};
    const nghttp3_nv hint[] = {FIELD(":status", "103")}, ok[] = {FIELD(":status", "200"), FIELD("etag", "\"y\"")};
    const nghttp3_nv trailer[] = {FIELD("digest", "none")};

    *session = (struct session){0};
    open_side(&session->client);
    open_side(&session->server);
    put(&session->settings, "\0", 1); /* a control stream */
    put_frame(&session->settings, SETTINGS, "\1\x50\0\7\x40\x64", 6);
    put_headers(&session->request, &session->client, 0, get, sizeof get / sizeof *get);
    put_headers(&session->response, &session->server, 0, hint, 1);
    put_headers(&session->response, &session->server, 0, ok, 2);
    put_frame(&session->response, DATA, "hello", 5);
    put_frame(&session->response, GREASE, "nothing", 7);
    put_frame(&session->response, DATA, " world", 6);
    put_headers(&session->response, &session->server, 0, trailer, 1);
    close_side(&session->client);
    close_side(&session->server);
}
