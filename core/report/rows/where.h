/* SPDX-License-Identifier: MIT */
/* "tcp.kind==syn and not (len>0 or stream in {3, 5..9})": which rows are wanted. */
#ifndef WHERE_H
#define WHERE_H

#include "capan/report.h"
#include "column.h"

/* How a value is held against a condition's text: by order, by whether the text is in it, by a pattern. */
enum capan_where_how { CAPAN_WHERE_ORDER, CAPAN_WHERE_CONTAINS, CAPAN_WHERE_MATCHES };
enum { CAPAN_BELOW = 1, CAPAN_EQUAL = 2, CAPAN_ABOVE = 4 };

/* One condition on one column. text is the expression's and must live on. */
struct capan_where {
    const struct capan_column *column;
    struct capan_span text; /* what the value is held against */
    double number;          /* likewise, of a number */
    void *pattern;          /* the matcher's, of CAPAN_WHERE_MATCHES */
    uint8_t how;            /* enum capan_where_how */
    uint8_t wanted;         /* bits of CAPAN_BELOW, CAPAN_EQUAL, CAPAN_ABOVE; 0: the value must be there */
};

enum capan_where_is { CAPAN_WHERE_CONDITION, CAPAN_WHERE_NOT, CAPAN_WHERE_AND, CAPAN_WHERE_OR };

/* A condition, or what joins one or two nodes that lie before it. */
struct capan_where_node {
    uint8_t is;           /* enum capan_where_is */
    uint16_t left, right; /* nodes that are joined; CAPAN_WHERE_NOT: left alone */
    struct capan_where condition;
};

enum { CAPAN_WHERE_NODES_MAX = 256, CAPAN_WHERE_DEPTH_MAX = 64 };

/* All zero but for the matcher: every row is wanted. */
struct capan_wheres {
    const struct capan_matcher *matcher; /* NULL: there is no `matches` */
    struct capan_where_node nodes[CAPAN_WHERE_NODES_MAX];
    uint16_t count, root; /* root counts from 1; 0: there is none */
};

/* Reads an expression (report.h has what it may say); what was read before must hold, too. CAPAN_USAGE: the error says
 * what is not understood, or what no row can fulfil. */
enum capan_result capan_where_read(struct capan_wheres *, const struct capan_table *, const char *expression,
                                   struct capan_complaint *);

bool capan_where_holds(const struct capan_wheres *, struct capan_row *);

void capan_where_free(struct capan_wheres *);

#endif
