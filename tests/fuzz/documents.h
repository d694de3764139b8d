/* SPDX-License-Identifier: MIT */
/* What writers write, read back: strictly, by readers that share nothing with them. Each aborts with a word on what is
 * wrong, for a fuzz target. In all of them octets are UTF-8 without control characters but tab and line feed. */
#ifndef DOCUMENTS_H
#define DOCUMENTS_H

#include "capan/base.h"

/* One value (RFC 8259), nothing around it. */
void document_json(struct capan_span);
/* A value on each line. */
void document_ndjson(struct capan_span);
/* RFC 4180: each row has as many fields as the first; none begins with what a spreadsheet takes for a formula. */
void document_csv(struct capan_span);
/* HTML, SVG, XML: known elements alone, each closed, attributes known and quoted, references whole, no script but the
 * ones given, each in parts; a link leads into the document. NULL ends lists. */
void document_markup(struct capan_span, const char *const *const *scripts);
void document_text(struct capan_span);

#endif
