/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdicts.h"

static struct capan_ledger *ledger;

void capan_verdicts_open(const struct capan_config *config) {
    ledger = capan_ledger_new(config, &capan_libc);
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
