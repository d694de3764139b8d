/* SPDX-License-Identifier: MIT */
/* The flags of a segment: what holds of it beside its kind. */
#ifndef FLAGS_H
#define FLAGS_H

#include "arrival.h"

/* After the verdict and the scoreboard's update. */
void capan_arrival_flags(struct capan_arrival *);

#endif
