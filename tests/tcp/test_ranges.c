/* SPDX-License-Identifier: MIT */
/* Sets of ranges, against a plain map of octets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failing.h"
#include "ranges.h"

static uint64_t add(struct capan_ranges *ranges, int64_t start, int64_t end) {
    uint64_t fresh;
    assert_int_equal(capan_ranges_add(ranges, start, end, &fresh, &capan_libc), CAPAN_OK);
    return fresh;
}

static void merges_as_they_touch(void **state) {
    (void)state;
    struct capan_ranges ranges = {0};
    assert_int_equal(add(&ranges, 10, 20), 10);
    assert_int_equal(add(&ranges, 30, 40), 10);
    assert_int_equal(ranges.count, 2);
    assert_int_equal(add(&ranges, 20, 30), 10);
    assert_int_equal(ranges.count, 1);
    assert_int_equal(add(&ranges, 5, 45), 10);
    assert_int_equal(add(&ranges, 10, 20), 0);
    assert_int_equal(add(&ranges, 7, 7), 0);
    assert_int_equal(ranges.count, 1);
    assert_int_equal(capan_ranges_end(&ranges, -1), 45);
    capan_ranges_free(&ranges, &capan_libc);
    assert_int_equal(capan_ranges_end(&ranges, -1), -1);
}

static void is_empty_when_zeroed(void **state) {
    (void)state;
    struct capan_ranges ranges = {0};
    assert_false(capan_ranges_contain(&ranges, 0));
    assert_int_equal(capan_ranges_covered(&ranges, INT64_MIN, INT64_MAX), 0);
    assert_null(capan_ranges_from(&ranges, INT64_MIN));
    assert_int_equal(capan_ranges_drop_below(&ranges, INT64_MAX), 0);
    assert_int_equal(capan_ranges_above(&ranges, INT64_MIN), 0);
    capan_ranges_free(&ranges, &capan_libc);
}

enum { SPACE = 200 };

static void compare(const struct capan_ranges *ranges, const bool held[SPACE]) {
    uint64_t above = 0;
    for (int64_t at = SPACE - 1; at >= 0; at--) {
        above += held[at];
        assert_int_equal(capan_ranges_contain(ranges, at), held[at]);
        assert_int_equal(capan_ranges_above(ranges, at), above);
        assert_int_equal(capan_ranges_covered(ranges, at, SPACE), above);
        const struct capan_range *from = capan_ranges_from(ranges, at);
        assert_true(from ? from->end > at : above == 0);
        if (held[at]) assert_true(from->start <= at);
    }
    for (uint32_t i = 1; i < ranges->count; i++) assert_true(ranges->at[i - 1].end < ranges->at[i].start);
}

static void agrees_with_a_map_of_octets(void **state) {
    (void)state;
    uint32_t random = 9293;
    print_message("seed %u\n", random);
    struct capan_ranges ranges = {0};
    bool held[SPACE] = {0};
    for (unsigned step = 0; step < 4000; step++) {
        random = random * 1664525 + 1013904223;
        const int64_t start = (random >> 8) % SPACE, end = start + (random >> 20) % 12;
        if (random >> 24 < 3) {
            uint64_t dropped = 0;
            for (int64_t at = 0; at < start; at++) dropped += held[at], held[at] = false;
            assert_int_equal(capan_ranges_drop_below(&ranges, start), dropped);
        } else {
            uint64_t fresh = 0;
            for (int64_t at = start; at < end && at < SPACE; at++) fresh += !held[at], held[at] = true;
            assert_int_equal(add(&ranges, start, end < SPACE ? end : SPACE), fresh);
        }
        if (random >> 26 == 0) memset(held, 0, sizeof held), capan_ranges_free(&ranges, &capan_libc);
        compare(&ranges, held);
    }
    capan_ranges_free(&ranges, &capan_libc);
}

static void forgets_the_lowest_hole_at_its_limit(void **state) {
    (void)state;
    struct capan_ranges ranges = {0};
    for (int64_t i = 0; i < CAPAN_RANGES_MAX; i++) add(&ranges, 10 * i, 10 * i + 4);
    assert_int_equal(ranges.forgotten, 0);
    add(&ranges, 10 * CAPAN_RANGES_MAX, 10 * CAPAN_RANGES_MAX + 1);
    assert_int_equal(ranges.count, CAPAN_RANGES_MAX);
    assert_int_equal(ranges.forgotten, 6);
    assert_true(capan_ranges_contain(&ranges, 5));
    assert_false(capan_ranges_contain(&ranges, 15));
    capan_ranges_free(&ranges, &capan_libc);
}

static void stays_as_it_was_without_memory(void **state) {
    (void)state;
    for (size_t refuse = 1; refuse < 8; refuse++) {
        struct failing failing;
        failing_init(&failing, refuse);
        struct capan_ranges ranges = {0};
        uint64_t held = 0;
        for (int64_t i = 0; i < 40; i++) {
            uint64_t fresh;
            const enum capan_result result = capan_ranges_add(&ranges, 3 * i, 3 * i + 1, &fresh, &failing.alloc);
            assert_int_equal(fresh, 1);
            held += result == CAPAN_OK;
            assert_int_equal(capan_ranges_above(&ranges, 0), held);
        }
        capan_ranges_free(&ranges, &failing.alloc);
        assert_int_equal(failing.held, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merges_as_they_touch),
        cmocka_unit_test(is_empty_when_zeroed),
        cmocka_unit_test(agrees_with_a_map_of_octets),
        cmocka_unit_test(forgets_the_lowest_hole_at_its_limit),
        cmocka_unit_test(stays_as_it_was_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
