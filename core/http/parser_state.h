/* SPDX-License-Identifier: MIT */
/* What a parser of HTTP/1 keeps between its calls, and whom it tells (parser.h). */
#ifndef PARSER_STATE_H
#define PARSER_STATE_H

#include "chunked.h"
#include "digest.h"
#include "framing.h"
#include "moment.h"

/* How a direction, or a message in it, came to its end. */
enum capan_stop {
    CAPAN_STOP_NONE,   /* the message's own end, or the next message */
    CAPAN_STOP_CLOSED, /* FIN */
    CAPAN_STOP_RESET,  /* RST */
    CAPAN_STOP_CAPTURE /* the capture shows no more */
};

struct capan_message_end {
    struct capan_http_extent extent;
    enum capan_stop stop;
    bool digest_known; /* the whole coded body was seen */
    bool body_after_304;
    uint64_t digest;
    uint32_t gunzipped; /* capan_digest_gunzipped */
    uint32_t framing;   /* findings of the body, to be joined with the head's */
};

struct capan_parser;

/* Whom a parser tells. Spans are valid during the call. Offsets count the direction's octets from 0, missing ones
 * included. */
struct capan_parser_sink {
    /* A head was read. Its message begins at offset start; extent holds what is known of it so far. An interim response
     * (1xx but 101) has no end of its own. */
    struct capan_asked (*head)(void *context, const struct capan_message *message,
                               const struct capan_http_extent *extent, uint64_t start);
    /* The message whose head came last is over. */
    void (*end)(void *context, const struct capan_message_end *end);
    /* A head, or several, may be in a hole, or could not be read; at_head: one begins there for sure. */
    void (*lost)(void *context, bool at_head);
    /* Optional. Octets are no head where one belongs: the first of them, up to a line's end where there is one. The
     * message that they might be begins at offset start; extent holds what is known of it. They are passed over (lost
     * comes next).
     */
    void (*refused)(void *context, struct capan_span octets, const struct capan_http_extent *extent, uint64_t start);
    /* The direction's first octets are no head: true when they are an HTTP/0.9 response. */
    bool (*simple)(void *context);
    /* Optional. Octets of the message's content, the transfer coding removed, and how many came before, missing ones
     * included. */
    void (*content)(void *context, uint64_t offset, struct capan_span octets);
    /* Optional. The trailer section (RFC 9112 7.1.2), where it is not empty; the end comes next. */
    void (*trailers)(void *context, const struct capan_http_field *fields, size_t count);
};

enum capan_parser_state {
    CAPAN_PARSER_START, /* between messages */
    CAPAN_PARSER_START_LINE,
    CAPAN_PARSER_FIELDS,
    CAPAN_PARSER_PEEK, /* body, or the next message? */
    CAPAN_PARSER_LENGTH,
    CAPAN_PARSER_CHUNKED,
    CAPAN_PARSER_TRAILERS,
    CAPAN_PARSER_UNTIL_CLOSE,
    CAPAN_PARSER_SEARCH, /* for the next start line */
    CAPAN_PARSER_OVER    /* nothing more is HTTP/1 */
};

struct capan_parser {
    const struct capan_alloc *alloc;
    const struct capan_parser_sink *sink;
    void *context;     /* the sink's */
    uint64_t seed;     /* of digests */
    uint64_t offset;   /* octets of the direction so far */
    uint64_t start;    /* where the current message begins */
    uint64_t resumed;  /* the first octet behind the last hole */
    uint64_t searched; /* octets passed over in search of a start line */
    uint64_t left;     /* body octets to come */
    struct capan_chunked chunked;
    struct capan_digest digest;
    struct capan_http_extent extent;
    uint8_t *held; /* the beginning of a head, or of a line searched for one, that came in pieces */
    size_t held_len, held_size;
    uint64_t held_at;   /* its offset */
    size_t line_len;    /* of the head's current line, in octets before this call */
    uint32_t framing;   /* findings for the message that begins or goes on */
    struct moment now;  /* of the octets in hand */
    uint8_t state;      /* enum capan_parser_state */
    uint8_t kind;       /* what this direction sends: CAPAN_START_REQUEST, _RESPONSE; NONE not known yet */
    uint8_t after_peek; /* the state when it is the body */
    bool open;          /* a head was handed out, its end not yet */
    bool whole;         /* no octet of the body is missing */
    bool found;         /* a head was read at some time */
    bool refused;       /* octets came where a head belongs, and were none */
    bool is_304, body_after_304;
    bool cut;     /* only the beginning of the head is known: what follows cannot be told from the body */
    bool inner;   /* inside a tunnel: HTTP/1 from its first octet on, or never */
    bool line_cr; /* the head's current line is a CR so far */
};

#endif
