/* SPDX-License-Identifier: MIT */
#include "capan/stitch.h"

#define CAPAN_X(name, token, sentence) {#name, token, CAPAN_NONE, "", sentence},
const struct capan_token capan_stitch_rows[] = {CAPAN_STITCH_ROWS(CAPAN_X)};
const struct capan_token capan_stitch_fates[] = {CAPAN_STITCH_FATES(CAPAN_X)};
const struct capan_token capan_stitch_whys[] = {CAPAN_STITCH_WHYS(CAPAN_X)};
const struct capan_token capan_stitch_deaths[] = {CAPAN_STITCH_DEATHS(CAPAN_X)};
const struct capan_token capan_stitch_rewrites[] = {CAPAN_STITCH_REWRITES(CAPAN_X)};
const struct capan_token capan_stitch_contradictions[] = {CAPAN_STITCH_CONTRADICTIONS(CAPAN_X)};
#undef CAPAN_X
