/* SPDX-License-Identifier: MIT */
/* Values of rows as cells of SQL. Numbers are numbers, times whole nanoseconds; lists are JSON. */
#ifndef CELLS_H
#define CELLS_H

#include <sqlite3.h>

#include "capan/rows.h"

/* Text that is made: it grows, and is used again for the next cell. */
struct capan_cell_text {
    char *at;
    size_t len, size;
};

/* Binds the value, which is one of column, to that parameter. Texts that lie in row are copied. SQLite's result. */
int capan_cell_bind(sqlite3_stmt *, int parameter, const struct capan_column *, const struct capan_value *,
                    const struct capan_row *, struct capan_cell_text *);
/* Any octets as text: UTF-8, else as Latin-1; U+FFFD stands for NUL. */
int capan_cell_bind_octets(sqlite3_stmt *, int parameter, struct capan_span, bool copy, struct capan_cell_text *);

/* A column's type in SQL. */
const char *capan_cell_type(const struct capan_column *);

#endif
