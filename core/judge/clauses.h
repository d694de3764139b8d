/* SPDX-License-Identifier: MIT */
/* The sentence about an exchange, clause by clause. A clause is told when its facts hold; the {names} in its text are
 * quantities (quantities.h) and words (explain.c). */
#ifndef CLAUSES_H
#define CLAUSES_H

#include "field.h"
#include "quantities.h"

/* token: its name, the RFC's section that it rests on or "", and its text. */
struct capan_clause {
    uint64_t needs, lacks; /* CAPAN_TOLD(...) */
    struct capan_token token;
};

static inline bool capan_clause_holds(const struct capan_clause *clause, uint64_t facts) {
    return clause->token.sentence && (facts & clause->needs) == clause->needs && !(facts & clause->lacks);
}

/* In the order in which they are told. */
#define CAPAN_CLAUSES 29
extern const struct capan_clause capan_clauses[CAPAN_CLAUSES];

/* How a precondition of the request is told, by its field; without a text: not at all. {value} is the field's. */
extern const struct capan_clause capan_precondition_clauses[CAPAN_FIELD_COUNT];

/* What a response lacks, told behind the violation; likewise. */
extern const struct capan_clause capan_lost_clauses[CAPAN_HTTP_VIOLATION_COUNT];

/* The number that an advice rests on, told behind it; likewise. */
extern const struct capan_clause capan_figure_clauses[CAPAN_HTTP_ADVICE_COUNT];

#endif
