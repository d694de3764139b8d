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
bool parts_take_partial(enum command);
/* Of partial rows, and of those that are merged, no choice is made. */
bool parts_take_all(enum command, bool partial, enum by, const struct words *);

/* What is written of a part is what its command reads of verdicts (capan/extract.h), not rows. */
bool parts_are_extracts(enum command);

#endif
