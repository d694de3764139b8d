/* SPDX-License-Identifier: MIT */
/* Sequence numbers around 2^32 and 2^31. RFC 9293 3.4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "seqnum.h"

static void compares_across_the_wrap(void **state) {
    (void)state;
    static const uint32_t origins[] = {0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        const uint32_t a = origins[i];
        assert_true(capan_seq_lt(a, a + 1) && capan_seq_lt(a, a + 0x7fffffff));
        assert_false(capan_seq_lt(a, a) || capan_seq_lt(a + 1, a) || capan_seq_lt(a + 0x7fffffff, a));
        assert_true(capan_seq_gt(a + 1, a));
    }
}

static void half_the_circle_is_before_and_behind(void **state) {
    (void)state;
    assert_true(capan_seq_lt(0, UINT32_C(1) << 31) && capan_seq_lt(UINT32_C(1) << 31, 0));
}

static void unwraps_next_to_the_reference(void **state) {
    (void)state;
    static const int64_t places[] = {
        0, 1, -1, 1460, INT64_C(1) << 31, (INT64_C(1) << 32) - 1, INT64_C(1) << 32, INT64_C(77) << 32};
    static const int64_t steps[] = {0, 1, -1, 65535, -65535, INT32_MAX, INT32_MIN};
    static const uint32_t isns[] = {0, 1, 0x80000000, 0xffffffff};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (size_t j = 0; j < sizeof steps / sizeof *steps; j++)
            for (size_t k = 0; k < sizeof isns / sizeof *isns; k++) {
                const int64_t wanted = places[i] + steps[j];
                assert_int_equal(capan_seq_unwrap((uint32_t)((uint64_t)wanted + isns[k]), isns[k], places[i]), wanted);
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_across_the_wrap),
        cmocka_unit_test(half_the_circle_is_before_and_behind),
        cmocka_unit_test(unwraps_next_to_the_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
