/* SPDX-License-Identifier: MIT */
/* Patterns for --where's `matches`: Perl's, case aside, as in Wireshark's display filters. */
#ifndef PATTERN_H
#define PATTERN_H

#include "capan/report.h"

extern const struct capan_matcher pattern_matcher;

#endif
