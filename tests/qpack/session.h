/* SPDX-License-Identifier: MIT */
/* Streams of HTTP/3 in octets: frames, and a session whose fields libnghttp3 compressed. */
#ifndef SESSION_H
#define SESSION_H

#include <nghttp3/nghttp3.h>

#include "capan/base.h"

enum { DATA = 0, HEADERS = 1, SETTINGS = 4, PUSH_PROMISE = 5, GREASE = 0x21 };

struct octets {
    uint8_t at[4096];
    size_t len;
};

/* Two octets hold each integer here. */
void put_integer(struct octets *, size_t value);
void put_frame(struct octets *, unsigned type, const void *payload, size_t len);

/* A side's compression: its encoder stream grows as field sections are made. */
struct side {
    nghttp3_qpack_encoder *encoder;
    struct octets instructions;
};

/* A request that uses the table, an early hint, a response in two DATA frames with trailers. */
struct session {
    struct octets settings, request, response;
    struct side client, server;
};

void make_session(struct session *);

#endif
