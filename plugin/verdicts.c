/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdicts.h"

static struct capan_ledger *ledger;
static bool gave_up;

static void *resize(void *context, void *block, size_t old_size, size_t new_size) {
    void *moved = capan_libc.resize(context, block, old_size, new_size);

    if (new_size && !moved) gave_up = true;
    return moved;
}

void capan_verdicts_open(const struct capan_config *config) {
    static const struct capan_alloc alloc = {resize, NULL};

    gave_up = false;
    ledger = capan_ledger_new(config, &alloc);
}

void capan_verdicts_give_up(void) {
    gave_up = true;
}

bool capan_verdicts_wanted(void) {
    return ledger && !gave_up;
}

void capan_verdicts_close(void) {
    capan_ledger_free(ledger);
    ledger = NULL;
}

struct capan_ledger *capan_verdicts_ledger(void) {
    return ledger;
}

struct capan_analysis *capan_verdicts_analysis(void) {
    return capan_ledger_analysis(ledger);
}
