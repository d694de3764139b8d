/* SPDX-License-Identifier: MIT */
/* What capan says of HTTP: one verdict per exchange, in the words of verdicts.h. */
#ifndef CAPAN_EXCHANGE_H
#define CAPAN_EXCHANGE_H

#include "http.h"
#include "verdicts.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CAPAN_HTTP_INTERIM_MAX 8

/* Round trips that a client waited for before it could send a request at all. They are told of the first request behind
 * them. */
struct capan_handshakes {
    uint8_t tcp;    /* 1: the connection's three-way handshake (RFC 9293 3.5) was captured and carried no request */
    uint8_t tunnel; /* 1: the CONNECT that opened the way was captured (RFC 9110 9.3.6) */
    uint8_t tls;    /* flights of the server's TLS handshake that the client answered (RFC 8446 2, RFC 5246 7.3); known
                     * only where the content was decrypted */
};

/* X(name, token, sentence): what an exchange is to the page that it belongs to. */
#define CAPAN_PAGE_ROLES(X)                                                                                            \
    X(NONE, "none", "belongs to no page")                                                                              \
    X(REDIRECT, "redirect", "led to the page")                                                                         \
    X(DOCUMENT, "document", "the page itself")                                                                         \
    X(PART, "part", "brought by the page, or by a part of it")                                                         \
    X(FAVICON, "favicon", "the page's icon, which browsers ask for by themselves")

#define CAPAN_X(name, ...) CAPAN_PAGE_##name,
enum capan_page_role { CAPAN_PAGE_ROLES(CAPAN_X) CAPAN_PAGE_ROLE_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_page_roles[CAPAN_PAGE_ROLE_COUNT];

/* The page load that an exchange belongs to, as far as it had come with this exchange. A load begins with a document
 * that its client asked for while the page before was quiet; Referer tells what it brought, also by way of its style
 * sheets and frames. */
struct capan_page_part {
    uint64_t number; /* of the load, from 1 in the order in which they were noticed; 0 none */
    uint8_t role;    /* enum capan_page_role */
    uint32_t requests, not_modified;
    int64_t path_x100;   /* the longest chain that ends with it: exchanges of the load that began when the one
                          * before had ended; the sum of their round_trips_x100 (100 where unknown) and of
                          * their handshakes */
    uint32_t confirming; /* round trips on that chain that brought nothing but a 304: one for each, and its
                          * handshakes */
};

static inline unsigned capan_handshake_sum(const struct capan_handshakes *paid) {
    return (unsigned)paid->tcp + paid->tunnel + paid->tls;
}

/* X(name, field name): what a 304 and a 206 must repeat of the 200 (RFC 9110 15.4.5, 15.3.7). */
#define CAPAN_HTTP_REPEATED(X)                                                                                         \
    X(ETAG, "ETag")                                                                                                    \
    X(DATE, "Date")                                                                                                    \
    X(VARY, "Vary")                                                                                                    \
    X(CACHE_CONTROL, "Cache-Control")                                                                                  \
    X(EXPIRES, "Expires")                                                                                              \
    X(CONTENT_LOCATION, "Content-Location")

#define CAPAN_X(name, ...) CAPAN_REPEATED_##name,
enum capan_http_repeated { CAPAN_HTTP_REPEATED(CAPAN_X) CAPAN_HTTP_REPEATED_COUNT };
#undef CAPAN_X
CAPAN_API extern const char *const capan_http_repeated_names[CAPAN_HTTP_REPEATED_COUNT];

/* How a response's content compares with what the client had. */
enum capan_http_content { CAPAN_CONTENT_UNKNOWN, CAPAN_CONTENT_SAME, CAPAN_CONTENT_OTHER };

/* Of several sections that a word lists the one that the exchange is against; NULL: all that it lists. */
struct capan_http_sections {
    const char *precond_syntax, *stale_forbidden, *reload_forced;
};

/* X(name, token, phrase, sentence): what the time of an exchange went into; the phrase names it to who pays for it. */
#define CAPAN_EXCHANGE_PARTS(X)                                                                                        \
    X(REQUEST, "request", "sending requests", "the request was sent")                                                  \
    X(SERVER, "server", "server", "the server's own: before its response began, and while it paused in it")            \
    X(SLOW_START, "slow_start", "slow start",                                                                          \
      "of the response: its sender's congestion window was still growing fast")                                        \
    X(CWND_LIMITED, "cwnd_limited", "congestion", "of the response: congestion control held it back")                  \
    X(RWND_LIMITED, "rwnd_limited", "full windows", "of the response: the receiver's window held it back")             \
    X(RECOVERY, "recovery", "recovering losses", "of the response: losses were made good")                             \
    X(RTO_WAIT, "rto_wait", "waiting for timers", "of the response: its sender waited for a timer")                    \
    X(NAGLE, "nagle", "Nagle", "of the response: a small segment waited for the ACK of the one before")                \
    X(PATH, "path", "network", "the way there and back, and what else the response took")
#define CAPAN_X(name, ...) CAPAN_SPENT_##name,
enum capan_exchange_spent { CAPAN_EXCHANGE_PARTS(CAPAN_X) CAPAN_EXCHANGE_PART_COUNT };
#undef CAPAN_X
CAPAN_API extern const struct capan_token capan_exchange_parts[CAPAN_EXCHANGE_PART_COUNT];
CAPAN_API extern const char *const capan_exchange_part_phrases[CAPAN_EXCHANGE_PART_COUNT];

/* Where the time of an exchange went, in ns. The parts are disjoint; their sum is its duration, from the request's
 * first octet to the response's last. What it waited for before is not in it. */
struct capan_exchange_time {
    int64_t part_ns[CAPAN_EXCHANGE_PART_COUNT];
    int64_t connect_ns, tls_ns; /* handshakes before it that it paid for; 0 none, or not known */
};

/* When something was told, which orders all that is told of one kind. Whatever else is in the capture, it is the same:
 * so the parts of a split capture can be put together again. PACKET: while a packet was looked at. DEADLINE: because
 * time had passed, before the next packet, whoever sent that. END: at the end of the capture, by stream. */
enum capan_told_by { CAPAN_TOLD_BY_PACKET, CAPAN_TOLD_BY_DEADLINE, CAPAN_TOLD_BY_END };
struct capan_told {
    int64_t time_ns; /* of the packet, or the deadline */
    uint32_t number; /* the packet's frame, or the last one before the deadline; at the end the stream */
    uint8_t by;      /* enum capan_told_by */
};

/* One exchange: a request, its final response, the verdict. Spans are valid during the callback that hands it out. */
struct capan_exchange {
    uint64_t index; /* from 0, in order of report */
    struct capan_told told;
    uint32_t stream;                      /* TCP connection */
    int64_t h2_stream;                    /* HTTP/2 or HTTP/3 stream; -1 for HTTP/1 */
    struct capan_endpoint client, server; /* who asked, who answered */

