/* SPDX-License-Identifier: MIT */
/* Round trips and the timers that follow. RFC 6298 2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "timing.h"

#define MS INT64_C(1000000)

static void first_sample_sets_both(void **state) {
    (void)state;
    struct capan_rtt rtt = {0};
    capan_rtt_sample(&rtt, 100 * MS);
    assert_int_equal(rtt.srtt_ns, 100 * MS);
    assert_int_equal(rtt.rttvar_ns, 50 * MS);
    assert_int_equal(rtt.min_ns, 100 * MS);
}

static void later_samples_are_smoothed(void **state) {
    (void)state;
    struct capan_rtt rtt = {0};
    capan_rtt_sample(&rtt, 100 * MS);
    capan_rtt_sample(&rtt, 60 * MS);
    assert_int_equal(rtt.rttvar_ns, 50 * MS + (40 * MS - 50 * MS) / 4);
    assert_int_equal(rtt.srtt_ns, 100 * MS - 40 * MS / 8);
    assert_int_equal(rtt.min_ns, 60 * MS);
    assert_int_equal(rtt.count, 2);
}

static void a_clock_that_went_back_is_no_sample(void **state) {
    (void)state;
    struct capan_rtt rtt = {0};
    capan_rtt_sample(&rtt, -1);
    assert_int_equal(rtt.count, 0);
}

static void without_samples_the_timeout_is_a_second(void **state) {
    (void)state;
    const struct capan_rtt rtt = {0};
    assert_int_equal(capan_timers(&rtt, 0).rto_ns, 1000 * MS);
}

static void steady_round_trips_meet_the_floor(void **state) {
    (void)state;
    struct capan_rtt rtt = {0};
    for (unsigned i = 0; i < 100; i++) capan_rtt_sample(&rtt, 20 * MS);
    const struct capan_timers timers = capan_timers(&rtt, 5 * MS);
    assert_int_equal(timers.rtt_ns, 25 * MS);
    assert_int_equal(timers.rto_ns, 225 * MS);
    assert_int_equal(timers.pto_ns, 50 * MS);
}

static void variance_raises_the_timeout(void **state) {
    (void)state;
    struct capan_rtt rtt = {0};
    for (unsigned i = 0; i < 100; i++) capan_rtt_sample(&rtt, i % 2 ? 20 * MS : 400 * MS);
    assert_true(capan_timers(&rtt, 0).rto_ns > rtt.srtt_ns + 4 * 100 * MS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_sample_sets_both),
        cmocka_unit_test(later_samples_are_smoothed),
        cmocka_unit_test(a_clock_that_went_back_is_no_sample),
        cmocka_unit_test(without_samples_the_timeout_is_a_second),
        cmocka_unit_test(steady_round_trips_meet_the_floor),
        cmocka_unit_test(variance_raises_the_timeout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
