/* SPDX-License-Identifier: MIT */
/* "tcp.kind==retransmit-rto": which rows are wanted. */
#ifndef WHERE_H
#define WHERE_H

#include "column.h"

/* One condition on one column. text is the caller's and must live on. */
struct capan_condition {
    const struct capan_column *column;
    struct capan_span text; /* what the value is held against */
    uint8_t wanted;         /* bits of CAPAN_BELOW, CAPAN_EQUAL, CAPAN_ABOVE; 0: the value must be there */
    bool alternative;       /* begins an alternative; else it must hold together with the one before it */
};
enum { CAPAN_BELOW = 1, CAPAN_EQUAL = 2, CAPAN_ABOVE = 4 };

#define CAPAN_CONDITIONS_MAX 16
struct capan_where {
    struct capan_condition conditions[CAPAN_CONDITIONS_MAX];
    size_t count;
};

/* Reads NAME, NAME==TEXT, NAME!=TEXT, and with numbers < <= > >=, joined by && or, weaker, by ||; TEXT may stand in
 * quotes. CAPAN_USAGE: no such column or condition, or a value that the column never has. */
enum capan_result capan_where_read(struct capan_where *, const struct capan_table *, const char *expression);

/* A list holds when any of its items does (with != when none is equal). What is absent fulfils only !=. */
bool capan_where_holds(const struct capan_where *, struct capan_row *);

#endif