    struct capan_span method;                 /* empty: request not captured */
    struct capan_span target;                 /* request target as sent (RFC 9112 3.2) */
    struct capan_span authority;              /* of the target URI: absolute-form, else Host; lower case */
    bool secure;                              /* its scheme is https */
    uint16_t status;                          /* final status; 0 none */
    uint16_t interim[CAPAN_HTTP_INTERIM_MAX]; /* 1xx before it, the first ones */
    uint8_t interim_count;
    uint8_t request_version, response_version; /* 9, 10, 11, 20, 30; 0 unknown */
    struct capan_http_extent request, response;
    const struct capan_http_field
        *request_fields;        /* validators, preconditions and cache fields that were seen, in order; */
    size_t request_field_count; /* names in lower case */
    const struct capan_http_field *request_lines; /* all field lines of the request as received, secrets too: any may */
    size_t request_line_count;                    /* select a variant (RFC 9110 12.5.5). NULL in a copy */
    const struct capan_http_field *response_fields;
    size_t response_field_count;
    const struct capan_http_field *response_lines; /* with capan_config.responses: likewise of the response; its */
    size_t response_line_count;                    /* reason phrase as sent. NULL and empty in a copy */
    struct capan_span phrase;
    const struct capan_http_field
        *request_trailers;        /* likewise behind the content (RFC 9110 6.5): never used as if they */
    size_t request_trailer_count; /* were before it */
    const struct capan_http_field *response_trailers;
    size_t response_trailer_count;

    uint64_t request_content, response_content; /* numbers of struct capan_content; 0 none was handed out */

