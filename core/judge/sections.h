/* SPDX-License-Identifier: MIT */
/* Which section a violation or an advice rests on here, where its word lists those of several cases. */
#ifndef SECTIONS_H
#define SECTIONS_H

#include "judgement.h"

/* The violations and the advice are found. */
void capan_sections_choose(struct capan_judgement *);
/* As it is cited: the one of the exchange, else those of the word. */
const char *capan_violation_sections(const struct capan_exchange *, enum capan_http_violation);
const char *capan_advice_sections(const struct capan_exchange *, enum capan_http_advice);

#endif
