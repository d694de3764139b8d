/* SPDX-License-Identifier: MIT */
/* What the parts of the HTML page are drawn with. */
#ifndef DRAWING_H
#define DRAWING_H

#include "out.h"

/* Octets as text of an element or attribute. */
void drawing_html(struct capan_out *, struct capan_span);
/* A severity's class in the page's style sheet. */
const char *drawing_class(uint8_t severity);

/* Where times and numbers come to lie in a drawing. */
struct scale {
    int64_t from, to;
    int left, width;
};
int drawing_place(const struct scale *, int64_t value);

#endif
