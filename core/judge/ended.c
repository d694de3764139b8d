/* SPDX-License-Identifier: MIT */
#include "ended.h"

#include "judgement.h"

void capan_ended_put(struct capan_ended *ended, struct capan_judgement *j, void *owner) {
    j->ended_owner = owner;
    *(ended->last ? &ended->last->ended_next : &ended->first) = j;
    ended->last = j;
}

struct capan_judgement *capan_ended_take(struct capan_ended *ended, struct capan_exchange **exchange, void **owner) {
    struct capan_judgement *j = ended->first;
    if (!j) return NULL;
    ended->first = j->ended_next;
    if (!ended->first) ended->last = NULL;
    *exchange = &j->exchange;
    *owner = j->ended_owner;
    return j;
}
