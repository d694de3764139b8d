/* SPDX-License-Identifier: MIT */
/* The heads of HTTP/1 messages as they stand in the recorded octets (RFC 9112 2.1). */
#ifndef HEADS_H
#define HEADS_H

#include "field.h"
#include "recording.h"

enum { HEAD_MAX = 16384, HEAD_FIELDS = 128 };

struct head {
    const struct record *begins; /* with which its first octet could be read; NULL: it was not found */
    int64_t start;               /* number of its first octet */
    size_t len;                  /* with the empty line at its end */
    uint16_t status;             /* 0: a request */
    struct capan_span line;      /* the start line */
    struct capan_http_field fields[HEAD_FIELDS];
    size_t count;
    uint8_t octets[HEAD_MAX];
};

typedef bool head_test(const void *context, const struct recording *, const struct head *);
/* A request for that target that begins in that frame and that holds. */
bool capan_head_of_request(const struct recording *, uint32_t frame, struct capan_span method, struct capan_span target,
                           head_test *holds, const void *context, struct head *);
/* Likewise a response. */
bool capan_head_of_response(const struct recording *, uint32_t frame, head_test *holds, const void *context,
                            struct head *);
/* The response whose last octet could be read with that frame. */
bool capan_head_ending(const struct recording *, uint32_t frame, struct head *);

/* The value of its first field of that number; empty: none. */
struct capan_span capan_head_value(const struct head *, enum capan_field);
/* All octets of the message by its head (RFC 9112 6.3), bodiless: its request was HEAD. -1: its head does not say. */
int64_t capan_head_octets(const struct head *, bool bodiless);
bool capan_head_is_chunked(const struct head *);
/* The first record from the head on with that octet of its sender, and the one with which it could be read: those that
 * fill holes come in between. NULL: none. */
const struct record *capan_head_bearer(const struct recording *, const struct head *, int64_t octet);
const struct record *capan_head_reader(const struct recording *, const struct head *, int64_t octet);

#endif
