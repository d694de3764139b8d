/* SPDX-License-Identifier: MIT */
/* Where time went, in the HTML document: bars of parts whose lengths are their shares, and keys that say them. */
#ifndef SPENT_H
#define SPENT_H

#include "drawing.h"
#include "gathered.h"

/* A part as the document names it; its class in the style sheet is "of-" and its token. */
struct capan_spent_word {
    const char *token, *name, *sentence;
};

/* What is drawn: disjoint parts, none negative. Borrows all that it points to. */
struct capan_spent {
    const char *whose; /* to whom it belongs, for who does not see the bar */
    const struct capan_spent_word *words;
    const int64_t *part_ns; /* likewise count */
    unsigned count;         /* at most CAPAN_SPENT_PARTS */
};
enum { CAPAN_SPENT_PARTS = 16 };

struct capan_spent capan_spent_of_side(const struct capan_connection *, enum capan_direction);
struct capan_spent capan_spent_of_exchange(const struct capan_exchange *);
struct capan_spent capan_spent_of_page(const struct capan_page *);
/* The sum of the parts, in ns; of 0 there is nothing to draw. */
int64_t capan_spent_whole(const struct capan_spent *);

/* The bar alone; it tells its parts to who hovers or does not see it. */
void capan_spent_bar(struct capan_out *, const struct capan_spent *);
/* The bar, and below it what each part is, its share and its time. */
void capan_spent_told(struct capan_out *, const struct capan_spent *);
/* "server 61.0 % (1.2 s), path 39.0 % (767 ms)". */
void capan_spent_words(struct capan_out *, const struct capan_spent *);
/* The bar in a drawing that has a scale of times, from that time on. */
void capan_spent_drawn(struct capan_out *, const struct capan_spent *, const struct scale *, int64_t from_ns);

/* Bit i: part i took time in one of those that were added. */
uint32_t capan_spent_parts(const struct capan_spent *);
void capan_spent_key(struct capan_out *, const char *begin, const struct capan_spent_word *, uint32_t parts);
extern const struct capan_spent_word capan_spent_side_words[], capan_spent_page_words[];

extern const char capan_spent_style[];

#endif
