/* SPDX-License-Identifier: MIT */
/* One direction of an HTTP/1 connection: octets in order, split anywhere, with holes; heads and ends of messages out.
 * A head that lies whole in the octets of one call is read in place; bodies are looked over in place. */
#ifndef PARSER_H
#define PARSER_H

#include "parser_state.h"

/* The sink must live as long as the parser. */
void capan_parser_init(struct capan_parser *, const struct capan_alloc *, const struct capan_parser_sink *,
                       void *context, uint64_t seed);
void capan_parser_free(struct capan_parser *);

void capan_parser_octets(struct capan_parser *, struct capan_span octets, struct moment at);
/* len octets are missing; 0: it is not known how many. */
void capan_parser_gap(struct capan_parser *, uint64_t len);
/* Nothing more comes. */
void capan_parser_stop(struct capan_parser *, enum capan_stop stop);

/* A message that only waits for what follows it is over. */
void capan_parser_settle(struct capan_parser *);
/* The body that the last head announced may not be sent: the next octets tell (RFC 9110 10.1.1). */
void capan_parser_expect_no_body(struct capan_parser *);
/* Octets that were no request have been answered: what follows them may be one. */
void capan_parser_begin_again(struct capan_parser *);
/* Nothing of what follows is HTTP/1. */
void capan_parser_give_up(struct capan_parser *);
/* What follows is a connection of its own (RFC 9110 9.3.6): HTTP/1 from its first octet on, or not at all. */
void capan_parser_begin_inner(struct capan_parser *);

#endif
