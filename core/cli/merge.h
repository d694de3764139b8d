/* SPDX-License-Identifier: MIT */
/* The command that puts rows of all parts of a split capture together. */
#ifndef MERGE_H
#define MERGE_H

#include "options.h"

enum exit_status merge_files(const struct options *);

#endif
