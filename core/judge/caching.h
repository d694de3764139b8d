/* SPDX-License-Identifier: MIT */
/* What a cache did that RFC 9111 forbids: tests of the rules in violations.c, for exchanges that a cache says it
 * answered (CAPAN_HIT) or that carry the field in question. */
#ifndef CACHING_H
#define CACHING_H

#include "judgement.h"

bool capan_is_age_faulty(const struct capan_judgement *);
bool capan_is_age_regressing(const struct capan_judgement *);
bool capan_is_stale_forbidden(const struct capan_judgement *);
bool capan_is_stale_unmarked(const struct capan_judgement *);
bool capan_is_no_store_served(const struct capan_judgement *);
bool capan_is_private_of_other(const struct capan_judgement *);
bool capan_is_authorized_served(const struct capan_judgement *);
bool capan_is_vary_ignored(const struct capan_judgement *);
bool capan_is_not_invalidated(const struct capan_judgement *);
bool capan_is_cc_conflicting(const struct capan_judgement *);
bool capan_is_cc_faulty(const struct capan_judgement *);

#endif
