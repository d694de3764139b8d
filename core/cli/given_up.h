/* SPDX-License-Identifier: MIT */
/* What could not be kept or read of a capture: one line on standard error, so that no silence is taken for a fact. */
#ifndef GIVEN_UP_H
#define GIVEN_UP_H

#include "capan/report.h"

/* What a run gave up, over what the totals of engine and reader know. */
struct given_up {
    const struct capan_totals *totals;
    const struct capan_source *source;
    bool story_cut;
    uint64_t unwritten; /* contents that became no file */
};

/* Prints what was given up in a line, with the option beside each thing that would keep it; nothing where nothing was
 * given up. */
void given_up_tell(const struct given_up *);

/* Prints what was not read, and may be HTTP for all that is known, in a line: findings and exchanges lack it.
 * of_exchanges: the answer is about exchanges alone; where there is none, everything that was said instead is named. */
void unread_tell(const struct capan_totals *, const struct capan_source *, bool of_exchanges);

#endif
