/* SPDX-License-Identifier: MIT */
/* Verdicts of all parts told again, in the order of one run, to what sums them up: a summary, findings, entity tags. */
#ifndef REPLAY_H
#define REPLAY_H

#include "options.h"
#include "rowfile.h"

/* Files of all parts, with the ranks of their streams, whose command has no rows of its own to be merged. */
enum exit_status replay(const struct options *, struct rowfile *, size_t count);

#endif
