/* SPDX-License-Identifier: MIT */
/* HTTP/1 with stand-ins for what it names and carries; its framing, directives, lengths and what equals what stay. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "standins.h"

/* One direction of a connection: its octets, and which of them there are (1, else 0). */
struct capan_stream {
    uint8_t *octets, *there;
    size_t len;
};

enum { CAPAN_REQUESTS_MAX = 1024 };
/* What of requests decides where their responses end. */
struct capan_requests {
    bool head[CAPAN_REQUESTS_MAX];
    size_t count;
};

/* Dates move by so many seconds, whole weeks. False: it is no HTTP/1; nothing was changed. */
bool capan_anonymise_requests(struct capan_standins *, struct capan_stream *, int64_t shift_s, struct capan_requests *);
bool capan_anonymise_responses(struct capan_standins *, struct capan_stream *, int64_t shift_s,
                               const struct capan_requests *);
/* What is no HTTP/1. */
void capan_anonymise_octets(const struct capan_standins *, struct capan_stream *, size_t from, uint64_t key);

#endif
