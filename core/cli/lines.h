/* SPDX-License-Identifier: MIT */
/* A text file read line by line in bounded memory, however long its lines are. */
#ifndef LINES_H
#define LINES_H

#include <stdio.h>

#include "options.h"

enum { LINE_LONGEST = 1 << 20 };

/* at: the line without its end, with a NUL; valid until the next one is read. odd: it is longer than LINE_LONGEST, or
 * has a NUL itself, and at has not all of it. */
struct lines {
    FILE *file;
    char *at;
    size_t len;
    bool odd;
};

/* "-" is standard input. Not EXIT_FINE: a line on standard error says why, with what the file is for. */
enum exit_status lines_open(struct lines *, const char *name, const char *what);
/* False: there are no more, they could not be read, or a signal came. */
bool lines_next(struct lines *);
/* Likewise, when not all could be read. */
enum exit_status lines_close(struct lines *, const char *name, const char *what);

#endif
