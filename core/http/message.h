/* SPDX-License-Identifier: MIT */
/* The head of an HTTP/1 message: start line and field section (RFC 9112 2 to 5). */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "capan/http.h"

enum capan_start {
    CAPAN_START_NONE,
    CAPAN_START_REQUEST,
    CAPAN_START_SIMPLE, /* a request without a version: HTTP/0.9 (RFC 1945 5.1), or a mistake */
    CAPAN_START_RESPONSE
};

/* A head. Its spans point into the octets that were read. */
struct capan_message {
    enum capan_start start;
    struct capan_span method, target; /* request */
    uint16_t status;                  /* response; 0 for HTTP/0.9, which has none */
    struct capan_span phrase;         /* response: its reason phrase, if it has one (RFC 9112 4) */
    uint8_t version;                  /* 9, 10, 11; 0 cannot be told */
    uint32_t framing;                 /* 1 << CAPAN_FRAMING_...: what is odd about it */
    const struct capan_http_field *fields;
    size_t field_count;
};

/* Findings that mean that not all fields are known, nor where the head ends. */
#define CAPAN_FRAMING_CUT (UINT32_C(1) << CAPAN_FRAMING_HEAD_CUT | UINT32_C(1) << CAPAN_FRAMING_HEAD_TOO_LONG)

/* Reads one line without its end, as leniently as RFC 9112 3 allows; what it had to forgive is in message->framing.
 * With nothing forgiven the line is a start line to the letter. HTTP/2 and later never fit. */
enum capan_start capan_start_line_read(struct capan_span line, struct capan_message *message);

/* Whether octets (fewer than a line) could still become a start line. */
bool capan_start_line_begins(struct capan_span octets);

/* Reads a start line of which only these octets are known. False: they do not tell a response (status 0 where it is not
 * known), nor a registered method and the beginning of a target. */
bool capan_start_line_begun(struct capan_span octets, struct capan_message *message);

/* The method and target of a line that is no request line, as far as it has such words; framing tells what is wrong. */
void capan_request_line_guess(struct capan_span line, struct capan_message *message);

/* The offset at which a start line to the letter ends this line, SIZE_MAX when none does. Octets before it belong to
 * something else: the status line may follow a body without a line end, and so may a request line of a registered
 * method. kind is CAPAN_START_REQUEST or _RESPONSE, CAPAN_START_NONE for either. */
size_t capan_start_line_find(struct capan_span line, enum capan_start kind);

/* True: a message of that kind begins here. *undecided: it cannot be told from so few octets. */
bool capan_message_begins(struct capan_span octets, enum capan_start kind, bool *undecided);

/* The line's octets without CR LF or LF. */
struct capan_span capan_line(struct capan_span with_end);

/* Reads a whole head, the empty line included. Up to capacity fields are stored; the count of all is returned. Field
 * lines that are none are left out and noted. */
size_t capan_message_read(struct capan_span head, struct capan_message *message, struct capan_http_field *fields,
                          size_t capacity);

/* Reads field lines up to the end of the section; *framing gets what is odd about them. Likewise. */
size_t capan_fields_read(struct capan_span section, struct capan_http_field *fields, size_t capacity,
                         uint32_t *framing);

/* True when a field value goes on in a second line (RFC 9112 5.2). */
bool capan_message_is_folded(struct capan_span head);
/* Makes one line of each folded one: blanks take the place of the line ends. */
void capan_message_unfold(uint8_t *head, size_t len);

/* What the first octets of a direction look like, on any port. */
enum capan_http_look { CAPAN_LOOKS_OTHER, CAPAN_LOOKS_UNDECIDED, CAPAN_LOOKS_REQUEST, CAPAN_LOOKS_RESPONSE };
enum capan_http_look capan_http_look(struct capan_span octets);

#endif
