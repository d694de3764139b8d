/* SPDX-License-Identifier: MIT */
/* What every telling of an exchange asks of it: rows, stories, summaries, archives. */
#ifndef WORDS_H
#define WORDS_H

#include "capan/exchange.h"

enum {
    CAPAN_NAME_KEPT = 160,  /* octets of a name that is shown whole */
    CAPAN_FIELDS_TEXT = 600 /* octets of fields that are shown together */
};

/* When its request began, else its response; when its response had ended, else its request. */
int64_t capan_exchange_begin_ns(const struct capan_exchange *);
int64_t capan_exchange_end_ns(const struct capan_exchange *);
/* From the request's first octet to the response's last; -1 when one of them is not known. */
int64_t capan_exchange_took_ns(const struct capan_exchange *);
/* The frame to look at for an exchange: its request's last, else its response's. */
uint32_t capan_exchange_frame(const struct capan_exchange *);
uint32_t capan_exchange_first_frame(const struct capan_exchange *);
uint32_t capan_exchange_last_frame(const struct capan_exchange *);

/* The loudest of its outcome and violations; NONE below a note. */
enum capan_severity capan_exchange_severity(const struct capan_exchange *);
/* The response carries an ETag or Last-Modified. */
bool capan_response_has_validator(const struct capan_exchange *);
/* The value of the first field of that name; empty without one. */
struct capan_span capan_request_field(const struct capan_exchange *, const char *name);
struct capan_span capan_response_field(const struct capan_exchange *, const char *name);
/* "1.1" of 11; NULL when it is not known. */
const char *capan_http_version_text(uint8_t version);

/* "etag: "a"; vary: b", as many of the fields as fit. */
struct capan_span capan_fields_text(const struct capan_http_field *, size_t count, uint8_t text[CAPAN_FIELDS_TEXT]);

#endif
