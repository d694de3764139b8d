/* SPDX-License-Identifier: MIT */
/* What could be better, though nobody broke a rule: one row per advice. */
#ifndef ADVICE_H
#define ADVICE_H

#include "judgement.h"

/* Sets the exchange's advice. The outcome is decided, and nothing of this exchange is stored yet. page is NULL when the
 * request names no page. */
void capan_advice_find(struct capan_judgement *, const struct capan_page *page);

#endif
