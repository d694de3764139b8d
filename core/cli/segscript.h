/* SPDX-License-Identifier: MIT */
/* Packets of one connection as a segment script (tests/tcp/scripts/README.md): numbers alone, no octet of any content.
 */
#ifndef SEGSCRIPT_H
#define SEGSCRIPT_H

#include <stdio.h>

#include "capan/capan.h"

/* The packets that are left of the reducer. False: they are of more than one connection, or file refused octets. */
bool segscript_write(FILE *file, const struct capan_reducer *, const struct capan_reduced *);

#endif
