/* SPDX-License-Identifier: MIT */
/* Clocks by packets that passed between them: bounds hold whatever the delays, and the likeliest lies between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "clock.h"

enum { MS = 1000000, PACKETS = 4000 };
#define SECOND INT64_C(1000000000)

static const struct story {
    const char *title;
    int64_t offset_ns, there_ns, back_ns, jitter_ns, step_ns;
    double drift_ppm;
    bool uneven, telling; /* no line fits; the drift can be told */
} stories[] = {
    {"equal ways", 3 * SECOND, 10 * MS, 10 * MS, 5 * MS, 0, 0, false, true},
    {"days apart, and drifting", -86400 * SECOND, 20 * MS, 5 * MS, 1 * MS, 0, 200, false, true},
    {"losing", 7 * SECOND, 1 * MS, 1 * MS, 100 * MS, 0, -75, false, true},
    {"nearly the same place", 0, 1000, 1000, 1000, 0, 3, false, true},
    {"set in the middle", 0, 10 * MS, 10 * MS, 1 * MS, 3600 * SECOND, 0, true, false},
};

static int64_t truth_at(const struct story *story, int i) {
    const int64_t drift_ns = (int64_t)(story->drift_ppm * 1e-6 * i * 100 * MS);
    return story->offset_ns + drift_ns + (i > PACKETS / 2 ? story->step_ns : 0);
}

static void play(const struct story *story, struct clock_bounds *bounds) {
    srand(1);
    for (int i = 0; i < PACKETS; i++) {
        const int64_t at_ns = 1700000000 * SECOND + (int64_t)i * 100 * MS, wait_ns = rand() % (story->jitter_ns + 1);
        const int64_t way_ns = i % 2 ? story->there_ns + wait_ns : -(story->back_ns + wait_ns);
        capan_clock_add(bounds, at_ns, truth_at(story, i) + way_ns, i % 2);
    }
}

static void test_bounds_hold(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
        const struct story *story = &stories[i];
        struct clock_bounds *bounds = calloc(1, sizeof *bounds);
        struct capan_stitch_clock clock;
        print_message("%s\n", story->title);
        play(story, bounds);
        capan_clock_fit(bounds, &clock);
        assert_true(clock.known && clock.has_low && clock.has_high);
        assert_int_equal(clock.uneven, story->uneven);
        assert_int_equal(clock.has_drift, story->telling);
        const int64_t begin_ns = truth_at(story, 0), end_ns = truth_at(story, PACKETS - 1);
        assert_true(clock.low_ns <= (begin_ns < end_ns ? begin_ns : end_ns));
        assert_true(clock.high_ns >= (begin_ns > end_ns ? begin_ns : end_ns));
        assert_true(llabs(clock.offset_ns - begin_ns) <= story->there_ns + story->back_ns + story->jitter_ns);
        if (story->telling) assert_true(clock.drift_low <= story->drift_ppm && clock.drift_high >= story->drift_ppm);
        free(bounds);
    }
}

static void test_one_direction_bounds_one_side(void **state) {
    struct clock_bounds *bounds = calloc(1, sizeof *bounds);
    struct capan_stitch_clock clock;
    (void)state;
    capan_clock_add(bounds, 5 * SECOND, 30 * MS, true);
    capan_clock_add(bounds, 6 * SECOND, 20 * MS, true);
    capan_clock_fit(bounds, &clock);
    assert_true(clock.known && clock.has_high && !clock.has_low);
    assert_int_equal(clock.high_ns, 20 * MS);
    free(bounds);
}

static void test_nothing_is_known_of_nothing(void **state) {
    struct clock_bounds *bounds = calloc(1, sizeof *bounds);
    struct capan_stitch_clock clock;
    int64_t offset_ns;
    (void)state;
    capan_clock_fit(bounds, &clock);
    assert_false(clock.known || clock.has_low || clock.has_high);
    assert_false(capan_clock_now(bounds, &offset_ns, NULL));
    free(bounds);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bounds_hold),
                                       cmocka_unit_test(test_one_direction_bounds_one_side),
                                       cmocka_unit_test(test_nothing_is_known_of_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
