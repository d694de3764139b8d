/* SPDX-License-Identifier: MIT */
/* The judge is told: when a request begins, and when an exchange is over, whichever version of HTTP it was in; now, or
 * by notes later (docket.h). What is known of the connection goes along. With a docket, judgements that are handed out
 * here are entries of it: only these functions may look into them. */
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

/* As the functions of judge.h. */
void capan_judging_interim(struct capan_talks *, struct capan_judgement *, uint16_t status);
void capan_judging_trailers(struct capan_talks *, struct capan_judgement *, bool request,
                            const struct capan_http_field *fields, size_t count);
void capan_judging_upgraded(struct capan_talks *, struct capan_judgement *, int64_t h2_stream);
void capan_judging_drop(struct capan_talks *, struct capan_judgement *);
bool capan_judging_is_head(const struct capan_talks *, const struct capan_judgement *);
bool capan_judging_is_connect(const struct capan_talks *, const struct capan_judgement *);
void capan_judging_forget(struct capan_talks *, enum capan_http_forgetting, bool of_tls);
void capan_judging_giving_up(struct capan_talks *, bool);

/* What is in flight takes more than there is room for. */
bool capan_judging_is_full(const struct capan_talks *);
/* One exchange in flight is given up, which is counted, and known to what is judged later: how it ends. */
enum capan_http_ending capan_judging_give_up(struct capan_talks *);

/* The exchange is judged and waits in ended, or in the docket, to be taken. The judgement is taken over. end->path is
 * filled in. */
void capan_judging_end(struct capan_talks *, struct capan_carrier *, const struct capan_endpoint *client,
                       struct capan_judgement *, struct capan_http_end *);

#endif
