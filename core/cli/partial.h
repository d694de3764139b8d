/* SPDX-License-Identifier: MIT */
/* Rows of one part of a split capture, as merge puts them together: lines of JSON, of which the first says what they
 * are, the last but one when each stream began, and the last that they are all. Between them a row each, behind the key
 * that orders it (capan_report_keyed). */
#ifndef PARTIAL_H
#define PARTIAL_H

#include "options.h"

/* {"at":"KEY","row":...} */
enum { PARTIAL_KEY_AT = 7, PARTIAL_ROW_AT = PARTIAL_KEY_AT + CAPAN_REPORT_KEY + 8 };

struct partial;

/* Writes the first line. NULL: a line on standard error says why. */
struct partial *partial_begin(const struct capan_slice *, const char *command, const char *name);
/* The stream after the last one began with that frame. */
void partial_stream(struct partial *, uint32_t frame);
/* Everything was read, and all rows are written: the last lines are. */
void partial_end(struct partial *, const struct capan_totals *, uint64_t packets);
void partial_free(struct partial *);

#endif
