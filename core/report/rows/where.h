/* SPDX-License-Identifier: MIT */
/* "tcp.kind==retransmit-rto": which rows are wanted. */
#ifndef WHERE_H
#define WHERE_H

#include "column.h"

/* One condition on one column. text is the caller's and must live on. */
struct capan_where {
    const struct capan_column *column;
    const char *text; /* what the value is held against */
    uint8_t wanted;   /* bits of CAPAN_BELOW, CAPAN_EQUAL, CAPAN_ABOVE; 0: the value must be there, whatever it is */
};
enum { CAPAN_BELOW = 1, CAPAN_EQUAL = 2, CAPAN_ABOVE = 4 };

/* Reads NAME, NAME==TEXT, NAME!=TEXT, and with numbers < <= > >=. CAPAN_USAGE: no such column, or no such condition. */
enum capan_result capan_where_read(struct capan_where *, const struct capan_table *, const char *expression);

/* A list holds when any of its items does (with != when none is equal). What is absent fulfils only !=. */
bool capan_where_holds(const struct capan_where *, struct capan_row *);

#endif
