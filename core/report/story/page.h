/* SPDX-License-Identifier: MIT */
/* A story as one HTML page that needs nothing else: findings, waterfall, connections with plot and ladder. */
#ifndef PAGE_H
#define PAGE_H

#include "tell.h"

void capan_page(struct capan_story *, const struct capan_source *, const struct capan_finding *, size_t count);

#endif
