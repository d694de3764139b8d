/* SPDX-License-Identifier: MIT */
/* Two captures, one after the other, and what differs. */
#ifndef DIFF_H
#define DIFF_H

#include "options.h"

/* report: NULL when no rows are wanted. EXIT_FINDINGS when something differs by more than chance. */
enum exit_status diff_files(const struct options *, struct capan_report *report, uint64_t seed);

#endif
