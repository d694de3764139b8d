/* SPDX-License-Identifier: MIT */
/* The causes of findings that a verdict has, walked in the order of the lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capan/analysis.h"

static void a_list_names_its_rows(void **state) {
    (void)state;
    for (unsigned of = 0; of < CAPAN_FINDING_CLASS_COUNT; of++) {
        const struct capan_cause_list *list = &capan_cause_lists[of];
        assert_in_range(list->count, 1, 64);
        for (size_t i = 0; i < list->count; i++) assert_non_null(list->tokens[i].token);
    }
}

static void take(struct capan_causes *left, enum capan_finding_class of, unsigned number) {
    struct capan_cause cause;
    assert_true(capan_take_cause(left, &cause));
    assert_int_equal(cause.of, of);
    assert_int_equal(cause.number, number);
    assert_ptr_equal(cause.token, &capan_cause_lists[of].tokens[number]);
}

/* New data is no cause of anything. */
static void what_is_quiet_is_left_out(void **state) {
    const struct capan_segment quiet = {.kind = CAPAN_KIND_DATA_NEW}, loud = {.kind = CAPAN_KIND_RETRANSMIT_RTO};
    struct capan_causes causes = capan_segment_causes(&quiet);
    struct capan_cause cause;
    (void)state;
    assert_false(capan_take_cause(&causes, &cause));
    causes = capan_segment_causes(&loud);
    take(&causes, CAPAN_FINDING_TCP_KIND, CAPAN_KIND_RETRANSMIT_RTO);
    assert_false(capan_take_cause(&causes, &cause));
}

/* Framing that is odd in both messages is one cause. */
static void an_exchange_has_all_of_its_lists(void **state) {
    enum { SECOND = 1 };
    const struct capan_exchange exchange = {.outcome = CAPAN_OUTCOME_NOT_MODIFIED,
                                            .violations = UINT64_C(1) << CAPAN_VIOLATION_SERVED_PRIVATE | 1,
                                            .request_framing = UINT64_C(1) << SECOND,
                                            .response_framing = UINT64_C(1) << SECOND};
    struct capan_causes causes = capan_exchange_causes(&exchange);
    struct capan_cause cause;
    (void)state;
    take(&causes, CAPAN_FINDING_OUTCOME, CAPAN_OUTCOME_NOT_MODIFIED);
    take(&causes, CAPAN_FINDING_VIOLATION, 0);
    take(&causes, CAPAN_FINDING_VIOLATION, CAPAN_VIOLATION_SERVED_PRIVATE);
    take(&causes, CAPAN_FINDING_FRAMING, SECOND);
    assert_false(capan_take_cause(&causes, &cause));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_names_its_rows),
        cmocka_unit_test(what_is_quiet_is_left_out),
        cmocka_unit_test(an_exchange_has_all_of_its_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
