/* SPDX-License-Identifier: MIT */
/* Where a message's body ends: RFC 9112 6.3. */
#ifndef FRAMING_H
#define FRAMING_H

#include "message.h"

enum capan_body {
    CAPAN_BODY_NONE,
    CAPAN_BODY_TUNNEL, /* what follows is no HTTP/1 */
    CAPAN_BODY_CHUNKED,
    CAPAN_BODY_LENGTH,
    CAPAN_BODY_UNTIL_CLOSE,
    CAPAN_BODY_UNKNOWN /* no reader can tell */
};

/* What must be known of the request that a response answers; nothing for a request. */
struct capan_asked {
    bool known, head, connect;
};

struct capan_framing {
    enum capan_body body;
    uint64_t len;           /* of CAPAN_BODY_LENGTH; else what the head announces, 0 nothing */
    bool announced_chunked; /* the head says chunked, whether or not there is a body */
    uint32_t findings;      /* 1 << CAPAN_FRAMING_... */
    const char *source;     /* the row of RFC 9112 6.3 */
};

struct capan_framing capan_framing_of(const struct capan_message *message, struct capan_asked asked);

#endif
