/* SPDX-License-Identifier: MIT */
/* The parser from inside: what its states share. Each state reads octets and says how many of them are used up; it may
 * leave the others to the state that it enters. */
#ifndef PARSE_H
#define PARSE_H

#include "parser_state.h"

#define FINDING(name) (UINT32_C(1) << CAPAN_FRAMING_##name)

enum { HEAD_MAX = 65536, FIELDS_ON_STACK = 64 };

/* --- parser.c: what is kept from call to call --- */

/* The octets kept so far. */
static inline struct capan_span capan_parse_held(const struct capan_parser *p) {
    return (struct capan_span){p->held, p->held_len};
}
/* Keeps the octets in hand. False: no memory, or more than limit. */
bool capan_parse_hold(struct capan_parser *, struct capan_span, size_t limit);
void capan_parse_release(struct capan_parser *);

void capan_parse_begin(struct capan_parser *, uint64_t start);
/* The octets in hand belong to the message. */
void capan_parse_touch(struct capan_parser *);
/* The open message's octets end at that offset. */
void capan_parse_close(struct capan_parser *, uint64_t end, bool complete, enum capan_stop stop);
/* Likewise, and another message may begin. */
void capan_parse_finish(struct capan_parser *, uint64_t end, bool complete);
/* What comes next is not known to be a head, or a body that can be followed. */
void capan_parse_lose(struct capan_parser *, bool at_head);
void capan_parse_content(struct capan_parser *, struct capan_span);

/* --- parse_head.c --- */

size_t capan_parse_start(struct capan_parser *, struct capan_span);
size_t capan_parse_start_line(struct capan_parser *, struct capan_span);
size_t capan_parse_fields(struct capan_parser *, struct capan_span);
size_t capan_parse_search(struct capan_parser *, struct capan_span);

/* The direction sends such messages, as far as is known. */
bool capan_parse_is_wanted(const struct capan_parser *, enum capan_start);
/* The length up to and with the empty line, 0 when it is not there yet. */
size_t capan_parse_section_end(struct capan_parser *, struct capan_span);
/* A head is told, and what follows it is entered. */
void capan_parse_hand_out(struct capan_parser *, struct capan_message *, size_t head_len);
/* A head that is longer than we keep, or that a hole interrupts: its whole lines count, and the next start line is
 * searched for. */
void capan_parse_cut_head(struct capan_parser *, struct capan_span head, uint32_t why);
/* Octets in which no start line was found: of the open body, as far as anyone can tell. */
void capan_parse_pass_over(struct capan_parser *, size_t len);

/* --- parse_body.c --- */

size_t capan_parse_peek(struct capan_parser *, struct capan_span);
size_t capan_parse_length(struct capan_parser *, struct capan_span);
size_t capan_parse_chunked(struct capan_parser *, struct capan_span);
size_t capan_parse_trailers(struct capan_parser *, struct capan_span);
size_t capan_parse_until_close(struct capan_parser *, struct capan_span);

#endif
