/* SPDX-License-Identifier: MIT */
#include "capan/exchange.h"

#define ROW(name, token, severity, source, sentence)              {#name, token, CAPAN_##severity, source, sentence},
#define VIOLATION(name, token, severity, blame, source, sentence) {#name, token, CAPAN_##severity, source, sentence},
#define BLAME(name, token, severity, blame, source, sentence)     CAPAN_BLAME_##blame,
#define WORD(name, token)                                         {#name, token, CAPAN_NONE, "", ""},
#define FIELD_NAME(name, text)                                    text,
#define WORD_AND_SENTENCE(name, token, sentence)                  {#name, token, CAPAN_NONE, "", sentence},

const struct capan_token capan_http_conds[] = {CAPAN_HTTP_CONDS(WORD_AND_SENTENCE)};
#define PART(name, token, phrase, sentence)   {#name, token, CAPAN_NONE, "", sentence},
#define PHRASE(name, token, phrase, sentence) phrase,
const struct capan_token capan_exchange_parts[] = {CAPAN_EXCHANGE_PARTS(PART)};
const char *const capan_exchange_part_phrases[] = {CAPAN_EXCHANGE_PARTS(PHRASE)};
const struct capan_token capan_http_outcomes[] = {CAPAN_HTTP_OUTCOMES(ROW)};
const struct capan_token capan_http_reasons[] = {CAPAN_HTTP_REASONS(WORD_AND_SENTENCE)};
const struct capan_token capan_http_violations[] = {CAPAN_HTTP_VIOLATIONS(VIOLATION)};
const uint8_t capan_http_violation_blames[] = {CAPAN_HTTP_VIOLATIONS(BLAME)};
const struct capan_token capan_http_advices[] = {CAPAN_HTTP_ADVICE(ROW)};
const struct capan_token capan_http_served_bys[] = {CAPAN_HTTP_SERVED_BY(WORD)};
const struct capan_token capan_http_provenances[] = {CAPAN_HTTP_PROVENANCES(WORD)};
const struct capan_token capan_http_forgettings[] = {CAPAN_HTTP_FORGETTINGS(WORD_AND_SENTENCE)};
const struct capan_token capan_http_compares[] = {CAPAN_HTTP_COMPARES(WORD)};
const struct capan_token capan_page_roles[] = {CAPAN_PAGE_ROLES(WORD_AND_SENTENCE)};
const char *const capan_http_repeated_names[] = {CAPAN_HTTP_REPEATED(FIELD_NAME)};
