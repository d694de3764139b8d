/* SPDX-License-Identifier: MIT */
/* The notes that docket.c writes and docket_reader.c reads. */
#ifndef DOCKET_NOTES_H
#define DOCKET_NOTES_H

#include "capan/talk.h"
#include "judge.h"

enum capan_note_of {
    CAPAN_NOTE_REQUEST,
    CAPAN_NOTE_PAYS,
    CAPAN_NOTE_UPGRADED,
    CAPAN_NOTE_INTERIM,
    CAPAN_NOTE_RESPONSE,
    CAPAN_NOTE_TRAILERS,
    CAPAN_NOTE_END,
    CAPAN_NOTE_TELL,
    CAPAN_NOTE_DROP,
    CAPAN_NOTE_FORGET,
    CAPAN_NOTE_GIVING_UP,
    CAPAN_NOTE_CONTENT,
    CAPAN_NOTE_FINISH
};

/* Copies of what spans name follow the struct. */
struct capan_note {
    uint8_t of; /* enum capan_note_of */
    bool truth; /* REQUEST: it was captured; TRAILERS: they are the request's; FORGET: of TLS; GIVING_UP: from now on */
    uint32_t number; /* of the exchange; a number is used again */
    union {
        struct {
            struct capan_http_parties parties;
            int64_t h2_stream;
            struct capan_http_head head;
        } request;
        struct capan_handshakes paid;
        int64_t h2_stream;           /* UPGRADED */
        uint16_t status;             /* INTERIM */
        struct capan_http_head head; /* RESPONSE */
        struct {
            const struct capan_http_field *fields;
            size_t count;
        } trailers;
        struct capan_http_end end;
        struct {
            int64_t delayed_ns;
            const struct capan_token *delayed_by;
            uint32_t resent, delayed_in, crossed_fin;
            struct capan_told told;
        } tell;
        enum capan_http_forgetting forgot;
        struct capan_content content;
    } as;
};

#endif
