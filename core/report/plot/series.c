/* SPDX-License-Identifier: MIT */
#include "series.h"

#include <stdlib.h>

#include "bytes.h"

#define LOOK(name, class, form, label) {class, label, CAPAN_FORM_##form},
const struct capan_look capan_looks[] = {CAPAN_SERIES(LOOK)};

enum { INTERVALS = 120 }; /* of throughput, at most */
static const int64_t LEAST_INTERVAL_NS = 1000000;

/* What one pass over the segments knows. */
struct pass {
    struct capan_marks *marks;
    const struct capan_story *story;
    enum capan_direction direction;
    int64_t origin_ns;
    int64_t high, ack; /* the highest octet sent, plus one; the highest ACK for it */
    size_t sack;       /* the next SACK blocks of the story */
    bool refused;      /* memory was */
    bool began;
    bool sacked; /* what is in flight is not all that is not acknowledged */
};

static void add(struct pass *pass, enum capan_series_name name, const struct capan_segment *segment, int64_t low,
                int64_t high) {
    struct capan_series *series = &pass->marks->series[name];
    if (capan_reserve(&capan_libc, (void **)&series->at, &series->capacity, series->count + 1, sizeof *series->at) !=
        CAPAN_OK) {
        pass->refused = true;
        return;
    }
    series->at[series->count++] =
        (struct capan_mark){segment->time_ns - pass->origin_ns, low, high, segment->frame, segment->kind};
}

static enum capan_series_name series_of(const struct capan_segment *segment) {
    if (capan_segment_is(segment, CAPAN_TRAIT_PROBE)) return CAPAN_SERIES_PROBES;
    if (segment->kind == CAPAN_KIND_DATA_LATE) return CAPAN_SERIES_LATE;
    const bool again = capan_segment_is(segment, CAPAN_TRAIT_AGAIN) || segment->kind == CAPAN_KIND_SYN_RETRANSMIT ||
                       segment->kind == CAPAN_KIND_SYN_ACK_RETRANSMIT;
    return again ? CAPAN_SERIES_AGAIN : CAPAN_SERIES_DATA;
}

static void take_sent(struct pass *pass, const struct capan_segment *segment) {
    const uint8_t flags = segment->header_flags;
    const int64_t end = segment->seq + segment->len + !!(flags & CAPAN_TH_SYN) + !!(flags & CAPAN_TH_FIN);
    if (flags & CAPAN_TH_RST) {
        add(pass, CAPAN_SERIES_RESETS, segment, segment->seq, segment->seq);
        return;
    }
    add(pass, CAPAN_SERIES_WINDOW, segment, segment->window, segment->window);
    if (segment->window == 0) add(pass, CAPAN_SERIES_CLOSED, segment, 0, 0);
    if (end == segment->seq && !capan_segment_is(segment, CAPAN_TRAIT_PROBE)) return;
    add(pass, series_of(segment), segment, segment->seq, end);
    if (segment->len) pass->marks->busy_ns = segment->time_ns - pass->origin_ns;
    if (capan_segment_is(segment, CAPAN_TRAIT_PROBE)) return;
    pass->high = max_i64(pass->high, end);
    const int64_t outstanding = pass->high - pass->ack, flight = (int64_t)segment->outstanding;
    add(pass, CAPAN_SERIES_OUTSTANDING, segment, outstanding, outstanding);
    pass->sacked |= flight != outstanding;
    if (segment->cwnd) add(pass, CAPAN_SERIES_CWND, segment, segment->cwnd, segment->cwnd);
    add(pass, CAPAN_SERIES_FLIGHT, segment, flight, flight);
}

/* Blocks are as on the wire: near the ACK that they come with. */
static void take_sacks(struct pass *pass, const struct capan_segment *segment) {
    const struct capan_story *story = pass->story;
    while (pass->sack < story->sacks_count && story->sacks[pass->sack].serial < segment->serial) pass->sack++;
    for (; pass->sack < story->sacks_count && story->sacks[pass->sack].serial == segment->serial; pass->sack++) {
        const struct capan_sack *sack = &story->sacks[pass->sack];
        const int64_t left = segment->ack + (int32_t)(sack->left - segment->raw_ack);
        const int64_t right = segment->ack + (int32_t)(sack->right - segment->raw_ack);
        if (left < right) add(pass, CAPAN_SERIES_SACKS, segment, left, right);
    }
}

static void take_ack(struct pass *pass, const struct capan_segment *segment) {
    take_sacks(pass, segment);
    if (!(segment->header_flags & CAPAN_TH_ACK) || segment->header_flags & CAPAN_TH_RST) return;
    if (segment->rtt_ns >= 0) add(pass, CAPAN_SERIES_ROUND_TRIPS, segment, segment->rtt_ns, segment->rtt_ns);
    if (segment->ack < pass->ack) return;
    if (segment->ack > pass->ack && segment->acks_count) pass->marks->busy_ns = segment->time_ns - pass->origin_ns;
    pass->ack = segment->ack;
    add(pass, CAPAN_SERIES_ACKS, segment, segment->ack, segment->ack);
    add(pass, CAPAN_SERIES_EDGE, segment, segment->ack + segment->window, segment->ack + segment->window);
    add(pass, CAPAN_SERIES_FREE, segment, segment->window, segment->window);
    const int64_t outstanding = max_i64(pass->high - segment->ack, 0);
    add(pass, CAPAN_SERIES_OUTSTANDING, segment, outstanding, outstanding);
}

