/* SPDX-License-Identifier: MIT */
/* The one buffered output: octets, numbers and strings in the forms the writers need. Nothing here goes through printf.
 */
#ifndef OUT_H
#define OUT_H

#include <stdio.h>
#include <string.h>

#include "capan/layout.h"

enum { CAPAN_OUT_CAPACITY = 1 << 16, CAPAN_OUT_ROOM = 256 };

/* Octets in memory, as many as there are. */
struct capan_kept {
    char *at;
    size_t len, capacity;
};

/* file stays the caller's. failed: file refused octets, and why by errno; what follows is thrown away. */
struct capan_out {
    FILE *file;
    char *buffer;
    size_t len;
    bool failed;
    int reason;
    struct capan_kept *kept;    /* where octets go instead of file; NULL: they go there */
    struct capan_layout layout; /* for people */
    int64_t told_ns;            /* the moment that was told last, if any was */
    bool told_any;
    int64_t zone_quarter; /* the 1st, 2nd, ... of an hour since 1970, for which the local zone was asked; 0 none */
    int32_t zone_ahead_s; /* and what it said */
};

/* layout: NULL is all zero. */
enum capan_result capan_out_init(struct capan_out *, FILE *file, const struct capan_layout *);
/* Columns for people. */
static inline size_t out_width(const struct capan_out *out) {
    return out->layout.width ? out->layout.width : 100;
}
void capan_out_free(struct capan_out *);
/* Hands everything to file and to the system. False when anything was ever refused; errno says why. */
bool capan_out_flush(struct capan_out *);
/* Hands the buffer to file. */
void capan_out_spill(struct capan_out *);

/* Where the next CAPAN_OUT_ROOM octets may be written; len is to be moved on by as many as were. */
static inline char *out_room(struct capan_out *out) {
    if (out->len + CAPAN_OUT_ROOM > CAPAN_OUT_CAPACITY) capan_out_spill(out);
    return out->buffer + out->len;
}

static inline void out_char(struct capan_out *out, char c) {
    *out_room(out) = c;
    out->len++;
}

/* Of any length. */
void capan_out_octets(struct capan_out *, const void *at, size_t len);

/* Nearly all that is written is short. */
static inline void out_octets(struct capan_out *out, const void *at, size_t len) {
    if (len > CAPAN_OUT_CAPACITY - out->len) {
        capan_out_octets(out, at, len);
        return;
    }
    if (len) memcpy(out->buffer + out->len, at, len); /* nothing may lie nowhere */
    out->len += len;
}

static inline void out_text(struct capan_out *out, const char *text) {
    out_octets(out, text, strlen(text));
}

size_t capan_count_digits(uint64_t number);
void capan_out_u64(struct capan_out *, uint64_t number);
void capan_out_i64(struct capan_out *, int64_t number);
/* Nanoseconds as decimal seconds with digits (1 to 9) behind the point, cut, not rounded. */
void capan_out_seconds(struct capan_out *, int64_t ns, int digits);
/* printf for lines that people read; at most CAPAN_OUT_ROOM octets. */
void capan_out_format(struct capan_out *, const char *format, ...) CAPAN_PRINTF(2, 3);
void capan_out_spaces(struct capan_out *, size_t count);

/* How octets become characters: as UTF-8 where all of them are valid UTF-8, else one Latin-1 character each; or always
 * the latter, so that the octets can be had back. */
enum capan_charset { CAPAN_UTF8_OR_LATIN1, CAPAN_LATIN1 };
bool capan_out_is_utf8(struct capan_span);

/* The inside of a JSON string (RFC 8259 7): valid UTF-8, whatever the octets. With its quotes. */
void capan_out_json_part(struct capan_out *, struct capan_span, enum capan_charset);
void capan_out_json(struct capan_out *, struct capan_span, enum capan_charset);
/* The inside of a quoted CSV field (RFC 4180 2): the same characters as in JSON, but controls as \xNN, so that a row is
 * a line. Quoted where it must be. A whole field, or its first part, that a spreadsheet would take for a formula (it
 * begins with = + - or @) gets an apostrophe in front; numbers are not written by these. */
void capan_out_csv_part(struct capan_out *, struct capan_span, enum capan_charset);
void capan_out_csv_first(struct capan_out *, struct capan_span, enum capan_charset);
void capan_out_csv(struct capan_out *, struct capan_span, enum capan_charset);
/* For terminals: controls and what is not UTF-8 become '?'; cut to width columns with "..." in it, nearer to the start
 * (0: not cut). Returns the columns used, one per character. */
size_t capan_out_printable(struct capan_out *, struct capan_span, size_t width);

#endif