    uint8_t cond, outcome, reason; /* enum capan_http_cond, _outcome, _reason */
    uint8_t provenance, compare, served_by, certainty;
    uint64_t forgotten;            /* 1 << CAPAN_FORGOT_..., where the verdict would need it; else 0 */
    const char *source, *sentence; /* what the outcome comes to here, and the sections that it rests on; "" none */
    struct capan_http_sections sections;
    uint8_t content;             /* enum capan_http_content, by the octets */
    uint8_t lost;                /* where a 304 or 206 lacks fields of the 200: 1 << CAPAN_REPEATED_... */
    uint64_t violations, advice; /* 1 << CAPAN_VIOLATION_..., 1 << CAPAN_ADVICE_... */
    uint32_t request_framing, response_framing; /* 1 << CAPAN_FRAMING_... */
    uint32_t validator_in;                      /* last frame of the response that issued the validator; 0 none */
    int64_t validator_ns;                       /* its time */
    uint32_t known_in;                          /* last frame of the newest response the client already had; 0 none */
    uint64_t saved;                             /* body octets that a 304 spared */
    uint64_t wasted;                            /* body octets sent although the client had them */
    uint64_t body_digest;                       /* of the coded body; 0 unknown */
    uint32_t decoded_len;                       /* octets of a body that gzip alone codes without it, as its trailer
                                                 * says (RFC 1952 2.3.1: modulo 2^32); 0 unknown */
    int64_t fresh_lifetime_s, age_s; /* of the copy the client had, at the request's time (RFC 9111 4.2); -1 none */
    bool fresh_heuristic;            /* lifetime by the 10 % rule (RFC 9111 4.2.2) */
    bool known_no_cache;             /* that copy is not to be used without asking, fresh or not (RFC 9111 5.2.2.4) */
    int64_t unchanged_s;      /* where lengthen-lifetime is advised: for how long it was seen to stay the same: as
                               * max-age that would have spared the requests; -1 else, or no longer than it is */
    int64_t full_server_ns;   /* where 304-slow is advised: server_ns of the 200 that the 304 stands for; -1 else */
    int64_t answered_ns;      /* from the request's last octet to the response's first, at the capture; -1 unknown */
    int64_t server_ns;        /* the server's own part of that, without the round trip between it and the capture;
                               * -1 unknown */
    int64_t rtt_ns;           /* one round trip of its connection: of each half of the path, between client and
                               * capture and between capture and server, the shortest that the handshake or
                               * data and its ACK (RFC 6298 3) have measured by then; -1 unknown */
    int64_t round_trips_x100; /* what the client waited for the network, in hundredths of rtt_ns: from the request's
                               * first octet sent to the response's first received, without server_ns, and as many
                               * more as its sender's window took to grow (RFC 5681 3.1), if it took so long; -1
                               * unknown, or not seen to its end */
    int64_t content_ns;       /* from the response's first octet to its last where it took longer than that; -1 else */
    struct capan_handshakes handshakes; /* that it paid for, not in round_trips_x100 */
    struct capan_exchange_time time;    /* all 0 without a request or a response */
    struct capan_page_part page;
    uint32_t resent;     /* segments of its connection sent again while it lasted, needless ones not counted */
    uint32_t delayed_in; /* the one of them that came latest after its first copy; 0 none */
    int64_t delayed_ns;  /* by so much; -1 none */
    const struct capan_token *delayed_by; /* its kind; NULL none */
    uint32_t crossed_fin;                 /* a request without an answer: the server's FIN that it crossed; 0 none */
};

/* The exchange with all that it points to, as one block of alloc's: the caller's, until capan_exchange_free() with the
 * same alloc. Lengths in it must not be changed. NULL without memory. */
CAPAN_API struct capan_exchange *capan_exchange_copy(const struct capan_alloc *alloc,
                                                     const struct capan_exchange *exchange);
/* copy may be NULL. */
CAPAN_API void capan_exchange_free(const struct capan_alloc *alloc, struct capan_exchange *copy);

/* One sentence with numbers and frames. Returns its length. Text is printable ASCII: other octets become '?'. */
CAPAN_API size_t capan_exchange_explain(const struct capan_exchange *exchange, char text[CAPAN_EXPLAIN_TEXT]);

#ifdef __cplusplus
}
#endif

#endif
