/* SPDX-License-Identifier: MIT */
/* Rows wait, as many as there is room for: until then the clock is known, verdicts have come, and all of them are in
 * the order of time. */
#include <stdlib.h>

#include "stitching.h"

enum { LOOK_BACK = 4096 }; /* rows, for the copy before */

static int by_time(const void *left, const void *right) {
    const struct kept_row *a = left, *b = right;
    if (a->time_ns != b->time_ns) return a->time_ns < b->time_ns ? -1 : 1;
    if (a->a_frame != b->a_frame) return a->a_frame < b->a_frame ? -1 : 1;
    return (a->b_frame > b->b_frame) - (a->b_frame < b->b_frame);
}

static uint8_t direction_of(const struct kept_row *row) {
    return row->direction ^ row->seam->of[CAPAN_STITCH_A]->client ? CAPAN_S2C : CAPAN_C2S;
}

static int64_t delay_of(const struct capan_stitch *stitch, const struct kept_row *row) {
    const int64_t later_ns = row->difference_ns - capan_clock_at(&stitch->bounds, &stitch->clock, row->time_ns);
    return row->seam->way[row->direction].from_a < 0 ? -later_ns : later_ns;
}

static void report(struct capan_stitch *stitch, const struct kept_row *kept) {
    const bool both = kept->a_frame && kept->b_frame, lost = kept->fate == CAPAN_STITCH_LOST;
    const int from_a = kept->seam->way[kept->direction].from_a;
    const int hidden = !both || !lost ? -1 : from_a > 0 ? CAPAN_STITCH_B : CAPAN_STITCH_A;
    const int64_t delay_ns = both ? delay_of(stitch, kept) : -1;
    struct capan_stitch_row row = {.row = CAPAN_STITCH_PACKET,
                                   .a_frame = hidden == CAPAN_STITCH_A ? 0 : kept->a_frame,
                                   .b_frame = hidden == CAPAN_STITCH_B ? 0 : kept->b_frame,
                                   .damaged_frame = hidden == CAPAN_STITCH_A   ? kept->a_frame
                                                    : hidden == CAPAN_STITCH_B ? kept->b_frame
                                                                               : 0,
                                   .fate = kept->fate,
                                   .why = kept->why,
                                   .certainty = kept->certainty,
                                   .direction = direction_of(kept),
                                   .time_ns = kept->time_ns,
                                   .delay_ns = delay_ns,
                                   .len = kept->len,
                                   .part = kept->part};
    struct capan_stitch_connection connection = {.protocol = kept->seam->of[CAPAN_STITCH_A]->protocol,
                                                 .stream_a = kept->seam->of[CAPAN_STITCH_A]->stream,
                                                 .stream_b = kept->seam->of[CAPAN_STITCH_B]->stream,
                                                 .in_a = true,
                                                 .in_b = true};
    connection.way[row.direction].from_a = (int8_t)from_a;
    row.connection = &connection;
    capan_account_packet(stitch, kept, delay_ns);
    stitch->config.row(stitch->config.context, &row);
    capan_joined_packet(stitch, kept, &row);
}

/* The copy before one that was sent again, as far as one looks back. */
static struct kept_row *copy_before(struct kept_row *rows, size_t at) {
    const struct kept_row *again = &rows[at];
    for (size_t before = at, left = LOOK_BACK; before > 0 && left; before--, left--) {
        struct kept_row *row = &rows[before - 1];
        if (row->seam == again->seam && row->direction == again->direction && row->seq == again->seq && row->len &&
            row->fate == CAPAN_STITCH_PASSED)
            return row;
    }
    return NULL;
}

static void mark_refused(struct capan_stitch *stitch) {
    for (size_t i = 0; i < stitch->row_count; i++) {
        if (!capan_joined_refused(stitch, &stitch->rows[i])) continue;
        struct kept_row *copy = copy_before(stitch->rows, i);
        if (!copy) continue;
        copy->fate = CAPAN_STITCH_LOST;
        copy->why = CAPAN_STITCH_WHY_REFUSED;
        copy->certainty = CAPAN_LIKELY;
    }
}

void capan_rows_flush(struct capan_stitch *stitch, bool all) {
    const size_t count = all ? stitch->row_count : stitch->row_count / 2;
    if (!stitch->row_count) return;
    capan_clock_fit(&stitch->bounds, &stitch->clock);
    qsort(stitch->rows, stitch->row_count, sizeof *stitch->rows, by_time);
    mark_refused(stitch);
    for (size_t i = 0; i < count; i++) report(stitch, &stitch->rows[i]);
    stitch->row_count -= count;
    for (size_t i = 0; i < stitch->row_count; i++) stitch->rows[i] = stitch->rows[i + count];
}

void capan_rows_keep(struct capan_stitch *stitch, const struct kept_row *row) {
    if (stitch->row_count == stitch->most.rows) capan_rows_flush(stitch, false);
    if (capan_reserve(&stitch->alloc, (void **)&stitch->rows, &stitch->row_capacity, stitch->row_count + 1,
                      sizeof *stitch->rows) != CAPAN_OK) {
        stitch->failed = true;
        return;
    }
    stitch->rows[stitch->row_count++] = *row;
}
