/* SPDX-License-Identifier: MIT */
/* Conditional requests (RFC 9110 13): which preconditions count, of which class the request is, and what an answer's
 * validators say to them. */
#ifndef CONDITIONAL_H
#define CONDITIONAL_H

#include "head.h"
#include "judgement.h"

/* IS_GET and the others, of a method by its name. */
uint64_t capan_method_facts(struct capan_span method);
/* Reads a request: asked, the facts IS_, ASKS_ and BY_, and the exchange's class. */
void capan_conditional_ask(struct capan_judgement *, struct capan_hash_key, const struct capan_http_head *);
/* Compares the answer's validators with what was asked: PROVES_ and RANGE_HOLDS. */
void capan_conditional_compare(struct capan_judgement *, struct capan_hash_key);
/* A list of tags against one. */
struct capan_match capan_match_of(struct capan_hash_key, const struct capan_kept *, enum capan_field,
                                  const struct capan_tag *);

#endif
