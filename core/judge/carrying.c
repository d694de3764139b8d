/* SPDX-License-Identifier: MIT */
/* What who carries an exchange tells or asks of its judgement while it is open. */
#include "judge.h"
#include "judgement.h"

void capan_judgement_upgraded(struct capan_judgement *j, int64_t h2_stream) {
    j->exchange.h2_stream = h2_stream;
    capan_judge_interim(j, 101);
}

void capan_judgement_pays(struct capan_judgement *j, struct capan_handshakes paid) {
    j->exchange.handshakes = paid;
}

size_t *capan_judgement_charge(struct capan_judgement *j) {
    return &j->charge;
}

bool capan_judgement_is_head(const struct capan_judgement *j) {
    return capan_judgement_has(j, CAPAN_IS_HEAD);
}

bool capan_judgement_is_connect(const struct capan_judgement *j) {
    return capan_judgement_has(j, CAPAN_IS_CONNECT);
}
