/* SPDX-License-Identifier: MIT */
/* What could be better, though nobody broke a rule: one row per advice. */
#ifndef ADVICE_H
#define ADVICE_H

#include "judgement.h"

/* Sets the exchange's advice. The outcome and the page are decided, and nothing of this exchange is stored yet. */
void capan_advice_find(struct capan_judgement *);

#endif
