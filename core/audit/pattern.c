/* SPDX-License-Identifier: MIT */
#include "pattern.h"

/* One item of a pattern, as text up to its blank. */
struct item {
    const char *at;
    size_t len;
};

static struct item item_of(const char *pattern) {
    struct item item = {pattern, 0};
    while (pattern[item.len] && pattern[item.len] != ' ') item.len++;
    return item;
}

static const char *behind(struct item item) {
    const char *next = item.at + item.len;
    while (*next == ' ') next++;
    return next;
}

static bool fits_braces(char kind, const struct token *token) {
    switch (kind) {
    case 'n': return token->type == TOKEN_NUMBER;
    case 'c': return token->type == TOKEN_NUMBER || (token->type == TOKEN_WORD && capan_word_number(token->text));
    case 'f': return token->type == TOKEN_FRAME;
    case 'v': return token->type == TOKEN_VERSION;
    default: return token->type == TOKEN_TARGET;
    }
}

/* One of the alternatives, which have | between. */
static bool fits_words(struct item item, const struct token *token) {
    for (size_t start = 0; start < item.len;) {
        size_t len = 0;
        while (start + len < item.len && (item.at[start + len] != '|' || len == 0)) len++;
        size_t same = 0;
        const struct capan_span text = token->text;
        const bool words = token->type == TOKEN_WORD || token->type == TOKEN_NUMBER;
        if (token->type == TOKEN_SIGN && len == 1 && item.at[start] == token->sign) return true;
        while (words && len == text.len && same < len && token_lower(text.at[same]) == item.at[start + same]) same++;
        if (same && same == len) return true;
        start += len + 1;
    }
    return false;
}

static bool fits(struct item item, const struct token *token) {
    return item.len == 3 && item.at[0] == '{' ? fits_braces(item.at[1], token) : fits_words(item, token);
}

static size_t gap_of(struct item item) {
    size_t gap = 0;
    for (size_t i = 1; i < item.len; i++) gap = gap * 10 + (size_t)(item.at[i] - '0');
    return gap;
}

static bool go_on(const char *pattern, const struct token *tokens, size_t at, size_t end, struct match *match);

static bool take_item(struct item item, const struct token *tokens, size_t at, size_t end, struct match *match) {
    const size_t caught = match->count;
    if (at >= end || !fits(item, &tokens[at])) return false;
    if (item.at[0] == '{' && match->count < PATTERN_CAUGHT) match->caught[match->count++] = at;
    if (go_on(behind(item), tokens, at + 1, end, match)) return true;
    match->count = caught;
    return false;
}

/* Gaps nest no deeper than a pattern has items, and patterns are ours. */
static bool go_on(const char *pattern, const struct token *tokens, size_t at, size_t end, struct match *match) {
    struct item item = item_of(pattern);
    if (!item.len) {
        match->to = at;
        return true;
    }
    if (item.at[0] == '*' && item.len > 1) {
        for (size_t skipped = 0, most = gap_of(item); skipped <= most && at + skipped <= end; skipped++)
            if (go_on(behind(item), tokens, at + skipped, end, match)) return true;
        return false;
    }
    if (item.at[0] == '?' && item.len > 1) {
        const struct item inner = {item.at + 1, item.len - 1};
        return take_item(inner, tokens, at, end, match) || go_on(behind(item), tokens, at, end, match);
    }
    return take_item(item, tokens, at, end, match);
}

bool capan_pattern_at(const char *pattern, const struct token *tokens, size_t from, size_t end, struct match *match) {
    *match = (struct match){.from = from};
    return go_on(pattern, tokens, from, end, match);
}

bool capan_pattern_find(const char *pattern, const struct token *tokens, size_t from, size_t end, struct match *match) {
    for (; from < end; from++)
        if (capan_pattern_at(pattern, tokens, from, end, match)) return true;
    return false;
}
