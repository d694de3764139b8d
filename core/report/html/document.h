/* SPDX-License-Identifier: MIT */
/* A story as one HTML document, which needs nothing beside it. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "gathered.h"

/* Of the whole capture: what is known about it, what it came to, and its findings. */
void capan_document_write(struct capan_story *, const struct capan_source *, const struct capan_totals *,
                          const struct capan_finding *, size_t count);

/* What such a document begins with, up to its body, which is of that class; title is anybody's octets. */
void capan_document_head(struct capan_out *, const char *title, const char *class);

/* What runs in it, in parts: lists that NULL ends, in a list that NULL ends. */
extern const char *const *const capan_document_scripts[];

#endif
