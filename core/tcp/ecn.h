/* SPDX-License-Identifier: MIT */
/* Explicit congestion notification: what ECE, CWR and AE say. RFC 3168 6.1, RFC 9768 3. */
#ifndef ECN_H
#define ECN_H

#include "arrival.h"

/* After the verdict. */
void capan_arrival_ecn(struct capan_arrival *);

#endif
