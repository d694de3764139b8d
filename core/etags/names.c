/* SPDX-License-Identifier: MIT */
#include "capan/etags.h"

#define ROW(name, token, source, sentence) {#name, token, CAPAN_NONE, source, sentence},
#define SAYS(name, token, sentence)        {#name, token, CAPAN_NONE, "", sentence},
#define WORD(name, token)                  {#name, token, CAPAN_NONE, "", ""},

const struct capan_token capan_etag_generators[] = {CAPAN_ETAG_GENERATORS(ROW)};
const struct capan_token capan_etag_relations[] = {CAPAN_ETAG_RELATIONS(SAYS)};
const struct capan_token capan_etag_checks[] = {CAPAN_ETAG_CHECKS(WORD)};
