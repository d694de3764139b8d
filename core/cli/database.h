/* SPDX-License-Identifier: MIT */
/* What captures tell, as an SQLite database, and what that is asked. */
#ifndef DATABASE_H
#define DATABASE_H

#include "options.h"

struct database {
    struct capan_database *rows;
    int folder; /* that it lies in, open: SQLite writes nowhere else */
};

/* Opened, where the command is to write one; else its rows are NULL. Another status: a line on standard error said
 * why, and there is none. */
enum exit_status database_open(const struct options *, struct database *);
/* Where some parts of a split capture are added and not all of them, a line on standard error says so. */
void database_tell_part(const struct options *, const struct capan_slice *, const char *name);
/* What was given to it is added. */
enum exit_status database_end(const struct options *, struct database *, const struct capan_source *);
/* In any case, last. */
void database_close(struct database *);

/* Prints what a database answers. */
enum exit_status database_ask(const struct options *);

#endif
