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

#endif
