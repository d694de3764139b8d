/* SPDX-License-Identifier: MIT */
/* Which of some words somebody may have meant. */
#ifndef CAPAN_NEAREST_H
#define CAPAN_NEAREST_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The word asked for and the best one so far. Fill in asked, offer each word, read best. */
struct capan_nearest {
    struct capan_span asked, best; /* best.at NULL: none is near. It points to the word that was offered */
    unsigned distance;             /* letters put in, taken out or replaced between the two; meaningful with best */
};

/* A word more: near is one of which more than half stays. */
CAPAN_API void capan_nearest_offer(struct capan_nearest *nearest, struct capan_span word);

#ifdef __cplusplus
}
#endif

#endif
