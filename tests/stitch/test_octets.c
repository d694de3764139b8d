/* SPDX-License-Identifier: MIT */
/* Which octets have come by, which copies were lost, and how delays are spread: against what is counted plainly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lost.h"
#include "seen.h"
#include "spread.h"

enum { SPACE = 400, STEPS = 3000 };

/* Begins near the end of the circle of numbers. */
static uint32_t raw(unsigned at) {
    return UINT32_MAX - SPACE / 2 + at;
}

static bool all_set(const bool *set, unsigned from, unsigned to) {
    while (from < to && set[from]) from++;
    return from == to;
}

/* As long as there are few holes, nothing is forgotten. */
static void test_seen_is_what_came(void **state) {
    (void)state;
    for (unsigned seed = 1; seed < 50; seed++) {
        struct seen seen = {.any = false};
        bool set[SPACE] = {false};
        srand(seed);
        capan_seen_add(&seen, raw(0), raw(1));
        set[0] = true;
        for (int i = 0; i < STEPS; i++) {
            const unsigned from = (unsigned)rand() % (SPACE - 40), to = from + 30 + (unsigned)rand() % 10;
            if (seen.holes > SEEN_HOLES - 2) break;
            assert_int_equal(capan_seen_add(&seen, raw(from), raw(to)), all_set(set, from, to));
            memset(set + from, true, to - from);
        }
    }
}

static void test_what_is_acknowledged_is_no_hole_any_more(void **state) {
    struct seen seen = {.any = false};
    struct seen_hole hole;
    (void)state;
    capan_seen_add(&seen, 100, 200);
    capan_seen_add(&seen, 300, 400);
    assert_false(capan_seen_skip(&seen, 200, &hole));
    assert_true(capan_seen_skip(&seen, 300, &hole));
    assert_int_equal(hole.from, 200);
    assert_int_equal(hole.to, 300);
    assert_false(capan_seen_skip(&seen, 400, &hole));
    assert_true(capan_seen_skip(&seen, 500, &hole));
    assert_int_equal(hole.from, 400);
}

static void test_a_lost_copy_is_found_once(void **state) {
    struct lost lost = {.count = 0};
    (void)state;
    uint32_t before = 0;
    capan_lost_add(&lost, 100, 200, 7);
    capan_lost_add(&lost, 200, 300, 8);
    assert_false(capan_lost_take(&lost, 300, 400, &before));
    assert_int_equal(before, 0);
    assert_true(capan_lost_take(&lost, 250, 260, &before));
    assert_int_equal(before, 8);
    assert_false(capan_lost_take(&lost, 250, 260, &before));
    assert_true(capan_lost_take(&lost, 150, 200, &before));
    assert_int_equal(before, 7);
    assert_true(capan_lost_take(&lost, 100, 300, &before));
    assert_int_equal(lost.count, 0);
}

/* A burst without end becomes one range; single losses without end push out the oldest. */
static void test_losses_without_end_are_bounded(void **state) {
    struct lost burst = {.count = 0}, single = {.count = 0};
    uint32_t before = 0;
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        capan_lost_add(&burst, i * 10, i * 10 + 10, i + 1);
        capan_lost_add(&single, i * 20, i * 20 + 10, i + 1);
    }
    assert_true(capan_lost_take(&burst, 0, 1, &before) && capan_lost_take(&burst, 9999, 10000, &before));
    assert_true(!capan_lost_take(&single, 0, 1, &before) && capan_lost_take(&single, 19980, 19981, &before));
    assert_int_equal(before, 1000);
    assert_true(burst.count <= LOST_RANGES && single.count <= LOST_RANGES);
}

static int by_value(const void *a, const void *b) {
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void test_spread_is_right_within_a_tenth(void **state) {
    struct spread *spread = calloc(1, sizeof *spread);
    int64_t delays[STEPS];
    (void)state;
    srand(7);
    for (int i = 0; i < STEPS; i++) {
        delays[i] = 20000 + (int64_t)(rand() % 1000) * (rand() % 1000) * 100;
        capan_spread_add(spread, delays[i]);
    }
    qsort(delays, STEPS, sizeof *delays, by_value);
    for (unsigned thousandths = 10; thousandths < 1000; thousandths += 10) {
        const double right = (double)delays[STEPS * thousandths / 1000];
        const double told = (double)capan_spread_at(spread, thousandths);
        assert_true(told > right * .9 && told < right * 1.1);
    }
    assert_int_equal(spread->min_ns, delays[0]);
    assert_int_equal(spread->max_ns, delays[STEPS - 1]);
    free(spread);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seen_is_what_came), cmocka_unit_test(test_what_is_acknowledged_is_no_hole_any_more),
        cmocka_unit_test(test_a_lost_copy_is_found_once), cmocka_unit_test(test_losses_without_end_are_bounded),
        cmocka_unit_test(test_spread_is_right_within_a_tenth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
