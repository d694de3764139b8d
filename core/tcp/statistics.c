/* SPDX-License-Identifier: MIT */
#include "statistics.h"

#include <string.h>

#include "alloc.h"
#include "bytes.h"
#include "counts.h"

static int64_t mean_of(const struct capan_spread *spread) {
    return spread->count ? spread->sum / (int64_t)spread->count : -1;
}
static int64_t min_of(const struct capan_spread *spread) {
    return spread->count ? spread->min : -1;
}
static int64_t max_of(const struct capan_spread *spread) {
    return spread->count ? spread->max : -1;
}

/* Newton's way from above, for libm is more than libc. It divides by the root, which nothing has. */
static double root_of(double number) {
    if (number <= 0) return 0;
    double root = number > 1 ? number : 1, before;
    do {
        before = root;
        root = (root + number / root) / 2;
    } while (root < before);
    return before;
}

/* Times may lie so far that a rate is more than a number holds. */
static int64_t whole_of(double number) {
    return number < (double)INT64_MAX ? (int64_t)number : INT64_MAX;
}

static int64_t deviation_of(const struct capan_spread *spread) {
    return spread->count < 2 ? -1 : whole_of(root_of(spread->squares / (double)(spread->count - 1)));
}

void capan_tcp_count(struct capan_tcp *tcp) {
    tcp->counts = capan_new(tcp->alloc, sizeof *tcp->counts);
}

static void tell_side(const struct capan_half *half, const struct capan_side_counts *side, int64_t duration_ns,
                      struct capan_side_statistics *to) {
    const bool windows = half->marks & CAPAN_HALF_WINDOW;
    *to = side->so_far;
    to->throughput = duration_ns > 0 ? whole_of((double)half->side.bytes * 1e9 / (double)duration_ns) : -1;
    to->data_ns = side->sent_data ? side->data_last_ns - side->data_first_ns : -1;
    to->idle_ns = side->spoke ? side->idle_ns : -1;
    to->least = min_of(&side->samples);
    to->mean = mean_of(&side->samples);
    to->most = max_of(&side->samples);
    to->weighted = duration_ns > 0 ? whole_of(side->octet_ns / (double)duration_ns) : -1;
    if (!half->side.isn_known) to->first_bytes = to->first_flight = -1;
    to->rtt_deviation = deviation_of(&side->rtt);
    to->full_count = side->full.count;
    to->full_min = min_of(&side->full);
    to->full_mean = mean_of(&side->full);
    to->full_max = max_of(&side->full);
    to->full_deviation = deviation_of(&side->full);
    to->again_min = min_of(&side->again);
    to->again_mean = mean_of(&side->again);
    to->again_max = max_of(&side->again);
    to->window_min = windows ? min_of(&side->window) : -1;
    to->window_mean = windows ? mean_of(&side->window) : -1;
}

bool capan_tcp_statistics(const struct capan_tcp *tcp, struct capan_statistics *statistics) {
    const struct capan_tcp_counts *counts = tcp->counts;
    if (!counts) return false;
    for (unsigned i = 0; i < 2; i++)
        tell_side(&tcp->half[i], &counts->side[i], counts->last_ns - counts->first_ns, &statistics->side[i]);
    statistics->completeness = counts->completeness;
    memcpy(statistics->history, counts->history.text, sizeof statistics->history);
    return true;
}
