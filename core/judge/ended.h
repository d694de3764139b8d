/* SPDX-License-Identifier: MIT */
/* Exchanges that are over, in the order in which they ended, until somebody tells of them. */
#ifndef ENDED_H
#define ENDED_H

#include "judge.h"

/* All zero: none. */
struct capan_ended {
    struct capan_judgement *first, *last;
};
/* Takes over a judgement that capan_judge_end has had; owner is handed out with it. */
void capan_ended_put(struct capan_ended *, struct capan_judgement *, void *owner);
/* The first one, which is the caller's to free; NULL: no more. */
struct capan_judgement *capan_ended_take(struct capan_ended *, struct capan_exchange **, void **owner);

#endif
