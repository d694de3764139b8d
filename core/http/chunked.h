/* SPDX-License-Identifier: MIT */
/* The chunked transfer coding up to its trailer section, octets split anywhere (RFC 9112 7.1). */
#ifndef CHUNKED_H
#define CHUNKED_H

#include "capan/http.h"

enum capan_chunked_state {
    CAPAN_CHUNKED_SIZE,      /* in front of or inside the size */
    CAPAN_CHUNKED_EXTENSION, /* behind the size, before its line's end */
    CAPAN_CHUNKED_DATA,
    CAPAN_CHUNKED_DATA_END, /* the CR LF behind the data */
    CAPAN_CHUNKED_DONE,     /* the last chunk was read: the trailer section follows */
    CAPAN_CHUNKED_BROKEN    /* the octets cannot be chunks */
};

struct capan_chunked {
    uint64_t left;     /* of the size while it is read; octets of the chunk still to come */
    uint32_t line_len; /* octets of the current line so far */
    uint32_t findings; /* 1 << CAPAN_FRAMING_... */
    uint8_t state;     /* enum capan_chunked_state */
    bool cr;           /* the octet before was CR */
    bool extension;    /* this chunk has one */
};

void capan_chunked_init(struct capan_chunked *chunked);

/* Reads some octets, at least one unless DONE or BROKEN, and returns how many. *content gets those that are content. */
size_t capan_chunked_read(struct capan_chunked *chunked, struct capan_span octets, struct capan_span *content);

/* len octets are missing. True when they lie inside the data of one chunk, so that reading can go on. */
bool capan_chunked_gap(struct capan_chunked *chunked, uint64_t len);

#endif
