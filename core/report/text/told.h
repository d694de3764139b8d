/* SPDX-License-Identifier: MIT */
/* Two captures held against each other, in paragraphs: what a good engineer would write about both. */
#ifndef TOLD_H
#define TOLD_H

#include "capan/stitch.h"
#include "out.h"

void capan_told_clock(struct capan_out *, const struct capan_stitch_clock *);
void capan_told_connection(struct capan_out *, const struct capan_stitch_connection *);
/* The sentence that settles whether it is the network between. */
void capan_told_answer(struct capan_out *, const struct capan_stitch_totals *);
/* What became of datagrams. */
void capan_told_datagrams(struct capan_out *, const struct capan_stitch_totals *);
/* What is in one capture alone, or more than once. */
void capan_told_alone(struct capan_out *, const struct capan_stitch_totals *);

#endif
