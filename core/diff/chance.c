/* SPDX-License-Identifier: MIT */
#include "chance.h"

#include <stdbool.h>
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

/* Of the share as a whole, if all were independent. */
static double least_variance(const struct share *sum) {
    const double smooth = ((double)sum->count + .5) / ((double)sum->of + 1);
    return smooth * (1 - smooth) / (double)sum->of;
}

/* By how clusters differ from the whole. */
static double variance_of(const struct share *clusters, size_t count, const struct share *sum) {
    const double share = (double)sum->count / (double)sum->of;
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        const double off = (double)clusters[i].count - share * (double)clusters[i].of;
        squares += off * off;
    }
    const double correction = count > 1 ? (double)count / (double)(count - 1) : 1;
    return squares * correction / ((double)sum->of * (double)sum->of);
}

/* How many times more it varies than it would if all were independent; 1 where chance alone makes few clusters differ
 * as much: thrice the deviation of a mean of squares. Squared, to spare a root. */
static double clustered(const struct share *clusters, size_t count, const struct share *sum) {
    if (count < 2) return 1;
    const double times = variance_of(clusters, count, sum) / least_variance(sum), over = times - 1;
    return over > 0 && over * over > 9 * 2 / (double)(count - 1) ? times : 1;
}

static double most(double a, double b) {
    return a > b ? a : b;
}

static double variance_of_shares(const struct shares *shares, const struct share *sum) {
    return least_variance(sum) * most(clustered(shares->connections, shares->connection_count, sum),
                                      clustered(shares->parts, shares->part_count, sum));
}

/* What is seldom comes to before or after as a coin falls that is weighted by how much there was: so seldom so many of
 * one kind (Chernoff's bound). */
static double log_of_few(const struct share sums[2]) {
    const double all = (double)(sums[0].count + sums[1].count), of = (double)(sums[0].of + sums[1].of);
    double log = -LN_2;
    for (int i = 0; i < 2; i++) {
        const double count = (double)sums[i].count;
        if (sums[i].count) log += count * capan_chance_log(count / all / ((double)sums[i].of / of));
    }
    return log;
}

/* All of one and none of the other. */
static bool are_apart(const struct share sums[2]) {
    const bool none = !sums[0].count || !sums[1].count;
    return none && (sums[0].count == sums[0].of || sums[1].count == sums[1].of);
}

double capan_chance_of_shares(const struct shares *before, const struct shares *after) {
    const struct share sums[] = {sum_of(before->connections, before->connection_count),
                                 sum_of(after->connections, after->connection_count)};
    if (!sums[0].of || !sums[1].of || !(sums[0].count + sums[1].count)) return 0;
    const double off = (double)sums[1].count / (double)sums[1].of - (double)sums[0].count / (double)sums[0].of;
    const double least = least_variance(&sums[0]) + least_variance(&sums[1]);
    const double variance = variance_of_shares(before, &sums[0]) + variance_of_shares(after, &sums[1]);
    const double log = most(seldom(off * off / variance), log_of_few(sums) * least / variance);
    return off != 0 && are_apart(sums) ? most(log, log_ways(sums[0].of, sums[1].of) - LN_2) : log;
}

/* --- samples --- */

static int by_size(const void *left, const void *right) {
    const struct measured *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

/* The ranks of one sample among both, summed by the parts of its time. */
struct ranks {
    double sum[PARTS_MAX], squares;
    size_t count[PARTS_MAX];
};

/* How many of a sorted sample are less than a value, and how many are as large. */
struct place {
    size_t below, equal;
};

static struct place advance(const struct measurements *sample, size_t from, int64_t value) {
    struct place place = {from, 0};
    while (place.below < sample->count && sample->at[place.below].value < value) place.below++;
    while (place.below + place.equal < sample->count && sample->at[place.below + place.equal].value == value)
        place.equal++;
    return place;
}

static void add_ranks(struct ranks *ranks, const struct measurements *sample, struct place place, double rank) {
    for (size_t i = place.below; i < place.below + place.equal; i++) {
        ranks->sum[sample->at[i].part] += rank;
        ranks->count[sample->at[i].part]++;
        ranks->squares += rank * rank;
    }
}

static int64_t next_of(const struct measurements *before, size_t i, const struct measurements *after, size_t j) {
    const bool first = j == after->count || (i < before->count && before->at[i].value < after->at[j].value);
    return first ? before->at[i].value : after->at[j].value;
}

/* Pairs in which the one before is less, ties as halves; and the sum of t^3 - t over ties. */
static double count_pairs(const struct measurements *before, const struct measurements *after, struct ranks ranks[2],
                          double *ties) {
    double pairs = 0;
    size_t i = 0, j = 0;
    *ties = 0;
    while (i < before->count || j < after->count) {
        const int64_t value = next_of(before, i, after, j);
        const struct place a = advance(before, i, value), b = advance(after, j, value);
        const double tied = (double)(a.equal + b.equal), rank = (double)(a.below + b.below) + tied / 2;
        add_ranks(&ranks[0], before, a, rank);
        add_ranks(&ranks[1], after, b, rank);
        pairs += (double)b.equal * ((double)a.below + (double)a.equal / 2);
        *ties += tied * tied * tied - tied;
        i = a.below + a.equal;
        j = b.below + b.equal;
    }
    return pairs;
}

/* What comes close together in time is alike: how many times more the parts differ from each other than they would if
 * all were independent. That many of a sample count as one. */
static double alike(const struct ranks *ranks) {
    double sum = 0, between = 0, parts = 0, count = 0;
    for (int i = 0; i < PARTS_MAX; i++) sum += ranks->sum[i], count += (double)ranks->count[i];
    const double mean = sum / count, squares = ranks->squares - sum * mean;
    for (int i = 0; i < PARTS_MAX; i++) {
        if (!ranks->count[i]) continue;
        const double its = (double)ranks->count[i], off = ranks->sum[i] / its - mean;
        between += its * off * off;
        parts++;
    }
    if (parts < 2 || squares <= 0) return 1;
    return most(1, between / (parts - 1) / (squares / (count - 1)));
}

double capan_chance_of_samples(const struct measurements *before, const struct measurements *after) {
    const double n = (double)before->count, m = (double)after->count, all = n + m;
    struct ranks ranks[2] = {{.squares = 0}, {.squares = 0}};
    double ties;
    if (!before->count || !after->count) return 0;
    qsort(before->at, before->count, sizeof *before->at, by_size);
    qsort(after->at, after->count, sizeof *after->at, by_size);
    const double off = count_pairs(before, after, ranks, &ties) - n * m / 2;
    const double variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
    if (variance <= 0) return 0;
    const double fewer = (alike(&ranks[0]) * m + alike(&ranks[1]) * n) / all;
    const double log = seldom(off * off / variance) / fewer;
    if (before->at[before->count - 1].value >= after->at[0].value &&
        after->at[after->count - 1].value >= before->at[0].value)
        return log;
    return most(log, (log_ways(before->count, after->count) - LN_2) / fewer);
}

int64_t capan_chance_median(const struct measurements *sample) {
    return sample->count ? sample->at[sample->count / 2].value : -1;
}
