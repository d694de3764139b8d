/* SPDX-License-Identifier: MIT */
/* Stand-ins for words: as long, of the same kinds of characters, the same for the same word, another for another, and
 * not to be guessed without the seed. */
#ifndef STANDINS_H
#define STANDINS_H

#include "index.h"

struct capan_standins {
    struct capan_index words; /* by the word, and by its stand-in */
    const struct capan_alloc *alloc;
    bool even; /* they are as long in Huffman's code, too (RFC 7541 5.2): set before the first one, if at all */
};

/* What of a text is no stand-in. */
enum capan_keeps {
    CAPAN_KEEPS_NOTHING,
    CAPAN_KEEPS_WORDS,  /* those that protocols are made of */
    CAPAN_KEEPS_NUMBERS /* and numbers */
};

/* Owned by the caller: init, then free. */
void capan_standins_init(struct capan_standins *, uint64_t seed, const struct capan_alloc *);
void capan_standins_free(struct capan_standins *);

/* Replaces a word of ASCII letters and digits. Letters' case is kept and tells no words apart; even ones are told apart
 * by case, and where no other upper case letter is as long, a lower case one stands in. */
void capan_standin_word(struct capan_standins *, uint8_t *word, size_t len);
/* All words of a text; what stands between them is kept. */
void capan_standin_text(struct capan_standins *, uint8_t *text, size_t len, enum capan_keeps);
/* A lower case letter, octet number at of something that key names. */
uint8_t capan_standin_octet(const struct capan_standins *, uint64_t key, uint64_t at);
/* The same, for an octet that it is not. */
uint8_t capan_standin_other(const struct capan_standins *, uint64_t key, uint64_t at, uint8_t octet);

#endif
