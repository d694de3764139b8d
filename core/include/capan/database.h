/* SPDX-License-Identifier: MIT */
/* What capan says of captures as an SQLite database: a table for each kind of row, with the columns of rows.h. */
#ifndef CAPAN_DATABASE_H
#define CAPAN_DATABASE_H

#include "report.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The schema's number, which SQLite keeps as user_version; and that of the program, as application_id. */
#define CAPAN_DATABASE_SCHEMA      2
#define CAPAN_DATABASE_APPLICATION 0x6361706e

/* A line for people, with its NUL. */
#define CAPAN_DATABASE_MESSAGE 256

struct capan_database;

/* To add a capture to the database at path; where there is none, one is made, under another name until it is closed.
 * What was there before stays as it was until then. Several threads must not use it at once. path must live on. memory:
 * octets, at least 1 MiB, for what is not written yet.
 * NULL: message says why; it begins with what is wrong, not with the path. */
CAPAN_API struct capan_database *capan_database_open(const char *path, uint64_t memory,
                                                     char message[CAPAN_DATABASE_MESSAGE]);

/* Its rows, in any order. Relative times count from origin_ns, in the rows from there on. What fails is told when it is
 * closed. */
CAPAN_API void capan_database_origin(struct capan_database *, int64_t origin_ns);
CAPAN_API void capan_database_segment(struct capan_database *, const struct capan_segment *, const uint32_t *acks,
                                      const struct capan_connection *);
CAPAN_API void capan_database_exchange(struct capan_database *, const struct capan_exchange *);
CAPAN_API void capan_database_connection(struct capan_database *, const struct capan_connection *);
CAPAN_API void capan_database_page(struct capan_database *, const struct capan_page *);
CAPAN_API void capan_database_finding(struct capan_database *, const struct capan_finding *);

/* Makes what was added last, and frees. Not CAPAN_OK: nothing was added; message says why. */
CAPAN_API enum capan_result capan_database_close(struct capan_database *, const struct capan_source *,
                                                 char message[CAPAN_DATABASE_MESSAGE]);
/* Frees; nothing is added. */
CAPAN_API void capan_database_discard(struct capan_database *);

/* Asks the database at path, which is only read: what is a view's or a table's name, a statement of SQL, or NULL for
 * the questions that it knows. Writes the answer to out, no more rows than limit. Formats: text, CSV, JSON, NDJSON.
 * memory: octets that SQLite may take, in all of the process; an answer that wants more is CAPAN_NO_MEMORY.
 * CAPAN_USAGE: it is no such database, or not understood; message says why. */
struct capan_database_question {
    const char *path, *what;
    enum capan_format format;
    uint64_t limit, memory;
};
CAPAN_API enum capan_result capan_database_ask(const struct capan_database_question *, FILE *out,
                                               char message[CAPAN_DATABASE_MESSAGE]);

#ifdef __cplusplus
}
#endif

#endif
