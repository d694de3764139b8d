/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What capan says about the capture file that is open. What listeners to the tap "capan" get is a frame's struct
 * capan_verdicts. */
#ifndef VERDICTS_H
#define VERDICTS_H

#include "compat.h"

#include "capan/ledger.h"

/* Memory was refused, to the core or to whoever says so: what is known stays, and nothing is judged any more, because
 * verdicts that lack what came before could be wrong. Wireshark has the rest of the memory. */
void capan_verdicts_give_up(void);
/* Whether anything is still to be judged. */
bool capan_verdicts_wanted(void);

/* Begins and ends with a capture file. */
void capan_verdicts_open(const struct capan_config *config);
void capan_verdicts_close(void);
/* NULL when the user switched capan off, or without memory. */
struct capan_ledger *capan_verdicts_ledger(void);
/* The analysis in it. */
struct capan_analysis *capan_verdicts_analysis(void);

#endif
