/* SPDX-License-Identifier: MIT */
/* --profile: where the time of a run went, on standard error. */
#ifndef TIMED_H
#define TIMED_H

#include "capan/capan.h"

struct capan_profile timed_begin(void);
/* The layer that was entered last is left; one line for each, with its part of the whole and its time per frame. */
void timed_tell(struct capan_profile *, uint64_t frames);

#endif
