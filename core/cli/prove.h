/* SPDX-License-Identifier: MIT */
/* Proofs that explain wrote, held against the capture that they are of. */
#ifndef PROVE_H
#define PROVE_H

#include "options.h"

/* report: NULL, no rows are wanted. EXIT_FINE: all hold; EXIT_FINDINGS: one does not; EXIT_INPUT: the capture or the
 * proofs cannot be read to their end, or there is none. */
enum exit_status prove(const struct options *, struct capan_report *report);

#endif
