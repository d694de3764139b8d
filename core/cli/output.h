/* SPDX-License-Identifier: MIT */
/* Where results go: standard output, or --output's file in its place. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "options.h"

/* Every command but objects, whose output is a folder. A capture that is read is never written over. On failure one
 * line is told. */
enum exit_status output_open(const struct options *);

/* What came of writing results there; unless they were written, errno says why and one line is told. */
enum exit_status output_result(const struct options *, bool written);

#endif
