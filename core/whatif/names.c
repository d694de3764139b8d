/* SPDX-License-Identifier: MIT */
#include "capan/whatif.h"

#define SERVED(name, token, sentence)                 {#name, token, CAPAN_NONE, "", sentence},
#define ROW(name, token, source, sentence)            {#name, token, CAPAN_NONE, source, sentence},
#define STORE(name, token, stored, source, sentence)  {#name, token, CAPAN_NONE, source, sentence},
#define STORED(name, token, stored, source, sentence) stored,
#define WORD(name, token)                             {#name, token, CAPAN_NONE, "", ""},

const struct capan_token capan_whatif_serveds[] = {CAPAN_WHATIF_SERVED(SERVED)};
const struct capan_token capan_whatif_whys[] = {CAPAN_WHATIF_WHYS(ROW)};
const struct capan_token capan_whatif_confirmeds[] = {CAPAN_WHATIF_CONFIRMED(ROW)};
const struct capan_token capan_whatif_stores[] = {CAPAN_WHATIF_STORES(STORE)};
const bool capan_whatif_is_stored[] = {CAPAN_WHATIF_STORES(STORED)};
const struct capan_token capan_whatif_lifetimes[] = {CAPAN_WHATIF_LIFETIMES(ROW)};
const struct capan_token capan_whatif_scopes[] = {CAPAN_WHATIF_SCOPES(WORD)};
