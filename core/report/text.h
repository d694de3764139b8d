/* SPDX-License-Identifier: MIT */
/* Rows for people: aligned, relative times, each thing named once. */
#ifndef TEXT_H
#define TEXT_H

#include "column.h"
#include "out.h"

struct capan_text {
    struct capan_out *out;
    bool colour;
    bool began;              /* the heading is written */
    uint64_t announced;      /* streams below this have had their endpoints written */
};

/* One line, or a few, of that kind; the heading before the first. */
void capan_text_segment(struct capan_text *, struct capan_row *);
void capan_text_exchange(struct capan_text *, struct capan_row *);
void capan_text_connection(struct capan_text *, struct capan_row *);
void capan_text_finding(struct capan_text *, struct capan_row *);

#endif
