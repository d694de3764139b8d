/* SPDX-License-Identifier: MIT */
/* What the command line says of parts of a capture, for split and merge. */
#ifndef PARTS_H
#define PARTS_H

#include <stdbool.h>

#include "choices.h"
#include "commands.h"
#include "words.h"

/* Each false with a line on standard error. */
bool parts_take(enum command, const struct words *, enum by *);
/* Rows are to be partial. */
bool parts_take_rows(enum command);
/* Then no choice is made among them. */
bool parts_take_all(const struct words *);

#endif
