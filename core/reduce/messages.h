/* SPDX-License-Identifier: MIT */
/* HTTP with stand-ins for what it names and carries; its framing, directives, lengths and what equals what stay. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "content.h"

enum { CAPAN_REQUESTS_MAX = 1024 };
/* What of requests decides where their responses end. */
struct capan_requests {
    bool head[CAPAN_REQUESTS_MAX];
    size_t count;
};

/* HTTP/2 from the client's preface, the server's, or an upgrade on (RFC 9113 3.3, RFC 7540 3.2) is taken with it. Dates
 * move by so many seconds, whole weeks. False: it is no HTTP; nothing was changed. */
bool capan_anonymise_requests(struct capan_standins *, struct capan_stream *, int64_t shift_s, struct capan_requests *);
bool capan_anonymise_responses(struct capan_standins *, struct capan_stream *, int64_t shift_s,
                               const struct capan_requests *);

#endif
