/* SPDX-License-Identifier: MIT */
/* What the texts of clauses may name. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

/* Quantities and words; ends with NULL. */
extern const char *const capan_told_names[];

#endif
