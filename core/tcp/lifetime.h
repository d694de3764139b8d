/* SPDX-License-Identifier: MIT */
/* A connection in memory that is its caller's. */
#ifndef LIFETIME_H
#define LIFETIME_H

#include "arrival.h"

/* No segment has come. */
void capan_tcp_open(struct capan_tcp *, const struct capan_alloc *, struct capan_records *);
/* What hangs on it is freed. */
void capan_tcp_close(struct capan_tcp *);

#endif
