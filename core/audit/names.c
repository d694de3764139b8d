/* SPDX-License-Identifier: MIT */
#include "capan/audit.h"

#define CAPAN_X(name, token, sentence) {#name, token, CAPAN_NONE, "", sentence},
const struct capan_token capan_claim_whats[CAPAN_CLAIM_WHAT_COUNT] = {CAPAN_CLAIM_WHATS(CAPAN_X)};
const struct capan_token capan_claim_verdicts[CAPAN_CLAIM_VERDICT_COUNT] = {CAPAN_CLAIM_VERDICTS(CAPAN_X)};
#undef CAPAN_X
