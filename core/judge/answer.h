/* SPDX-License-Identifier: MIT */
/* What a response says of itself: validators, dates, freshness, range, and whether a cache sent it. */
#ifndef ANSWER_H
#define ANSWER_H

#include "head.h"
#include "judgement.h"

/* Reads a response: answer, and the facts GOT_ that its head gives. */
void capan_answer_read(struct capan_judgement *, struct capan_hash_key, const struct capan_http_head *,
                       bool shared_cache);
/* All that its head says, for the exchange to tell. */
void capan_answer_note_lines(struct capan_judgement *, const struct capan_http_head *);
/* A whole representation that is coded once, by gzip. */
bool capan_answer_is_gzip(const struct capan_judgement *);

#endif
