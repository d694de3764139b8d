/* SPDX-License-Identifier: MIT */
/* Text taken off from its front. */
#ifndef SCAN_H
#define SCAN_H

#include <string.h>

#include "bytes.h"

static inline bool scan_is(struct capan_span word, const char *text) {
    return word.len == strlen(text) && memcmp(word.at, text, word.len) == 0;
}

static inline bool scan_is_one_of(struct capan_span word, const char *const *words) {
    for (; *words; words++)
        if (scan_is(word, *words)) return true;
    return false;
}

/* False: it does not begin so. */
static inline bool scan_take(struct capan_span *text, const char *what) {
    const size_t len = strlen(what);
    if (!scan_is(span_cut(*text, 0, len), what)) return false;
    span_take(text, len);
    return true;
}

static inline bool scan_is_of(uint8_t octet, const char *those) {
    return octet && strchr(those, octet);
}

/* What consists of those characters, or of others than those. */
static inline struct capan_span scan_while(struct capan_span *text, const char *those) {
    size_t len = 0;
    while (len < text->len && scan_is_of(text->at[len], those)) len++;
    return span_take(text, len);
}

static inline struct capan_span scan_until(struct capan_span *text, const char *those) {
    size_t len = 0;
    while (len < text->len && !scan_is_of(text->at[len], those)) len++;
    return span_take(text, len);
}

#endif
