/* SPDX-License-Identifier: MIT */
/* Which of some words somebody may have meant. */
#ifndef NEAREST_H
#define NEAREST_H

#include "capan/base.h"

/* The word asked for and the best one so far. Fill in asked, offer each word, read best. */
struct nearest {
    struct capan_span asked, best; /* best has no octets: none is near */
    unsigned distance;             /* between the two; meaningful with best */
};

void capan_nearest_offer(struct nearest *, struct capan_span word);

#endif
