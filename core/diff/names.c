/* SPDX-License-Identifier: MIT */
#include "capan/diff.h"

#define CAPAN_X(name, token, sentence) {#name, token, CAPAN_NONE, "", sentence},
const struct capan_token capan_diff_measures[] = {CAPAN_DIFF_MEASURES(CAPAN_X)};
const struct capan_token capan_diff_changes[] = {CAPAN_DIFF_CHANGES(CAPAN_X)};
#undef CAPAN_X
