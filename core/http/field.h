/* SPDX-License-Identifier: MIT */
/* Field lines: names to numbers, and the syntax that values share (RFC 9110 5.5, 5.6). Spans found inside a value point
 * into it; nothing is copied. */
#ifndef FIELD_H
#define FIELD_H

#include "capan/http.h"

/* X(name, lower-case name, its first letter, its last letter): fields that framing or a verdict looks at. Length, first
 * and last letter tell them apart; a clash does not compile. */
#define CAPAN_FIELDS(X)                                                                                                \
    X(TE, "te", 't', 'e')                                                                                              \
    X(AGE, "age", 'a', 'e')                                                                                            \
    X(VIA, "via", 'v', 'a')                                                                                            \
    X(DATE, "date", 'd', 'e')                                                                                          \
    X(ETAG, "etag", 'e', 'g')                                                                                          \
    X(HOST, "host", 'h', 't')                                                                                          \
    X(VARY, "vary", 'v', 'y')                                                                                          \
    X(RANGE, "range", 'r', 'e')                                                                                        \
    X(ACCEPT, "accept", 'a', 't')                                                                                      \
    X(COOKIE, "cookie", 'c', 'e')                                                                                      \
    X(EXPECT, "expect", 'e', 't')                                                                                      \
    X(PRAGMA, "pragma", 'p', 'a')                                                                                      \
    X(SERVER, "server", 's', 'r')                                                                                      \
    X(EXPIRES, "expires", 'e', 's')                                                                                    \
    X(REFERER, "referer", 'r', 'r')                                                                                    \
    X(TRAILER, "trailer", 't', 'r')                                                                                    \
    X(UPGRADE, "upgrade", 'u', 'e')                                                                                    \
    X(WARNING, "warning", 'w', 'g')                                                                                    \
    X(X_CACHE, "x-cache", 'x', 'e')                                                                                    \
    X(IF_MATCH, "if-match", 'i', 'h')                                                                                  \
    X(IF_RANGE, "if-range", 'i', 'e')                                                                                  \
    X(LOCATION, "location", 'l', 'n')                                                                                  \
    X(X_VARNISH, "x-varnish", 'x', 'h')                                                                                \
    X(CONNECTION, "connection", 'c', 'n')                                                                              \
    X(KEEP_ALIVE, "keep-alive", 'k', 'e')                                                                              \
    X(SET_COOKIE, "set-cookie", 's', 'e')                                                                              \
    X(USER_AGENT, "user-agent", 'u', 't')                                                                              \
    X(CONTENT_TYPE, "content-type", 'c', 'e')                                                                          \
    X(CACHE_STATUS, "cache-status", 'c', 's')                                                                          \
    X(X_CACHE_HITS, "x-cache-hits", 'x', 's')                                                                          \
    X(ACCEPT_RANGES, "accept-ranges", 'a', 's')                                                                        \
    X(AUTHORIZATION, "authorization", 'a', 'n')                                                                        \
    X(CACHE_CONTROL, "cache-control", 'c', 'l')                                                                        \
    X(CONTENT_RANGE, "content-range", 'c', 'e')                                                                        \
    X(IF_NONE_MATCH, "if-none-match", 'i', 'h')                                                                        \
    X(LAST_MODIFIED, "last-modified", 'l', 'd')                                                                        \
    X(X_CACHE_LOOKUP, "x-cache-lookup", 'x', 'p')                                                                      \
    X(X_CACHE_STATUS, "x-cache-status", 'x', 's')                                                                      \
    X(CONTENT_LENGTH, "content-length", 'c', 'h')                                                                      \
    X(ACCEPT_CHARSET, "accept-charset", 'a', 't')                                                                      \
    X(ACCEPT_ENCODING, "accept-encoding", 'a', 'g')                                                                    \
    X(ACCEPT_LANGUAGE, "accept-language", 'a', 'e')                                                                    \
    X(CF_CACHE_STATUS, "cf-cache-status", 'c', 's')                                                                    \
    X(CONTENT_ENCODING, "content-encoding", 'c', 'g')                                                                  \
    X(CONTENT_LANGUAGE, "content-language", 'c', 'e')                                                                  \
    X(CONTENT_LOCATION, "content-location", 'c', 'n')                                                                  \
    X(PROXY_CONNECTION, "proxy-connection", 'p', 'n')                                                                  \
    X(IF_MODIFIED_SINCE, "if-modified-since", 'i', 'e')                                                                \
    X(TRANSFER_ENCODING, "transfer-encoding", 't', 'g')                                                                \
    X(IF_UNMODIFIED_SINCE, "if-unmodified-since", 'i', 'e')

#define CAPAN_X(name, text, first, last) CAPAN_FIELD_##name,
enum capan_field { CAPAN_FIELD_OTHER, CAPAN_FIELDS(CAPAN_X) CAPAN_FIELD_COUNT };
#undef CAPAN_X

/* Names are case-insensitive (RFC 9110 5.1). */
enum capan_field capan_field_number(struct capan_span name);
/* The name in lower case; "" for OTHER. */
const char *capan_field_name(enum capan_field number);
/* The first field line of that number from *at on, *at one past it; NULL when there is none. Start with *at = 0. */
const struct capan_http_field *capan_field_next(const struct capan_http_field *fields, size_t count,
                                                enum capan_field number, size_t *at);

/* RFC 9110 5.6.2. */
bool capan_is_tchar(uint8_t octet);
bool capan_is_token(struct capan_span octets);
/* ASCII letters only; other octets as they are. */
static inline uint8_t capan_lower(uint8_t octet) {
    return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
}
/* Equal but for the case of ASCII letters; lower_case has none in upper case. */
bool capan_is_word(struct capan_span octets, const char *lower_case);
/* Without SP and HTAB around it (RFC 9110 5.6.3). */
struct capan_span capan_trim(struct capan_span octets);

/* The next element of a list (RFC 9110 5.6.1.2), trimmed; empty ones are passed over. Commas inside quoted strings
 * belong to the element. *rest starts as the field value and shrinks. */
bool capan_list_next(struct capan_span *rest, struct capan_span *element);

/* name [ "=" ( token / quoted-string ) ], white space around "=" tolerated (RFC 9110 5.6.6, RFC 9111 5.2). */
struct capan_parameter {
    struct capan_span name, value; /* value without its quotes, escapes left in */
    bool has_value, quoted;
    bool malformed; /* name no token, or value neither token nor quoted string */
};
struct capan_parameter capan_parameter_read(struct capan_span element);
/* The next ";"-separated parameter of an element such as a media type; the first one is the element's own value. */
bool capan_parameter_next(struct capan_span *rest, struct capan_span *parameter);

/* 1*DIGIT and nothing else. A number beyond 2^63 - 1 becomes that (RFC 9111 1.2.2 asks as much of delta-seconds). */
bool capan_number(struct capan_span octets, uint64_t *number);

#endif
