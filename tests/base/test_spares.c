/* SPDX-License-Identifier: MIT */
/* Blocks that are kept for the next of their size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "alloc.h"
#include "failing.h"
#include "spares.h"

static void everything_goes_back_in_the_end(void **state) {
    struct failing failing;
    struct capan_spares spares;
    uint8_t *blocks[200];
    (void)state;
    failing_init(&failing, 0);
    capan_spares_begin(&spares, &failing.alloc);
    for (unsigned round = 0; round < 3; round++) {
        for (size_t i = 0; i < 200; i++) {
            blocks[i] = capan_new(&spares.alloc, 1 + 17 * i);
            memset(blocks[i], (int)i, 1 + 17 * i);
        }
        for (size_t i = 0; i < 200; i++) {
            assert_int_equal(blocks[i][17 * i], i);
            capan_delete(&spares.alloc, blocks[i], 1 + 17 * i);
        }
    }
    capan_spares_end(&spares);
    assert_int_equal(failing.held, 0);
}

static void blocks_keep_what_they_hold_when_they_are_moved(void **state) {
    struct failing failing;
    struct capan_spares spares;
    (void)state;
    failing_init(&failing, 0);
    capan_spares_begin(&spares, &failing.alloc);
    static const size_t sizes[] = {1, 16, 17, 2000, 5000, 9000, 3000, 40, 8};
    uint8_t *block = capan_new(&spares.alloc, sizes[0]);
    block[0] = 42;
    for (size_t i = 1; i < sizeof sizes / sizeof *sizes; i++) {
        block = spares.alloc.resize(spares.alloc.context, block, sizes[i - 1], sizes[i]);
        assert_int_equal(block[0], 42);
    }
    capan_delete(&spares.alloc, block, 8);
    capan_spares_end(&spares);
    assert_int_equal(failing.held, 0);
}

static void what_is_refused_leaves_the_block(void **state) {
    struct failing failing;
    struct capan_spares spares;
    (void)state;
    failing_init(&failing, 2);
    capan_spares_begin(&spares, &failing.alloc);
    uint8_t *block = capan_new(&spares.alloc, 10);
    block[9] = 7;
    assert_null(spares.alloc.resize(spares.alloc.context, block, 10, 100));
    assert_int_equal(block[9], 7);
    capan_delete(&spares.alloc, block, 10);
    capan_spares_end(&spares);
    assert_int_equal(failing.held, 0);
}

/* A flood of one size leaves no more than CAPAN_SPARE_HELD of it behind. */
static void few_are_kept(void **state) {
    enum { MANY = 4096, SIZE = 64 };
    static void *blocks[MANY];
    struct failing failing;
    struct capan_spares spares;
    (void)state;
    failing_init(&failing, 0);
    capan_spares_begin(&spares, &failing.alloc);
    for (size_t i = 0; i < MANY; i++) blocks[i] = capan_new(&spares.alloc, SIZE);
    for (size_t i = 0; i < MANY; i++) capan_delete(&spares.alloc, blocks[i], SIZE);
    assert_true(failing.held <= CAPAN_SPARE_HELD);
    capan_spares_end(&spares);
    assert_int_equal(failing.held, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_goes_back_in_the_end),
        cmocka_unit_test(blocks_keep_what_they_hold_when_they_are_moved),
        cmocka_unit_test(what_is_refused_leaves_the_block),
        cmocka_unit_test(few_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
