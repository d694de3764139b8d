/* SPDX-License-Identifier: MIT */
#include "capan/nearest.h"

#include "bytes.h"

enum { LONGEST = 48 /* of longer words only the beginning counts */ };

static unsigned least(unsigned a, unsigned b, unsigned c) {
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* How many letters must be put in, taken out or replaced (Levenshtein). */
static unsigned distance(struct capan_span a, struct capan_span b) {
    unsigned row[LONGEST + 1];
    a = span_cut(a, 0, LONGEST);
    b = span_cut(b, 0, LONGEST);
    for (unsigned j = 0; j <= b.len; j++) row[j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned before = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            const unsigned above = row[j];
            row[j] = least(row[j] + 1, row[j - 1] + 1, before + (a.at[i - 1] != b.at[j - 1]));
            before = above;
        }
    }
    return row[b.len];
}

/* More than half of it must stay. */
void capan_nearest_offer(struct capan_nearest *nearest, struct capan_span word) {
    const size_t len = nearest->asked.len, apart = word.len > len ? word.len - len : len - word.len;
    if (2 * apart > len) return;
    const unsigned to_it = distance(nearest->asked, word);
    if (2 * to_it >= len + 1 || (nearest->best.at && to_it >= nearest->distance)) return;
    nearest->best = word;
    nearest->distance = to_it;
}
