/* SPDX-License-Identifier: MIT */
/* The exchanges of a story in the HTML document, one bar each: a waterfall for every page load, with its own time. */
#ifndef WATERFALL_H
#define WATERFALL_H

#include "gathered.h"

void capan_waterfall(struct capan_story *);

#endif
