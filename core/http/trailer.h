/* SPDX-License-Identifier: MIT */
/* Trailer fields: what may come behind the content (RFC 9110 6.5.1). */
#ifndef TRAILER_H
#define TRAILER_H

#include "capan/http.h"

/* 1 << CAPAN_FRAMING_...: fields among them that no trailer section may have. */
uint32_t capan_trailer_findings(const struct capan_http_field *fields, size_t count);

#endif
