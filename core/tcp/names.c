/* SPDX-License-Identifier: MIT */
#include "capan/icmp.h"
#include "capan/rules.h"
#include "capan/statistics.h"

#define ROW(name, token, severity, blame, traits, source, sentence) {#name, token, CAPAN_##severity, source, sentence},
#define BLAME(name, token, severity, blame, ...)                    CAPAN_BLAME_##blame,
#define TRAITS(name, token, severity, blame, traits, ...)           CAPAN_TRAIT_##traits,
#define NEEDLESS(name, token, severity, blame, traits, ...)                                                            \
    | (uint64_t)(CAPAN_TRAIT_##traits == CAPAN_TRAIT_NEEDLESS) << CAPAN_FLAG_##name
#define WORD(name, token)                                {#name, token, CAPAN_NONE, "", ""},
#define FACT(name, token, sentence)                      {#name, token, CAPAN_NONE, "", sentence},
#define WORD_AND_SENTENCE(name, token, sentence, phrase) {#name, token, CAPAN_NONE, "", sentence},

#define ICMP_ERROR(name, token, severity, version, type, code, source, sentence)                                       \
    {#name, token, CAPAN_##severity, source, sentence},
#define ICMP_EFFECT(name, token, source, sentence) {#name, token, CAPAN_NONE, source, sentence},

#define WORD_AND_MEANING(name, token, sentence) {#name, token, CAPAN_NONE, "", sentence},

const struct capan_token capan_tcp_kinds[] = {CAPAN_TCP_KINDS(ROW)};
const struct capan_token capan_tcp_flags[] = {CAPAN_TCP_FLAGS(ROW)};
const uint8_t capan_tcp_kind_blames[] = {CAPAN_TCP_KINDS(BLAME)};
const uint8_t capan_tcp_flag_blames[] = {CAPAN_TCP_FLAGS(BLAME)};
const uint8_t capan_tcp_kind_traits[] = {CAPAN_TCP_KINDS(TRAITS)};
const uint64_t capan_tcp_needless_flags = 0 CAPAN_TCP_FLAGS(NEEDLESS);
const struct capan_token capan_tcp_causes[] = {CAPAN_TCP_CAUSES(WORD_AND_SENTENCE)};
const struct capan_token capan_tcp_facts[] = {CAPAN_TCP_FACTS(FACT)};
const struct capan_token capan_tcp_states[] = {CAPAN_TCP_STATES(WORD)};
const struct capan_token capan_tcp_opens[] = {CAPAN_TCP_OPENS(WORD)};
const struct capan_token capan_tcp_closes[] = {CAPAN_TCP_CLOSES(WORD)};
const struct capan_token capan_tcp_vantages[] = {CAPAN_TCP_VANTAGES(WORD)};
const struct capan_token capan_tcp_vantage_signs[] = {CAPAN_TCP_VANTAGE_SIGNS(WORD_AND_MEANING)};
const struct capan_token capan_tcp_limits[] = {CAPAN_TCP_LIMITS(WORD)};
const struct capan_token capan_congestion_controls[] = {CAPAN_CONGESTION_CONTROLS(WORD_AND_MEANING)};
#define PART(name, token, limit, sentence)  {#name, token, CAPAN_NONE, "", sentence},
#define LIMIT(name, token, limit, sentence) CAPAN_LIMIT_##limit,
const struct capan_token capan_time_parts[] = {CAPAN_TIME_PARTS(PART)};
const uint8_t capan_time_limits[] = {CAPAN_TIME_PARTS(LIMIT)};
const struct capan_token capan_tcp_qualities[] = {CAPAN_TCP_QUALITIES(WORD)};
const struct capan_token capan_icmp_errors[] = {CAPAN_ICMP_ERRORS(ICMP_ERROR)};
const struct capan_token capan_icmp_effects[] = {CAPAN_ICMP_EFFECTS(ICMP_EFFECT)};
const struct capan_token capan_dscps[] = {CAPAN_DSCPS(WORD)};
