/* SPDX-License-Identifier: MIT */
/* Which rows a command prints. */
#ifndef ROWS_H
#define ROWS_H

#include "options.h"

/* *report is NULL when no rows are wanted. Otherwise than EXIT_FINE a line on standard error says why. */
enum exit_status rows_open(const struct options *, struct capan_report **report);

/* Only rows for which all conditions hold. False: a line on standard error says what is wrong. */
bool rows_choose(struct capan_report *, char **wheres);

/* Prints a line when --sort had no room for all rows. */
void rows_tell_left_out(const struct capan_report *);

#endif
