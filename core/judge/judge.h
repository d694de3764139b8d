/* SPDX-License-Identifier: MIT */
/* The judge of exchanges: what each client was given before, and whether the answer was right. RFC 9110, RFC 9111.
 * It takes messages as lists of field lines, whoever parsed them. */
#ifndef JUDGE_H
#define JUDGE_H

#include "head.h"
#include "transport.h"

struct capan_judge;
struct capan_judgement; /* one exchange in flight */

struct capan_judge_config {
    uint64_t memory;   /* octets for stored responses */
    uint64_t seed;     /* of hash tables */
    bool shared_cache; /* one store for all clients */
    bool responses;    /* all that was said of them is told: their lines and reason phrases */
};

/* NULL without memory. */
struct capan_judge *capan_judge_new(const struct capan_alloc *, const struct capan_judge_config *);
void capan_judge_free(struct capan_judge *);
/* Stored responses given up for memory so far. */
uint64_t capan_judge_evicted(const struct capan_judge *);

/* Something was given up, or could not be read, that exchanges may have been in; of_tls: of https alone. */
void capan_judge_forget(struct capan_judge *, enum capan_http_forgetting, bool of_tls);
/* What ends from now on is cut off because its connection is given up, or is not any more. */
void capan_judge_giving_up(struct capan_judge *, bool);

/* A request was read up to the end of its fields: what its client has at this moment is looked up now. h2_stream is -1
 * for HTTP/1. head NULL: the request was not captured (orphan response). NULL without memory. */
struct capan_judgement *capan_judge_request(struct capan_judge *, const struct capan_http_parties *, int64_t h2_stream,
                                            const struct capan_http_head *head);

/* A 1xx before the final response; the final response's head. Only once for the latter. */
void capan_judge_interim(struct capan_judgement *, uint16_t status);
void capan_judge_response(struct capan_judge *, struct capan_judgement *, const struct capan_http_head *head);

/* The trailer section of the request, or of the final response. Nothing in it counts as if it were in the header (RFC
 * 9110 6.5.1); only an ETag there is a validator that the client was given (RFC 9110 8.8.3). Only the first one counts.
 */
void capan_judge_trailers(struct capan_judge *, struct capan_judgement *, bool request,
                          const struct capan_http_field *fields, size_t count);

/* The exchange is over: the verdict, and what the client was given is stored. Where a head was cut there is no verdict,
 * only what was said. The exchange is the judgement's, valid until it is freed; index is the caller's to set. */
struct capan_exchange *capan_judge_end(struct capan_judge *, struct capan_judgement *, const struct capan_http_end *);
void capan_judgement_free(struct capan_judge *, struct capan_judgement *);

/* Its response comes in HTTP/2, behind a 101, on that stream (RFC 7540 3.2). */
void capan_judgement_upgraded(struct capan_judgement *, int64_t h2_stream);

/* What was waited for before the request could be sent. */
void capan_judgement_pays(struct capan_judgement *, struct capan_handshakes);

/* What a parser must know of the request to frame its response (RFC 9112 6.3). */
bool capan_judgement_is_head(const struct capan_judgement *);
bool capan_judgement_is_connect(const struct capan_judgement *);

/* What one takes at least; and a number that its owner may keep there, 0 at first: what it was counted as. */
extern const size_t capan_judgement_size;
size_t *capan_judgement_charge(struct capan_judgement *);

#endif
