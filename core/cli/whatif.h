/* SPDX-License-Identifier: MIT */
/* One capture's exchanges through a cache that was not there. */
#ifndef WHATIF_H
#define WHATIF_H

#include "options.h"

struct laboratory;

/* NULL, with a line on standard error and *status, when a change is not understood or without memory. */
struct laboratory *laboratory_open(const struct options *, uint64_t seed, enum exit_status *status);
void laboratory_exchange(struct laboratory *, const struct capan_exchange *);
/* Writes what options ask for. name: of the file, for people. */
enum exit_status laboratory_end(struct laboratory *, struct capan_report *, const char *name);
void laboratory_close(struct laboratory *);

#endif
