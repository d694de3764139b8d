/* SPDX-License-Identifier: MIT */
/* Whether two samples differ by more than chance. How improbable it is that they would, if nothing had changed, is told
 * as the logarithm of how seldom: 0 is always, 7 once in a thousand. */
#ifndef CHANCE_H
#define CHANCE_H

#include <stddef.h>
#include <stdint.h>

/* Something that was met so many times of so many, in one cluster: what shares a connection, or comes close together in
 * time, is not independent. */
struct share {
    uint64_t count, of;
};

/* What one capture has of it, by its connections and by parts of its time. */
struct shares {
    const struct share *connections, *parts;
    size_t connection_count, part_count;
};

/* A quantity, and the part of its capture's time in which it was measured. */
struct measured {
    int64_t value;
    uint8_t part;
};

struct measurements {
    struct measured *at;
    size_t count;
};

double capan_chance_log(double number);
double capan_chance_of_shares(const struct shares *before, const struct shares *after);
/* Two samples of any distribution, by rank (Mann and Whitney). They are sorted. Parts are below PARTS_MAX. */
enum { PARTS_MAX = 16 };
double capan_chance_of_samples(const struct measurements *before, const struct measurements *after);
/* Of a sorted sample. */
int64_t capan_chance_median(const struct measurements *);

#endif
