/* SPDX-License-Identifier: MIT */
/* A database that was there, and whether it is one of ours. */
#ifndef OPENED_H
#define OPENED_H

#include <sqlite3.h>

#include "capan/database.h"

/* Not CAPAN_OK: message says why it is none that can be used; *sqlite is to be closed in any case. */
enum capan_result capan_opened_check(sqlite3 **sqlite, const char *path, int flags,
                                     char message[CAPAN_DATABASE_MESSAGE]);

/* The first number that the statement gives. SQLite's result. */
int capan_opened_number(sqlite3 *, const char *sql, int64_t *number);

/* Says what SQLite's result comes to, by its own message where there is one. */
enum capan_result capan_opened_complain(sqlite3 *, int result, char message[CAPAN_DATABASE_MESSAGE]);

/* From here on its pages take so many octets at most. SQLite's result. */
int capan_opened_limit(sqlite3 *, uint64_t memory);

#endif
