/* SPDX-License-Identifier: MIT */
/* What somebody did against the RFC: one row per violation. */
#ifndef VIOLATIONS_H
#define VIOLATIONS_H

#include "judgement.h"

/* Sets the exchange's violations. The outcome is decided, and nothing of this exchange is stored yet. */
void capan_violations_find(struct capan_judgement *);

#endif
