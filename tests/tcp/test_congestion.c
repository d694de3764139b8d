/* SPDX-License-Identifier: MIT */
/* What a congestion window tells of the algorithm behind it. RFC 5681 3.1, RFC 9438 4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "congestion.h"

enum { MSS = 1000 };

/* A loss upon a window of so many segments that leaves so many percent of it. */
static void lose(struct capan_congestion *congestion, uint32_t segments, uint32_t percent) {
    capan_congestion_lost(congestion, segments * MSS, false);
    capan_congestion_recovered(congestion, segments * MSS / 100 * percent + MSS / 2, MSS, false);
}

static void rounds(struct capan_congestion *congestion, unsigned count, uint32_t before, int32_t more) {
    for (unsigned i = 0; i < count; i++)
        capan_congestion_round(congestion, before * MSS, (uint32_t)((int32_t)before + more) * MSS, MSS);
}

static void expect(const struct capan_congestion *congestion, enum capan_congestion_control control,
                   enum capan_certainty certainty) {
    struct capan_tcp_congestion told;
    capan_congestion_tell(congestion, &told);
    assert_int_equal(told.control, control);
    assert_int_equal(told.certainty, certainty);
}

static void halving_and_adding_one_is_reno(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    for (int i = 0; i < 3; i++) lose(&congestion, 40, 50);
    rounds(&congestion, 20, 30, 1);
    expect(&congestion, CAPAN_CONTROL_RENO, CAPAN_CERTAIN);
}

static void seven_tenths_and_a_curve_are_cubic(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    for (int i = 0; i < 3; i++) lose(&congestion, 40, 70);
    rounds(&congestion, 10, 30, 1);
    rounds(&congestion, 10, 40, 0);
    expect(&congestion, CAPAN_CONTROL_CUBIC, CAPAN_CERTAIN);
}

static void faster_and_faster_without_a_loss_is_cubic(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    for (uint32_t i = 0; i < 12; i++) rounds(&congestion, 1, 40 + 3 * i, 3);
    expect(&congestion, CAPAN_CONTROL_CUBIC, CAPAN_LIKELY);
}

static void a_window_that_losses_do_not_cut_is_bbr(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    for (int i = 0; i < 4; i++) lose(&congestion, 40, 100);
    expect(&congestion, CAPAN_CONTROL_BBR, CAPAN_LIKELY);
}

static void sinking_without_a_loss_is_bbr(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    rounds(&congestion, 4, 40, 0);
    rounds(&congestion, 4, 40, 8);
    rounds(&congestion, 4, 48, -8);
    expect(&congestion, CAPAN_CONTROL_BBR, CAPAN_LIKELY);
}

/* A sender that learns that nothing was lost takes its window back (RFC 4015). */
static void what_was_no_loss_says_nothing(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    for (int i = 0; i < 4; i++) {
        capan_congestion_lost(&congestion, 40 * MSS, true);
        capan_congestion_recovered(&congestion, 40 * MSS, MSS, true);
    }
    expect(&congestion, CAPAN_CONTROL_UNKNOWN, CAPAN_AMBIGUOUS);
}

static void what_contradicts_itself_is_unknown(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    lose(&congestion, 40, 50);
    lose(&congestion, 40, 70);
    rounds(&congestion, 20, 30, 1);
    expect(&congestion, CAPAN_CONTROL_UNKNOWN, CAPAN_AMBIGUOUS);
}

static void one_loss_alone_does_not_tell(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    lose(&congestion, 40, 50);
    expect(&congestion, CAPAN_CONTROL_UNKNOWN, CAPAN_AMBIGUOUS);
    rounds(&congestion, 3, 20, 1);
    expect(&congestion, CAPAN_CONTROL_RENO, CAPAN_LIKELY);
}

static void halving_without_the_growth_of_reno_is_unknown(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    for (int i = 0; i < 3; i++) lose(&congestion, 40, 50);
    rounds(&congestion, 6, 20, 0);
    expect(&congestion, CAPAN_CONTROL_UNKNOWN, CAPAN_AMBIGUOUS);
}

static void sinking_is_not_bbr_where_a_loss_cuts(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    lose(&congestion, 40, 50);
    rounds(&congestion, 8, 40, 0);
    rounds(&congestion, 4, 48, -8);
    expect(&congestion, CAPAN_CONTROL_UNKNOWN, CAPAN_AMBIGUOUS);
}

static void small_windows_do_not_tell(void **state) {
    (void)state;
    struct capan_congestion congestion = {0};
    for (int i = 0; i < 9; i++) lose(&congestion, 4, 50);
    rounds(&congestion, 20, 4, 1);
    expect(&congestion, CAPAN_CONTROL_UNKNOWN, CAPAN_AMBIGUOUS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halving_and_adding_one_is_reno),
        cmocka_unit_test(seven_tenths_and_a_curve_are_cubic),
        cmocka_unit_test(faster_and_faster_without_a_loss_is_cubic),
        cmocka_unit_test(a_window_that_losses_do_not_cut_is_bbr),
        cmocka_unit_test(sinking_without_a_loss_is_bbr),
        cmocka_unit_test(what_was_no_loss_says_nothing),
        cmocka_unit_test(what_contradicts_itself_is_unknown),
        cmocka_unit_test(one_loss_alone_does_not_tell),
        cmocka_unit_test(halving_without_the_growth_of_reno_is_unknown),
        cmocka_unit_test(sinking_is_not_bbr_where_a_loss_cuts),
        cmocka_unit_test(small_windows_do_not_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
