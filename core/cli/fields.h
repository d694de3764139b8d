/* SPDX-License-Identifier: MIT */
/* The tables of columns (capan/rows.h) as pages. */
#ifndef FIELDS_H
#define FIELDS_H

void fields_write_man(void);
void fields_write_markdown(void);
/* JSON Schema (2020-12), one object per kind of row. */
void fields_write_schema(void);
/* Everything that a row of a table says, one JSON object a line: for tests and other programs. */
void fields_write_list(void);

#endif
