/* SPDX-License-Identifier: MIT */
/* What each column of each kind of row means, for the manual and the schema. */
#ifndef FIELDS_H
#define FIELDS_H

#include "column.h"

enum field_type {
    FIELD_INTEGER,
    FIELD_SECONDS,
    FIELD_NUMBER,
    FIELD_WORD,
    FIELD_TEXT,
    FIELD_TRUE,
    FIELD_INTEGERS,
    FIELD_WORDS,
    FIELD_OBJECT,
    FIELD_COUNTS
};

struct field {
    const char *name;
    enum field_type type;
    const char *sentence;
};

struct field_list {
    const char *title;
    const struct capan_row_kind *rows;
    const struct field *fields;
    size_t count;
};
extern const struct field_list field_lists[];
extern const size_t field_list_count;

/* The description of a column; NULL when the list has none. c2s.x and s2c.x share one. */
const struct field *field_find(const struct field_list *, const char *column);
/* True when every column has a description and every description a column; else says what is wrong. */
bool fields_check(void);

void fields_write_man(void);
void fields_write_markdown(void);
void fields_write_schema(void);

#endif
