/* SPDX-License-Identifier: MIT */
/* {"at":"KEY","row":: what stands before a row that is to be ordered among those of other parts (capan_report_keyed).
 */
#ifndef KEYED_H
#define KEYED_H

#include "capan/exchange.h"
#include "out.h"

void capan_keyed_begin(struct capan_out *, const struct capan_told *);

#endif
