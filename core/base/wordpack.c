/* SPDX-License-Identifier: MIT */
#include "wordpack.h"

#include <stdbool.h>
#include <string.h>

#include "bytes.h"

/* How a word is packed: as so many octets, up to 8; above that number, as so many of its distance from the moment; or
 * as none at all, where all its bits are set. */
enum code { FROM_MOMENT = 8, DISTANCE_OCTETS_MAX = 6, ALL_SET = 15 };

enum { CODE_BITS = 4, CODES_IN_WORD = 64 / CODE_BITS }; /* the codes of so many words stand before them */

/* Lowest octet first. */
static void write_eight(uint8_t *at, uint64_t number) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy(at, &number, sizeof number); /* in which compilers see one store */
#else
    for (unsigned i = 0; i < CAPAN_WORD; i++) at[i] = (uint8_t)(number >> 8 * i);
#endif
}

/* How many octets number takes; 0 takes none. */
static unsigned octets_of(uint64_t number) {
#if defined(__GNUC__)
    return number ? CAPAN_WORD - (unsigned)__builtin_clzll(number) / 8 : 0;
#else
    unsigned count = 0;
    for (; number; number >>= 8) count++;
    return count;
#endif
}

/* Writes a whole word, of which the octets that count come first: each word has room for all of its own. */
static uint8_t *put(uint8_t *to, uint64_t number) {
    write_eight(to, number);
    return to + octets_of(number);
}

static const uint8_t *take(const uint8_t *from, uint64_t *number, unsigned octets) {
    *number = 0;
    for (unsigned i = 0; i < octets; i++) *number |= (uint64_t)*from++ << 8 * i;
    return from;
}

/* Returns the code. */
static uint64_t pack_word(uint8_t **to, uint64_t word, uint64_t last) {
    const uint8_t *begin = *to;
    if (word == UINT64_MAX) return ALL_SET;
    const uint64_t distance = last - word;
    const bool is_near = word > UINT32_MAX && distance && distance >> 8 * DISTANCE_OCTETS_MAX == 0;
    *to = put(*to, is_near ? distance : word);
    return (uint64_t)(*to - begin) + (is_near ? FROM_MOMENT : 0);
}

static const uint8_t *unpack_word(const uint8_t *from, uint64_t *word, unsigned code, uint64_t last) {
    if (code == ALL_SET) {
        *word = UINT64_MAX;
        return from;
    }
    from = take(from, word, code > FROM_MOMENT ? code - FROM_MOMENT : code);
    if (code > FROM_MOMENT) *word = last - *word;
    return from;
}

/* At most so many words as there is room for codes in one. The last one is put first. */
static uint8_t *pack_some(uint8_t *to, const uint8_t *words, size_t count, uint64_t last) {
    uint64_t codes = 0;
    uint8_t *end = to + CAPAN_WORD;
    for (size_t i = count; i-- > 0;) {
        uint64_t word;
        memcpy(&word, words + i * CAPAN_WORD, CAPAN_WORD);
        codes = codes << CODE_BITS | (word ? pack_word(&end, word, last) : 0);
    }
    memcpy(to, &codes, CAPAN_WORD);
    return end;
}

static const uint8_t *unpack_some(const uint8_t *from, uint8_t *words, size_t count, uint64_t last) {
    uint64_t codes;
    memcpy(&codes, from, CAPAN_WORD);
    from += CAPAN_WORD;
    for (size_t i = count; i-- > 0;) {
        uint64_t word;
        from = unpack_word(from, &word, codes >> i * CODE_BITS & ((1u << CODE_BITS) - 1), last);
        memcpy(words + i * CAPAN_WORD, &word, CAPAN_WORD);
    }
    return from;
}

uint8_t *capan_words_pack(uint8_t *to, const void *words, size_t count, uint64_t last) {
    for (size_t done = 0; done < count; done += CODES_IN_WORD) {
        const uint8_t *some = (const uint8_t *)words + done * CAPAN_WORD;
        to = pack_some(to, some, min_size(count - done, CODES_IN_WORD), last);
    }
    return to;
}

const uint8_t *capan_words_unpack(const uint8_t *from, void *words, size_t count, uint64_t last) {
    for (size_t done = 0; done < count; done += CODES_IN_WORD) {
        uint8_t *some = (uint8_t *)words + done * CAPAN_WORD;
        from = unpack_some(from, some, min_size(count - done, CODES_IN_WORD), last);
    }
    return from;
}
