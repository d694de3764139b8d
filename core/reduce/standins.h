/* SPDX-License-Identifier: MIT */
/* Stand-ins for words: as long, of the same kinds of characters, the same for the same word, another for another, and
 * not to be guessed without the seed. */
#ifndef STANDINS_H
#define STANDINS_H

#include "index.h"

struct capan_standins {
    struct capan_index words; /* by the word, and by its stand-in */
    const struct capan_alloc *alloc;
};

/* Owned by the caller: init, then free. */
void capan_standins_init(struct capan_standins *, uint64_t seed, const struct capan_alloc *);
void capan_standins_free(struct capan_standins *);

/* Replaces a word of ASCII letters and digits. Letters' case is kept and tells no words apart. */
void capan_standin_word(struct capan_standins *, uint8_t *word, size_t len);
/* All words of a text but those that protocols are made of; what stands between them is kept. numbers: those are kept,
 * too. */
void capan_standin_text(struct capan_standins *, uint8_t *text, size_t len, bool numbers);
/* Octet number at of something that key names. */
uint8_t capan_standin_octet(const struct capan_standins *, uint64_t key, uint64_t at);

#endif
