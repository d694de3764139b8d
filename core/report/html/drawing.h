/* SPDX-License-Identifier: MIT */
/* What the parts of the HTML document are drawn with. */
#ifndef DRAWING_H
#define DRAWING_H

#include "out.h"

/* Octets as text of an element or attribute. */
void capan_drawing_html(struct capan_out *, struct capan_span);
/* A severity's class in the style sheet. */
const char *capan_drawing_class(uint8_t severity);

/* Where times and numbers come to lie in a drawing. */
struct scale {
    int64_t from, to;
    int left, width;
};
int capan_drawing_position(const struct scale *, int64_t value);
/* An element of that class whose place and width are shares of its parent's: of a scale of hundredths of a percent. */
void capan_drawing_bar(struct capan_out *, const struct scale *, const char *class, int64_t from, int64_t to);

#endif
