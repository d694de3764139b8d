/* SPDX-License-Identifier: MIT */
/* capan help WORD, capan explain WORD: what a word of a verdict or a column means. */
#ifndef HELP_H
#define HELP_H

#include <stdbool.h>

/* Whether a verdict, a list's word or a column is called so. */
bool help_knows(const char *word);

/* Prints all that is called so. False: nothing is, and one line on standard error says so. */
bool help_print(const char *word);

#endif
