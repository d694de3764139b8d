/* SPDX-License-Identifier: MIT */
/* Objects that are kept and seldom looked at, in a third of their octets or less: most of their words are zero, small,
 * or a moment shortly before another one. */
#ifndef WORDPACK_H
#define WORDPACK_H

#include <stddef.h>
#include <stdint.h>

enum { CAPAN_WORD = 8 };

/* Room that count packed words need at most. */
#define CAPAN_WORDS_ROOM(count) (((count) + ((count) + 15) / 16) * CAPAN_WORD)

/* Packs so many words of CAPAN_WORD octets, which need not be aligned; last: the moment. Returns the end of what was
 * written. */
uint8_t *capan_words_pack(uint8_t *to, const void *words, size_t count, uint64_t last);
/* The reverse, with the same count and last. Returns the end of what was read. */
const uint8_t *capan_words_unpack(const uint8_t *from, void *words, size_t count, uint64_t last);

#endif
