/* SPDX-License-Identifier: MIT */
/* The numbers and frames that rules name. */
#ifndef OPERANDS_H
#define OPERANDS_H

#include "capan/rules.h"

struct capan_arrival;

/* Works out what the segment's rule names, after the verdict and before anything changes by it. */
void capan_operands_keep(const struct capan_arrival *);

/* How a proof says a rule's quantity, by its number in the rule. */
const char *capan_operand_phrase(const struct capan_segment *, size_t index);

#endif
