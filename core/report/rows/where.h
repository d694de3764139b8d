/* SPDX-License-Identifier: MIT */
/* "tcp.kind==syn && len>0": which rows are wanted. */
#ifndef WHERE_H
#define WHERE_H

#include "column.h"

enum { CAPAN_BELOW = 1, CAPAN_EQUAL = 2, CAPAN_ABOVE = 4 };

/* What follows a condition: another one that must hold, too; one that may hold instead; the end. */
enum capan_where_joint { CAPAN_WHERE_AND, CAPAN_WHERE_OR, CAPAN_WHERE_END };

/* One condition on one column. text is the caller's and must live on. */
struct capan_where {
    const struct capan_column *column;
    struct capan_span text; /* what the value is held against */
    double number;          /* likewise, of a number */
    uint8_t wanted;         /* bits of CAPAN_BELOW, CAPAN_EQUAL, CAPAN_ABOVE; 0: the value must be there */
    uint8_t joint;          /* enum capan_where_joint */
};

enum { CAPAN_WHERES_MAX = 32 };
struct capan_wheres {
    struct capan_where at[CAPAN_WHERES_MAX];
    size_t count;
};

/* Adds the conditions NAME, NAME==TEXT, NAME!=TEXT, and with numbers < <= > >=, joined by && and by ||, which binds
 * less. TEXT ends before a joint, or stands in double quotes. CAPAN_USAGE: message says what no row can fulfil. */
enum capan_result capan_where_read(struct capan_wheres *, const struct capan_table *, const char *expression,
                                   char message[CAPAN_WHERE_MESSAGE]);

/* Of each expression that was read, some conditions joined by && hold. A list holds when any of its items does (with !=
 * when none is equal). What is absent fulfils only !=. */
bool capan_where_holds(const struct capan_wheres *, struct capan_row *);

#endif
