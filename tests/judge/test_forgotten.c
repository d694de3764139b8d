/* SPDX-License-Identifier: MIT */
/* What the judge's store gave up is known again, and what it kept or never had is not taken for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "store.h"

enum { NODES = 4000, BUDGET = 100000 };

static uint64_t key_of(unsigned number) {
    return capan_hash(capan_hash_key(7), &number, sizeof number);
}

static unsigned fill(struct capan_store *store) {
    unsigned made = 0;
    for (unsigned i = 0; i < NODES; i++) {
        made += capan_store_make(store, CAPAN_NODE_COPY, key_of(i)) != NULL;
        capan_store_trim(store);
    }
    return made;
}

static void each_one_that_was_given_up_is_known(void **state) {
    struct capan_store store;
    unsigned kept = 0, wrong = 0;
    (void)state;
    capan_store_init(&store, &capan_libc, BUDGET, 1);
    assert_int_equal(fill(&store), NODES);
    for (unsigned i = 0; i < NODES; i++) {
        const bool is_there = capan_store_find(&store, CAPAN_NODE_COPY, key_of(i));
        const bool forgot = capan_store_forgot(&store, CAPAN_NODE_COPY, key_of(i));
        assert_true(is_there || forgot);
        kept += is_there;
        wrong += is_there && forgot;
    }
    assert_true(kept > 0 && kept < NODES / 2);
    assert_int_equal(store.evicted, NODES - kept);
    assert_true(wrong * 10 <= kept);
    unsigned others = 0;
    for (unsigned i = NODES; i < 2 * NODES; i++) others += capan_store_forgot(&store, CAPAN_NODE_COPY, key_of(i));
    assert_true(others * 10 <= NODES);
    capan_store_free(&store);
}

static void nothing_is_forgotten_while_there_is_room(void **state) {
    struct capan_store store;
    (void)state;
    capan_store_init(&store, &capan_libc, UINT64_MAX / 2, 1);
    fill(&store);
    for (unsigned i = 0; i < NODES; i++) assert_false(capan_store_forgot(&store, CAPAN_NODE_COPY, key_of(i)));
    assert_null(store.given_up.bits);
    capan_store_free(&store);
}

/* Without memory to note it, anything may have been given up. */
static void without_memory_all_is_forgotten(void **state) {
    struct capan_store store;
    (void)state;
    capan_store_init(&store, &capan_libc, BUDGET, 1);
    store.given_up.all = true;
    fill(&store);
    assert_true(capan_store_forgot(&store, CAPAN_NODE_TAG, 1));
    assert_null(store.given_up.bits);
    capan_store_free(&store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_one_that_was_given_up_is_known),
        cmocka_unit_test(nothing_is_forgotten_while_there_is_room),
        cmocka_unit_test(without_memory_all_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
