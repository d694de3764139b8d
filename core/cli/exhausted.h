/* SPDX-License-Identifier: MIT */
/* Memory that is refused to a library: GLib traps, libgcrypt aborts, and libpcap's lexer ends the program. Each becomes
 * one line and EXIT_INTERNAL. */
#ifndef EXHAUSTED_H
#define EXHAUSTED_H

#include <stdbool.h>

#include "options.h"

/* libc's memory. Where it is refused the engine goes on without what it wanted to keep, and so does libgcrypt; nobody
 * is to take that for all. */
extern const struct capan_alloc exhausted_alloc;
/* Whether it was refused to one of them since this was asked last. */
bool exhausted_ask(void);

/* Prints the line, for which no memory is asked: EXIT_INTERNAL. */
enum exit_status exhausted_tell(void);

/* From here on. */
void exhausted_catch(void);
/* The work itself begins, and ends: between them exit() is a library's to which memory was refused. What comes back is
 * the program's exit status, worse where memory was refused and nobody has told. */
void exhausted_begin(void);
enum exit_status exhausted_end(enum exit_status);

#endif
