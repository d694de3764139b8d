/* SPDX-License-Identifier: MIT */
/* Streams of all parts numbered as one run numbers them: in the order of their first frames. */
#ifndef RANKS_H
#define RANKS_H

#include "rowfile.h"

/* Fills in ranks of all files. False: there are more streams than numbers for them. */
bool rank_streams(struct rowfile *, size_t count);

#endif
