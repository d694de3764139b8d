/* SPDX-License-Identifier: MIT */
/* The words that options take, for what reads them and for what completes them. */
#ifndef CHOICES_H
#define CHOICES_H

#include <stddef.h>

/* What the rows of whatif, and of findings, are about; then whose packets split keeps together. */
enum by { BY_EXCHANGE, BY_HOST, BY_TARGET, BY_CHANGE, BY_CAUSE, BY_PLACE, BY_CLIENT, BY_CONNECTION };

/* Indices are those of enum capan_format, then what single commands have beside them. */
enum { CHOICE_FORMATS = 11, CHOICE_BYS = BY_CONNECTION + 1 };
extern const char *const choice_formats[CHOICE_FORMATS], *const choice_caches[2], *const choice_directions[2];
extern const char *const choice_bys[CHOICE_BYS]; /* by enum by */
extern const char *const choice_colours[3];

/* The word's place in the list, which may have gaps, or -1. */
int choice_find(const char *const *list, int count, const char *word);

/* Calls each for every word that the option of that long name takes; how many they are, 0 where it takes anything. */
size_t choice_each(const char *option, void (*each)(const char *word));

#endif
