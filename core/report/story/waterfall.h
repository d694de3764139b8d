/* SPDX-License-Identifier: MIT */
/* The exchanges of a story on the page, one bar each: a waterfall for every page load, with its own time. */
#ifndef WATERFALL_H
#define WATERFALL_H

#include "page.h"

void capan_waterfall(struct capan_story *);

#endif
