/* SPDX-License-Identifier: MIT */
/* Which ranges are pieces of one representation, and what of it is there (RFC 9110 15.3.7.3, RFC 9111 3.4). */
#ifndef JOINS_H
#define JOINS_H

#include "capan/exchange.h"

/* Wholes under way; there is a bound of how many, and of the gaps in each. */
struct joins;

struct joins *joins_new(void);
void joins_free(struct joins *);

/* A range, [start, end) of so many octets, and the number of the whole that it is a piece of: none that a content has.
 */
struct piece {
    uint64_t whole;
    uint64_t start, end, total;
};

/* Reads what a response is a piece of: a 206 to a GET with one range that is not all there is, of a representation with
 * a strong entity tag. False: it is none, or there are too many wholes under way. */
bool joins_place(struct joins *, const struct capan_exchange *, struct piece *);
/* The octets of a piece are there. True: those of all pieces are. */
bool joins_add(struct joins *, const struct piece *);
/* As a piece's exchange is told of the whole: its content is as long, and no range. *fields is to be freed. */
struct capan_exchange joins_exchange(const struct capan_exchange *, uint64_t total, struct capan_http_field **fields);
/* Nothing more is kept of a whole; of other numbers nothing is. */
void joins_drop(struct joins *, uint64_t whole);

#endif
