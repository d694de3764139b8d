/* SPDX-License-Identifier: MIT */
/* What carries an exchange, as the judge is told of it: between whom, on which path, and how it ended. */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include "capan/exchange.h"

/* Who asks whom, and on which connection. */
struct capan_http_parties {
    uint32_t stream;
    bool quic; /* QUIC's connections are counted for themselves */
    struct capan_endpoint client, server;
};

/* How an exchange came to its end. */
enum capan_http_ending {
    CAPAN_HTTP_ENDED,       /* the final response's end was seen, or its body runs to a close that came */
    CAPAN_HTTP_TUNNELLED,   /* 101, or 2xx to CONNECT: other octets follow */
    CAPAN_HTTP_RESET,       /* RST before the end */
    CAPAN_HTTP_CLOSED,      /* FIN before the end */
    CAPAN_HTTP_CAPTURE_GAP, /* what would have told was not captured */
    CAPAN_HTTP_CAPTURE_END, /* the capture ended before */
    CAPAN_HTTP_GIVEN_UP,    /* it, or its connection, was given up for memory before */
    CAPAN_HTTP_UNREADABLE   /* HTTP/2 and 3: it came, and its fields cannot be decompressed */
};

/* The path that an exchange was carried by, in round trips; -1 unknown. */
struct capan_http_path {
    int64_t rtt_ns;  /* between client and server */
    int64_t near_ns; /* the part of it between client and capture */
};

/* What the response's sender did since its answer began, and what went before the connection's first request. In ns; 0
 * not known. */
struct capan_http_spent {
    int64_t part_ns[CAPAN_EXCHANGE_PART_COUNT];
    int64_t connect_ns; /* TCP's handshake */
    int64_t opened_ns;  /* when it was over */
};

/* What was seen of one message of an exchange. */
struct capan_http_seen {
    struct capan_http_extent extent;
    bool digest_known;  /* the whole coded content was seen */
    uint64_t digest;    /* of it (digest.h) */
    uint32_t gunzipped; /* likewise */
    uint64_t content;   /* struct capan_content's number; 0 none was handed out */
    uint32_t framing;   /* 1 << CAPAN_FRAMING_... */
};

struct capan_http_end {
    enum capan_http_ending how;
    struct capan_http_path path;
    struct capan_http_spent spent;
    struct capan_http_seen request, response;
    bool body_after_304; /* octets followed a 304's head that are no status line and fit its announced length */
};

#endif
