/* SPDX-License-Identifier: MIT */
/* Rows into their tables. */
#ifndef INSERT_H
#define INSERT_H

#include "cells.h"

struct capan_insert {
    const struct capan_table *table;
    sqlite3_stmt *statement;
};

/* Both SQLite's result. The statement is to be finalized in any case. */
int capan_insert_prepare(struct capan_insert *, sqlite3 *, const struct capan_table *, int64_t capture);
int capan_insert_row(const struct capan_insert *, struct capan_row *, struct capan_cell_text *);

/* Field lines of an exchange's row, by a statement that was prepared so. */
int capan_insert_prepare_fields(sqlite3_stmt **, sqlite3 *, int64_t capture);
int capan_insert_fields(sqlite3_stmt *, const struct capan_table *, struct capan_row *, struct capan_cell_text *);

#endif
