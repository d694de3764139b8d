/* SPDX-License-Identifier: MIT */
/* A connection's statistics: kept on request, and told. */
#ifndef STATISTICS_H
#define STATISTICS_H

#include "capan/statistics.h"

struct capan_tcp;

/* From now on they are kept, before its first segment; without memory they are not. */
void capan_tcp_count(struct capan_tcp *);
/* What was counted. False when nothing was. */
bool capan_tcp_statistics(const struct capan_tcp *, struct capan_statistics *);

#endif
