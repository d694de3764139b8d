/* SPDX-License-Identifier: MIT */
/* How long a response may be used without asking, and how old it is (RFC 9111 4.2). Seconds. */
#ifndef FRESHNESS_H
#define FRESHNESS_H

#include "judgement.h"

/* The explicit lifetime: s-maxage for a shared cache, max-age, Expires minus Date (RFC 9111 4.2.1); -1 none. */
int64_t capan_explicit_lifetime(const struct capan_answer *, bool shared, int64_t received_s);
/* Ten per cent of the time since Last-Modified, for statuses that allow it (RFC 9111 4.2.2); -1 none. */
int64_t capan_heuristic_lifetime(const struct capan_answer *, uint16_t status, int64_t received_s);
/* Statuses that allow it (RFC 9110 15.1). */
bool capan_is_heuristically_cacheable(uint16_t status);
/* The age of a response when it arrived (RFC 9111 4.2.3). */
int64_t capan_initial_age(const struct capan_answer *, int64_t asked_ns, int64_t received_ns);
/* The same to the nanosecond, for ages that are compared with each other rather than told. */
int64_t capan_initial_age_ns(const struct capan_answer *, int64_t asked_ns, int64_t received_ns);
/* The age of a stored response at a later time. */
int64_t capan_age_at(const struct capan_stored *, int64_t ns);
/* It may be used without asking (RFC 9111 4): explicitly fresh, and neither no-store nor no-cache. */
bool capan_is_fresh(const struct capan_stored *, int64_t ns);

#endif
