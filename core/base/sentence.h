/* SPDX-License-Identifier: MIT */
/* Sentences put together piece by piece. What does not fit any more is cut off. */
#ifndef SENTENCE_H
#define SENTENCE_H

#include "bytes.h"

/* capacity octets at at, of which len are written and the next is NUL. */
struct sentence {
    char *at;
    size_t len, capacity;
};

static inline struct sentence sentence_in(char *at, size_t capacity) {
    *at = 0;
    return (struct sentence){at, 0, capacity};
}

static inline void sentence_octets(struct sentence *sentence, const void *octets, size_t len) {
    size_t fits = min_size(len, sentence->capacity - 1 - sentence->len);
    memcpy(sentence->at + sentence->len, octets, fits);
    sentence->len += fits;
    sentence->at[sentence->len] = 0;
}

static inline void sentence_text(struct sentence *sentence, const char *text) {
    sentence_octets(sentence, text, strlen(text));
}

/* Without printf, which is slow: rows have a sentence each. */
static inline void sentence_number(struct sentence *sentence, uint64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    sentence_octets(sentence, digits + at, sizeof digits - at);
}

static inline void sentence_signed(struct sentence *sentence, int64_t number) {
    if (number < 0) sentence_text(sentence, "-");
    sentence_number(sentence, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

static inline bool sentence_is_full(const struct sentence *sentence) {
    return sentence->len == sentence->capacity - 1;
}

/* Octets of anybody's: what is not printable ASCII becomes '?'; what is longer than most ends with "...". */
void capan_say_octets(struct sentence *, struct capan_span, size_t most);
/* Writes what stands for a name of len octets. */
typedef void capan_name_writer(struct sentence *, const char *name, size_t len, void *context);
/* A text in which each {name} is replaced. */
void capan_say_filled(struct sentence *, const char *text, capan_name_writer *, void *context);
/* With printf. */
void capan_say(struct sentence *, const char *format, ...) CAPAN_PRINTF(2, 3);

#endif
