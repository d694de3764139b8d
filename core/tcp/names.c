/* SPDX-License-Identifier: MIT */
#include "capan/tcp.h"

#define ROW(name, token, severity, source, sentence) {#name, token, CAPAN_##severity, source, sentence},
#define WORD(name, token)                            {#name, token, CAPAN_NONE, "", ""},
#define WORD_AND_SENTENCE(name, token, sentence)     {#name, token, CAPAN_NONE, "", sentence},

const struct capan_token capan_tcp_kinds[] = {CAPAN_TCP_KINDS(ROW)};
const struct capan_token capan_tcp_flags[] = {CAPAN_TCP_FLAGS(ROW)};
const struct capan_token capan_tcp_causes[] = {CAPAN_TCP_CAUSES(WORD_AND_SENTENCE)};
const struct capan_token capan_tcp_states[] = {CAPAN_TCP_STATES(WORD)};
const struct capan_token capan_tcp_opens[] = {CAPAN_TCP_OPENS(WORD)};
const struct capan_token capan_tcp_closes[] = {CAPAN_TCP_CLOSES(WORD)};
const struct capan_token capan_tcp_vantages[] = {CAPAN_TCP_VANTAGES(WORD)};
const struct capan_token capan_tcp_limits[] = {CAPAN_TCP_LIMITS(WORD)};
const struct capan_token capan_tcp_qualities[] = {CAPAN_TCP_QUALITIES(WORD)};
