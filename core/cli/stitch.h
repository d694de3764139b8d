/* SPDX-License-Identifier: MIT */
/* Several captures read side by side. */
#ifndef STITCH_H
#define STITCH_H

#include "options.h"

/* All files of the command line, each with the next one; one alone with itself. report: NULL when no rows are wanted.
 */
enum exit_status stitch_files(const struct options *, struct capan_report *report, uint64_t seed);

#endif
