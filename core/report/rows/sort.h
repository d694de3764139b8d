/* SPDX-License-Identifier: MIT */
/* "server,-duration": rows in another order than they came, held as they will be written. */
#ifndef SORT_H
#define SORT_H

#include "column.h"

enum { CAPAN_SORTS_MAX = 8 };

/* What a row is sorted by, by one column: an order of numbers, or of octets where text has a length. */
struct capan_sort_key {
    int64_t number;
    struct capan_span text; /* in the row's own memory, or in a list's */
    bool absent;            /* behind all that are there, whichever way */
};

struct capan_sorted {
    struct capan_sort_key keys[CAPAN_SORTS_MAX];
    uint64_t serial;      /* in which rows came: equal ones stay so */
    uint64_t stream;      /* one more than that whose endpoints the first line names; 0: it names none */
    size_t named_len;     /* of that line */
    struct capan_span as; /* what will be written, with that line */
    size_t size;          /* of the memory */
};

/* All zero but for memory: rows are not sorted. */
struct capan_sorter {
    const struct capan_column *by[CAPAN_SORTS_MAX];
    bool falls[CAPAN_SORTS_MAX];
    unsigned count;
    uint64_t limit;  /* rows that are asked for at most */
    uint64_t memory; /* octets that may be held */
    uint64_t taken, serial;
    struct capan_sorted **rows;
    size_t rows_count, rows_capacity;
    bool cut; /* for memory, fewer than limit said: it says how many there can be now */
};

/* names: keys with commas between, a - in front of what is to fall. CAPAN_USAGE: a key that is none, or too many. */
enum capan_result capan_sort_read(struct capan_sorter *, const struct capan_table *, const char *names,
                                  struct capan_complaint *);
/* Keeps a row, as it will be written, and whose endpoints its first line names. Where there is no room for all, those
 * that come last are dropped, and limit says how many are certain. */
enum capan_result capan_sort_keep(struct capan_sorter *, struct capan_row *, struct capan_span as, uint64_t stream,
                                  size_t named_len);
/* They are rows[0] to rows[rows_count - 1] in their order, at most limit, until they are freed. */
void capan_sort_end(struct capan_sorter *);
void capan_sort_free(struct capan_sorter *);

#endif
