/* SPDX-License-Identifier: MIT */
/* Findings for pipelines: what ends in failure, and what a baseline knows already. */
#ifndef FINDINGS_CLI_H
#define FINDINGS_CLI_H

#include "study.h"

/* Of options->by BY_PLACE: gathers places, marks those of the baseline, and ends in EXIT_FINDINGS when one fails. */
struct study *findings_open(const struct options *, uint64_t seed, enum exit_status *status);

#endif
