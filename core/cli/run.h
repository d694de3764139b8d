/* SPDX-License-Identifier: MIT */
/* Captures through the analysis to the report. */
#ifndef RUN_H
#define RUN_H

#include "options.h"

/* Reads every file, prints what the command asks for. */
enum exit_status run(const struct options *);

#endif
