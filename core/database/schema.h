/* SPDX-License-Identifier: MIT */
/* The tables of the database, made from the tables of rows. */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <sqlite3.h>

#include "capan/rows.h"

/* The kinds of rows that have a table. */
enum { CAPAN_SCHEMA_TABLES = 5 };
extern const enum capan_rows capan_schema_rows[CAPAN_SCHEMA_TABLES];

/* Field lines have a table of their own, in which each names its column. */
static inline bool schema_is_fields(const struct capan_column *column) {
    return column->type == CAPAN_VALUE_FIELDS;
}

/* Each SQLite's result. The tables with what explains their columns and tokens, and views; and, when rows are there,
 * the indices. */
int capan_schema_make(sqlite3 *);
int capan_schema_index(sqlite3 *);

/* The statement that inserts a row: its parameters are the capture's id and the columns that are no fields, in order.
 * NULL without memory; to be freed by sqlite3_free(). */
char *capan_schema_insert(const struct capan_table *);

#endif
