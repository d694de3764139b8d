/* SPDX-License-Identifier: MIT */
/* Exchanges as an HTTP Archive, HAR 1.2: what browsers' tools read. */
#ifndef HAR_H
#define HAR_H

#include "column.h"
#include "harpages.h"

void capan_har_begin(struct capan_out *);
/* One entry, without what stands between two; verdicts are in members that begin with "_", as the format has it for
 * what is not its own. */
void capan_har_entry(struct capan_out *, struct capan_har_pages *, const struct capan_row *);
/* The pages of the entries follow. partial: why entries are missing, said in the log; NULL: none are. */
void capan_har_end(struct capan_out *, const struct capan_har_pages *, const char *partial);

#endif
