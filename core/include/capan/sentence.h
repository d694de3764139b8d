/* SPDX-License-Identifier: MIT */
/* What the sentence about an exchange rests on: facts that select its clauses, and the numbers that they name. */
#ifndef CAPAN_SENTENCE_H
#define CAPAN_SENTENCE_H

#include "exchange.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What clauses ask, each with whether it holds. Returns how many. */
#define CAPAN_EXCHANGE_FACTS 64
CAPAN_API size_t capan_exchange_facts(const struct capan_exchange *exchange,
                                      struct capan_fact list[CAPAN_EXCHANGE_FACTS]);

/* The numbers and frames that clauses may name, those that are known. Returns how many. */
#define CAPAN_EXCHANGE_QUANTITIES 32
CAPAN_API size_t capan_exchange_quantities(const struct capan_exchange *exchange,
                                           struct capan_quantity list[CAPAN_EXCHANGE_QUANTITIES]);

/* The clauses that capan_exchange_explain() tells, in order: token is a clause's name, source its RFC and section or
 * "", sentence its text with {names} of quantities and words. Returns how many. */
#define CAPAN_EXCHANGE_CLAUSES 32
CAPAN_API size_t capan_exchange_clauses(const struct capan_exchange *exchange,
                                        const struct capan_token *list[CAPAN_EXCHANGE_CLAUSES]);

#ifdef __cplusplus
}
#endif

#endif
