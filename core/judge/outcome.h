/* SPDX-License-Identifier: MIT */
/* What an exchange came to and why: the ordered tables of outcomes and reasons. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "judgement.h"

/* Sets outcome, reason, compare, certainty, provenance and served_by of the exchange. All facts are known. */
void capan_outcome_decide(struct capan_judgement *);
/* A 304 whose entity tag or date contradicts what was asked (RFC 9110 13.1.2, 13.1.3). */
bool capan_is_false_304(const struct capan_judgement *);
/* The answer to a GET or HEAD has a validator that its If-Match or If-Unmodified-Since excludes (RFC
 * 9110 13.1.1, 13.1.4). */
bool capan_contradicts_guard(const struct capan_judgement *);

#endif
