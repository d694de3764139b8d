/* SPDX-License-Identifier: MIT */
/* A story as one HTML document that needs nothing else: findings, waterfall, connections with plot and
 * ladder, and where time went. */
#ifndef HTML_H
#define HTML_H

#include "gathered.h"

void capan_html(struct capan_story *, const struct capan_source *, const struct capan_finding *, size_t count);

/* All that stands before what is in the body. */
void capan_html_head(struct capan_out *);

#endif
