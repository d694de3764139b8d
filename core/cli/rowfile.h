/* SPDX-License-Identifier: MIT */
/* A file of partial rows (partial.h), read row by row. */
#ifndef ROWFILE_H
#define ROWFILE_H

#include <stdio.h>

#include "partial.h"

/* Owned by the caller: open, then close, also where it could not be opened. */
struct rowfile {
    const char *name; /* the caller's */
    FILE *file;
    char *buffer; /* the file's */
    char command[16], version[32];
    uint64_t split, packets, packets_read;
    uint32_t part, parts;
    uint64_t connections, responses, segments, exchanges; /* that were given up */
    uint32_t *frames, *ranks;                             /* of each of its streams: the first, and its number in all */
    size_t streams;
    int64_t rows_at, rows_len; /* octets of rows, and where they begin */
    int64_t left;              /* of them, that were not read */
    char letter;               /* that rows begin with; 0: all are read */
    char *line;                /* the current row's */
    size_t capacity, len;
};

/* False: a line on standard error says why; so with the others. */
bool rowfile_open(struct rowfile *, const char *name);
void rowfile_close(struct rowfile *);

/* From the first row on, of those that begin with that letter; 0: of all. */
bool rowfile_begin(struct rowfile *, char letter);

/* False, for the caller to return. */
bool rowfile_complain(const struct rowfile *, const char *why);

enum rowfile_next { ROWFILE_ROW, ROWFILE_OVER, ROWFILE_BROKEN };
/* The next row is in line, its stream at the capture's end by the number that it has in all parts. */
enum rowfile_next rowfile_next(struct rowfile *);

/* The row itself, without its key. */
static inline struct capan_span rowfile_row(const struct rowfile *file) {
    return (struct capan_span){(const uint8_t *)file->line + PARTIAL_ROW_AT, file->len - 2 - PARTIAL_ROW_AT};
}

static inline const char *rowfile_key(const struct rowfile *file) {
    return file->line + PARTIAL_KEY_AT;
}

#endif
