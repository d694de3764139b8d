/* SPDX-License-Identifier: MIT */
/* What carries an exchange, as the judge is told of it: between whom, on which path, and how it ended. */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include "capan/exchange.h"

/* Who talks to whom, and where. */
struct capan_http_place {
    uint32_t stream;
    int64_t h2_stream;                    /* -1 for HTTP/1 */
    bool secure;                          /* https */
    struct capan_endpoint client, server; /* who asks, who answers */
};

/* How an exchange came to its end. */
enum capan_http_ending {
    CAPAN_HTTP_ENDED,       /* the final response's end was seen, or its body runs to a close that came */
    CAPAN_HTTP_TUNNELLED,   /* 101, or 2xx to CONNECT: other octets follow */
    CAPAN_HTTP_RESET,       /* RST before the end */
    CAPAN_HTTP_CLOSED,      /* FIN before the end */
    CAPAN_HTTP_CAPTURE_GAP, /* what would have told was not captured */
    CAPAN_HTTP_CAPTURE_END, /* the capture ended before */
    CAPAN_HTTP_UNREADABLE   /* HTTP/2 and 3: it came, and its fields cannot be decompressed */
};

/* The path that an exchange was carried by, in round trips; -1 unknown. */
struct capan_http_path {
    int64_t rtt_ns;  /* between client and server */
    int64_t near_ns; /* the part of it between client and capture */
};

struct capan_http_end {
    enum capan_http_ending how;
    struct capan_http_path path;
    struct capan_http_extent request, response;
    bool digest_known;         /* the whole coded body was seen */
    uint64_t digest;           /* of it (digest.h) */
    bool request_digest_known; /* likewise for the request's content (PUT) */
    uint64_t request_digest;
    bool body_after_304; /* octets followed a 304's head that are no status line and fit its announced length */
};

#endif
