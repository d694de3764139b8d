/* SPDX-License-Identifier: MIT */
/* What a sentence denies, or only supposes, is no claim of it: "no port 80", "if it had 500 bytes". */
#include "reader.h"

static const char denying[] = "not|no|never|neither|nor|none|nothing|without|cannot|t|wrong|myth|contrary",
                  supposing[] = "if|unless|would|could|should|might|suppose|assume|imagine";

static bool is_border(const struct token *token) {
    return token->type == TOKEN_SIGN && strchr(".,;:()", token->sign);
}

/* Parts of names: If-Match, 304 Not Modified, no. 4. */
static bool is_of_name(const struct reader *reader, size_t at) {
    if (at + 1 >= reader->end) return false;
    const struct token *word = reader_token(reader, at), *next = reader_token(reader, at + 1);
    if (token_is_word(word, "if")) return token_is_sign(next, '-');
    if (token_is_word(word, "no")) return next->type == TOKEN_NUMBER; /* short for number */
    return token_is_word(word, "not") && token_is_word(next, "modified|found|implemented|acceptable|allowed");
}

/* "never more than 1460": a bound, which is a claim. */
static bool is_bound(const struct reader *reader, size_t at, size_t to) {
    for (; at + 1 < to; at++)
        if (token_is_word(reader_token(reader, at), "more|larger|greater|longer|bigger|smaller|less|fewer") &&
            token_is_word(reader_token(reader, at + 1), "than"))
            return true;
    return false;
}

size_t capan_clause_begin(const struct reader *reader, size_t at) {
    while (at > reader->begin && !is_border(reader_token(reader, at - 1))) at--;
    return at;
}

static bool is_denied(const struct reader *reader, size_t from, size_t to) {
    for (size_t i = capan_clause_begin(reader, from); i < to; i++)
        if (!is_of_name(reader, i) && token_is_word(reader_token(reader, i), denying) && !is_bound(reader, i, to))
            return true;
    return false;
}

bool capan_is_supposed(const struct reader *reader, size_t from, size_t to) {
    for (size_t i = capan_clause_begin(reader, from); i < to; i++)
        if (!is_of_name(reader, i) && token_is_word(reader_token(reader, i), supposing)) return true;
    return false;
}

bool capan_is_hedged(const struct reader *reader, size_t from, size_t to) {
    return is_denied(reader, from, to) || capan_is_supposed(reader, from, to);
}
