/* SPDX-License-Identifier: MIT */
/* What should not be passed on with a result: the values of queries, credentials in URLs, cookies and authorisation.
 * Each becomes a pseudonym, the same for the same within one run, so that what was asked twice is seen to be. */
#ifndef REDACT_H
#define REDACT_H

#include "capan/capan.h"

struct redactor;

/* key: nobody is to know it. What it hands out is told to the sink, whose context stays its own; NULL without memory.
 */
struct redactor *redactor_new(uint64_t key, const struct capan_sink *sink);
void redactor_free(struct redactor *);

/* A callback of a sink, with the redactor as context: passes a copy on. */
void redact_exchange(void *redactor, const struct capan_exchange *);
/* A URL; what is returned is valid until the next call. */
struct capan_span redact_url(struct redactor *, struct capan_span url);

#endif
