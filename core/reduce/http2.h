/* SPDX-License-Identifier: MIT */
/* HTTP/2 (RFC 9113) with stand-ins: frames, their lengths, and how field blocks are compressed stay. */
#ifndef HTTP2_H
#define HTTP2_H

#include "content.h"

/* Whether a client's preface stands there. */
bool capan_is_http2_preface(const struct capan_stream *, size_t at);
/* Whether a server's first frame stands there. */
bool capan_is_http2_server(const struct capan_stream *, size_t at);
/* Whether any of it is HTTP/2. */
bool capan_has_http2(const struct capan_stream *);
/* From there on to the end, a client's preface passed over. */
void capan_anonymise_http2(struct capan_standins *, struct capan_stream *, size_t from, int64_t shift_s);

#endif
