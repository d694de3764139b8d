/* SPDX-License-Identifier: MIT */
/* "frame,tcp.kind": which columns are wanted. */
#ifndef CHOOSE_H
#define CHOOSE_H

#include "column.h"

/* The column that name, a part of names, has for its key, also behind "capan."; NULL: none has. */
const struct capan_column *capan_choose_column(const struct capan_table *, const char *names, struct capan_span name,
                                               struct capan_complaint *);
/* Copies of the columns with these keys, commas between, in the order of the names or of the table; the caller frees
 * them. CAPAN_USAGE: a key that is none or there twice; CAPAN_NO_MEMORY; nothing is to be freed then. */
enum capan_result capan_choose_columns(struct capan_column **chosen, uint16_t *count, const struct capan_table *,
                                       const char *names, bool as_in_table, struct capan_complaint *);

#endif
