/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "ranges.h"

static void add(struct ranges *ranges, int64_t start, int64_t end) {
    assert_int_equal(capan_ranges_add(ranges, &capan_libc, start, end), CAPAN_OK);
}

static void what_touches_is_one(void **state) {
    struct ranges ranges = {0};
    (void)state;
    add(&ranges, 10, 20);
    add(&ranges, 30, 40);
    add(&ranges, -5, 0);
    assert_int_equal(ranges.count, 3);
    assert_int_equal(capan_ranges_common(&ranges, -9, 35), 5 + 10 + 5);
    assert_int_equal(capan_ranges_reach(&ranges, 15), 20);
    assert_int_equal(capan_ranges_reach(&ranges, 25), 25);
    add(&ranges, 20, 30);
    assert_int_equal(ranges.count, 2);
    assert_int_equal(capan_ranges_reach(&ranges, 10), 40);
    add(&ranges, -10, 50);
    assert_int_equal(ranges.count, 1);
    assert_int_equal(capan_ranges_common(&ranges, -10, 50), 60);
    add(&ranges, 7, 7);
    assert_int_equal(ranges.count, 1);
    capan_ranges_free(&ranges, &capan_libc);
}

static void the_lowest_are_forgotten(void **state) {
    struct ranges ranges = {0};
    (void)state;
    for (int64_t i = 0; i < RANGES_MAX + 10; i++) add(&ranges, 4 * i, 4 * i + 1);
    assert_int_equal(ranges.count, RANGES_MAX);
    assert_int_equal(capan_ranges_common(&ranges, 0, 4), 0);
    assert_int_equal(capan_ranges_common(&ranges, 40, 44), 1);
    capan_ranges_free(&ranges, &capan_libc);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_touches_is_one),
                                       cmocka_unit_test(the_lowest_are_forgotten)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