static void take(struct pass *pass, const struct capan_segment *segment) {
    if (segment->kind == CAPAN_KIND_DUPLICATE_PACKET || segment->kind == CAPAN_KIND_MALFORMED) return;
    if (!pass->began) pass->origin_ns = segment->time_ns;
    pass->began = true;
    pass->marks->last_ns = max_i64(pass->marks->last_ns, segment->time_ns - pass->origin_ns);
    if (segment->direction == pass->direction)
        take_sent(pass, segment);
    else
        take_ack(pass, segment);
}

/* --- throughput --- */

/* 1, 2 or 5 with zeros: so many intervals that a stretch can be seen, and so few that each holds something. */
static int64_t interval_of(int64_t busy_ns) {
    int64_t interval = LEAST_INTERVAL_NS;
    for (unsigned step = 0; busy_ns / interval >= INTERVALS; step++)
        interval = step % 3 == 1 ? interval / 2 * 5 : interval * 2;
    return interval;
}

static void add_up(struct pass *pass, const struct capan_step *const *steps, size_t count, int64_t *sent,
                   int64_t *arrived) {
    int64_t ack = 1;
    for (size_t i = 0; i < count; i++) {
        const struct capan_segment *segment = &steps[i]->segment;
        const int64_t after = segment->time_ns - pass->origin_ns;
        if (segment->kind == CAPAN_KIND_DUPLICATE_PACKET || after < 0 || after > pass->marks->busy_ns) continue;
        const int64_t at = after / pass->marks->interval_ns;
        if (segment->direction == pass->direction) {
            sent[at] += segment->len;
        } else if (segment->header_flags & CAPAN_TH_ACK && segment->ack > ack) {
            arrived[at] += segment->ack - ack;
            ack = segment->ack;
        }
    }
}

static void add_rate(struct pass *pass, int64_t after_ns, int64_t sums[2][INTERVALS + 1], int64_t at) {
    const struct capan_segment when = {.time_ns = pass->origin_ns + after_ns, .kind = CAPAN_NO_KIND};
    for (unsigned i = 0; i < 2; i++) {
        const int64_t rate = (int64_t)((double)sums[i][at] * 1e9 / (double)pass->marks->interval_ns);
        add(pass, i ? CAPAN_SERIES_ARRIVED : CAPAN_SERIES_SENT, &when, rate, rate);
    }
}

static void add_rates(struct pass *pass, const struct capan_step *const *steps, size_t count) {
    struct capan_marks *marks = pass->marks;
    int64_t sums[2][INTERVALS + 1] = {{0}};
    marks->interval_ns = interval_of(marks->busy_ns);
    add_up(pass, steps, count, sums[0], sums[1]);
    for (int64_t at = 0; at <= marks->busy_ns / marks->interval_ns; at++)
        add_rate(pass, at * marks->interval_ns, sums, at);
    add_rate(pass, max_i64(marks->busy_ns, 1), sums, marks->busy_ns / marks->interval_ns);
}

bool capan_marks_gather(struct capan_marks *marks, const struct capan_story *story,
                        const struct capan_step *const *steps, size_t count, enum capan_direction direction) {
    struct pass pass = {.marks = marks, .story = story, .direction = direction};
    *marks = (struct capan_marks){.busy_ns = 0};
    for (size_t i = 0; i < count; i++) take(&pass, &steps[i]->segment);
    if (!pass.sacked) marks->series[CAPAN_SERIES_FLIGHT].count = 0;
    add_rates(&pass, steps, count);
    return !pass.refused;
}

void capan_marks_free(struct capan_marks *marks) {
    for (unsigned i = 0; i < CAPAN_SERIES_COUNT; i++) free(marks->series[i].at);
}

/* --- by connection --- */

static int by_stream(const void *left, const void *right) {
    const struct capan_step *a = *(const struct capan_step *const *)left, *b = *(const struct capan_step *const *)right;
    if (a->segment.stream != b->segment.stream) return a->segment.stream < b->segment.stream ? -1 : 1;
    return a->segment.serial < b->segment.serial ? -1 : a->segment.serial > b->segment.serial;
}

const struct capan_step **capan_steps_by_stream(const struct capan_story *story) {
    const struct capan_step **steps = calloc(story->steps_count + 1, sizeof *steps);
    if (!steps) return NULL;
    for (size_t i = 0; i < story->steps_count; i++) steps[i] = &story->steps[i];
    qsort(steps, story->steps_count, sizeof *steps, by_stream);
    return steps;
}

static size_t first_of(const struct capan_step *const *steps, size_t all, uint64_t stream) {
    size_t low = 0;
    while (low < all) {
        const size_t middle = low + (all - low) / 2;
        if (steps[middle]->segment.stream < stream)
            low = middle + 1;
        else
            all = middle;
    }
    return low;
}

const struct capan_step *const *capan_steps_of(const struct capan_step *const *steps, size_t all, uint32_t stream,
                                               size_t *count) {
    const size_t first = first_of(steps, all, stream);
    *count = first_of(steps, all, (uint64_t)stream + 1) - first;
    return steps + first;
}
