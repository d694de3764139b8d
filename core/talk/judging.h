/* SPDX-License-Identifier: MIT */
/* The judge is asked: when a request begins, and when an exchange is over, whichever version of HTTP it was in. What is
 * known of the connection goes along. */
#ifndef JUDGING_H
#define JUDGING_H

#include "carrier.h"

/* The request pays for what was waited for before it. carrier is NULL where the connection is not known; head NULL
 * where the request was not captured. NULL without memory. */
struct capan_judgement *capan_judging_begin(struct capan_talks *, struct capan_carrier *,
                                            const struct capan_http_parties *, int64_t h2_stream,
                                            const struct capan_http_head *);

/* The final response's head, once. */
void capan_judging_response(struct capan_talks *, struct capan_judgement *, const struct capan_http_head *);

/* The exchange is judged and waits in ended to be taken. The judgement is taken over. end->path is filled in. */
void capan_judging_end(struct capan_talks *, struct capan_carrier *, const struct capan_endpoint *client,
                       struct capan_judgement *, struct capan_http_end *);

#endif
