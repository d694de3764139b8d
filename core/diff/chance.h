/* SPDX-License-Identifier: MIT */
/* Whether two samples differ by more than chance. How improbable it is that they would, if nothing had changed, is told
 * as the logarithm of how seldom: 0 is always, 7 once in a thousand. */
#ifndef CHANCE_H
#define CHANCE_H

#include <stddef.h>
#include <stdint.h>

/* Something that was met so many times of so many, in one cluster: what shares a connection is not independent. */
struct share {
    uint64_t count, of;
};

double capan_chance_log(double number);
/* Two shares, each by its clusters. */
double capan_chance_of_shares(const struct share *before, size_t before_count, const struct share *after,
                              size_t after_count);
/* Two samples of any distribution, by rank (Mann and Whitney). They are sorted. */
double capan_chance_of_samples(int64_t *before, size_t before_count, int64_t *after, size_t after_count);
/* Of a sorted sample. */
int64_t capan_chance_median(const int64_t *sample, size_t count);

#endif
