/* SPDX-License-Identifier: MIT */
#include "chance.h"

#include <stdlib.h>

#define LN_2 0.69314718055994531

/* By halves down to 1 to 2, then the series of (1 + x) / (1 - x). */
double capan_chance_log(double number) {
    double log = 0;
    for (; number >= 2; number /= 2) log += LN_2;
    for (; number < 1; number *= 2) log -= LN_2;
    const double x = (number - 1) / (number + 1);
    double term = 2 * x;
    for (int i = 1; i < 40; i += 2, term *= x * x) log += term / i;
    return log;
}

/* A normal deviate squared, as bounded by the tail exp(-z^2 / 2). */
static double seldom(double squared) {
    return squared / 2;
}

/* In how many ways a can be chosen of a and b: two samples that do not overlap are one of them. */
static double log_ways(uint64_t a, uint64_t b) {
    double log = 0;
    if (a > b) return log_ways(b, a);
    for (uint64_t i = 1; i <= a && log < 1000; i++) log += capan_chance_log((double)(b + i) / (double)i);
    return log;
}

/* --- shares --- */

static struct share sum_of(const struct share *shares, size_t count) {
    struct share sum = {0, 0};
    for (size_t i = 0; i < count; i++) {
        sum.count += shares[i].count;
        sum.of += shares[i].of;
    }
    return sum;
}

/* Of the share as a whole: by how clusters differ from it, at least as if all were independent. */
static double variance_of(const struct share *shares, size_t count, const struct share *sum) {
    const double share = (double)sum->count / (double)sum->of;
    const double smooth = ((double)sum->count + .5) / ((double)sum->of + 1);
    const double least = smooth * (1 - smooth) / (double)sum->of;
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        const double off = (double)shares[i].count - share * (double)shares[i].of;
        squares += off * off;
    }
    const double correction = count > 1 ? (double)count / (double)(count - 1) : 1;
    const double variance = squares * correction / ((double)sum->of * (double)sum->of);
    return variance > least ? variance : least;
}

double capan_chance_of_shares(const struct share *before, size_t before_count, const struct share *after,
                              size_t after_count) {
    const struct share sums[] = {sum_of(before, before_count), sum_of(after, after_count)};
    if (!sums[0].of || !sums[1].of) return 0;
    const double off = (double)sums[1].count / (double)sums[1].of - (double)sums[0].count / (double)sums[0].of;
    const double variance = variance_of(before, before_count, &sums[0]) + variance_of(after, after_count, &sums[1]);
    const double log = seldom(off * off / variance);
    const int none = !sums[0].count || !sums[1].count, all = sums[0].count == sums[0].of || sums[1].count == sums[1].of;
    if (!none || !all || off == 0) return log;
    const double apart = log_ways(sums[0].of, sums[1].of) - LN_2;
    return apart > log ? apart : log;
}

/* --- samples --- */

static int by_size(const void *left, const void *right) {
    const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* How many of a sorted sample are less than a value, and how many are as large. */
struct place {
    size_t below, equal;
};

static struct place advance(const int64_t *sample, size_t count, size_t from, int64_t value) {
    struct place place = {from, 0};
    while (place.below < count && sample[place.below] < value) place.below++;
    while (place.below + place.equal < count && sample[place.below + place.equal] == value) place.equal++;
    return place;
}

/* Pairs in which the one before is less, ties as halves; and the sum of t^3 - t over ties. */
static double count_pairs(const int64_t *before, size_t n, const int64_t *after, size_t m, double *ties) {
    double pairs = 0;
    size_t i = 0, j = 0;
    *ties = 0;
    while (i < n || j < m) {
        const int64_t value = j == m || (i < n && before[i] < after[j]) ? before[i] : after[j];
        const struct place a = advance(before, n, i, value), b = advance(after, m, j, value);
        const double tied = (double)(a.equal + b.equal);
        pairs += (double)b.equal * ((double)a.below + (double)a.equal / 2);
        *ties += tied * tied * tied - tied;
        i = a.below + a.equal;
        j = b.below + b.equal;
    }
    return pairs;
}

double capan_chance_of_samples(int64_t *before, size_t before_count, int64_t *after, size_t after_count) {
    const double n = (double)before_count, m = (double)after_count, all = n + m;
    double ties;
    if (!before_count || !after_count) return 0;
    qsort(before, before_count, sizeof *before, by_size);
    qsort(after, after_count, sizeof *after, by_size);
    const double off = count_pairs(before, before_count, after, after_count, &ties) - n * m / 2;
    const double variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
    if (variance <= 0) return 0;
    const double log = seldom(off * off / variance);
    if (before[before_count - 1] >= after[0] && after[after_count - 1] >= before[0]) return log;
    const double apart = log_ways(before_count, after_count) - LN_2;
    return apart > log ? apart : log;
}

int64_t capan_chance_median(const int64_t *sample, size_t count) {
    return count ? sample[count / 2] : -1;
}
