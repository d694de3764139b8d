/* SPDX-License-Identifier: MIT */
/* Phrases that are looked for in a sentence. A pattern's items have blanks between:
 *
 *     word|other     one of these words, numbers or signs
 *     {n}            a number; {c} also as a word; {f} a frame; {v} a version; {t} a target
 *     ?item          there or not
 *     *5             at most so many tokens of any kind
 *
 * What stands in braces is caught, in order. */
#ifndef PATTERN_H
#define PATTERN_H

#include "tokens.h"

enum { PATTERN_CAUGHT = 6 };

struct match {
    size_t from, to; /* tokens [from, to) */
    size_t caught[PATTERN_CAUGHT];
    size_t count;
};

/* The pattern at token from, before token end. */
bool capan_pattern_at(const char *pattern, const struct token *tokens, size_t from, size_t end, struct match *match);
/* The first place at or behind from. */
bool capan_pattern_find(const char *pattern, const struct token *tokens, size_t from, size_t end, struct match *match);

#endif
