/* SPDX-License-Identifier: MIT */
#ifndef XPLOT_H
#define XPLOT_H

#include "chart.h"

/* What its numbers are. */
struct capan_xplot {
    int64_t origin_ns; /* since 1970, of the marks' times */
    enum capan_measure measure;
};

/* One chart, whole: xplot has room for all marks. */
void capan_xplot(struct capan_out *, enum capan_chart, const struct capan_marks *, const struct capan_connection *,
                 enum capan_direction);

#endif
