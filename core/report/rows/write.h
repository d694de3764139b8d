/* SPDX-License-Identifier: MIT */
/* Rows for scripts: JSON objects and CSV lines from the same columns. */
#ifndef WRITE_H
#define WRITE_H

#include "column.h"
#include "out.h"

/* A column's JSON key, made once: ,"kind": of tcp.kind. */
struct capan_key {
    char text[40];
    uint8_t len;       /* of text */
    uint8_t group_len; /* of the name's part before the last dot, which names the object it lies in; 0 outermost */
    uint8_t group;     /* the same number for columns of the same object */
};

/* keys has room for table->count. */
void capan_keys_make(const struct capan_table *, struct capan_key *keys);

/* One JSON object without a line end; absent values are left out, names nest by their dots. */
void capan_write_json(struct capan_out *, const struct capan_table *, const struct capan_key *keys, struct capan_row *);

void capan_write_csv_header(struct capan_out *, const struct capan_table *);
void capan_write_csv(struct capan_out *, const struct capan_table *, struct capan_row *);
/* A line with tabs between its cells. */
void capan_write_tabs_header(struct capan_out *, const struct capan_table *);
void capan_write_tabs(struct capan_out *, const struct capan_table *, struct capan_row *);

#endif
