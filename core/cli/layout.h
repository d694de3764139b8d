/* SPDX-License-Identifier: MIT */
/* How results look where they go: colours and width of a terminal, and the clock that was asked for. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>

#include "capan/layout.h"
#include "words.h"

/* tells_moments: the format is one in which a clock can be chosen. False: one line says what is wrong. */
bool layout_take(struct capan_layout *, const struct words *, bool tells_moments);

#endif
