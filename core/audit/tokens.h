/* SPDX-License-Identifier: MIT */
/* A text in pieces: words, numbers, addresses, targets, and the frames that it names. Texts are mangled by people and
 * machines: "417get/http/1.1" is a number, a method, a target and a version. */
#ifndef TOKENS_H
#define TOKENS_H

#include "alloc.h"
#include "bytes.h"

enum token_type {
    TOKEN_WORD,
    TOKEN_NUMBER,
    TOKEN_ADDRESS, /* with a port where there is one */
    TOKEN_TARGET,  /* begins with a slash */
    TOKEN_URL,
    TOKEN_VERSION, /* HTTP/1.1: value is 11; TOKEN_NO_VERSION: there is none such */
    TOKEN_SIGN,
    TOKEN_FRAME, /* "Packet 4", "#4": value is 4 */
    TOKEN_STOP   /* the end of a sentence */
};

#define TOKEN_NO_VERSION UINT64_MAX

struct token {
    uint8_t type;
    char sign;        /* of a SIGN: its octet; arrows are > and <, dashes -, quotes " */
    bool glued;       /* nothing stands between it and the one before */
    bool first;       /* of its line */
    bool taken;       /* something was read of it */
    uint8_t decimals; /* of a NUMBER: digits behind the point */
    int32_t port;     /* of an ADDRESS; -1 none */
    uint32_t line;
    struct capan_span text;
    uint64_t value; /* of a NUMBER without its point */
};

struct tokens {
    struct token *at;
    size_t count, room;
};

enum capan_result capan_tokens_read(struct tokens *, struct capan_span text, const struct capan_alloc *);
void capan_tokens_free(struct tokens *, const struct capan_alloc *);

static inline char token_lower(uint8_t c) {
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}
static inline bool token_is_letter(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}
static inline bool token_is_digit(uint8_t c) {
    return c >= '0' && c <= '9';
}
/* Whether the octets are one of the words, which are lower case with | between. */
bool capan_word_is(struct capan_span text, const char *words);
static inline bool token_is_word(const struct token *token, const char *words) {
    return token->type == TOKEN_WORD && capan_word_is(token->text, words);
}
static inline bool token_is_sign(const struct token *token, char sign) {
    return token->type == TOKEN_SIGN && token->sign == sign;
}
/* "two" is 2; 0: it is no such word. */
uint64_t capan_word_number(struct capan_span text);

#endif
