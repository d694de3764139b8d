/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "hello.h"

enum { AFTER_RANDOM = 43 };

/* A ClientHello with one extension before the server's name. */
static size_t put_hello(uint8_t at[128]) {
    static const uint8_t begin[] = {22, 3, 1, 0, 79, 1, 0, 0, 75, 3, 3};
    static const uint8_t rest[] = {2, 7, 7, 0,  2, 0x13, 1, 1, 0, 0,   24,  0,   16,  0,   3,   2,   'h', '2',
                                   0, 0, 0, 13, 0, 11,   0, 0, 8, 'a', '.', 'e', 'x', 'a', 'm', 'p', 'l'};
    memset(at, 0, 128);
    memcpy(at, begin, sizeof begin);
    memcpy(at + AFTER_RANDOM, rest, sizeof rest);
    return AFTER_RANDOM + sizeof rest;
}

static void the_server_name_is_read(void **state) {
    uint8_t hello[128];
    struct capan_span name;
    (void)state;
    assert_true(capan_hello_read((struct capan_span){hello, put_hello(hello)}, &name));
    assert_int_equal(name.len, 8);
    assert_memory_equal(name.at, "a.exampl", 8);
}

static void a_short_one_has_no_name_or_part_of_it(void **state) {
    uint8_t hello[128];
    const size_t len = put_hello(hello);
    struct capan_span name;
    (void)state;
    for (size_t cut = 0; cut < len; cut++) {
        assert_int_equal(capan_hello_read((struct capan_span){hello, cut}, &name), cut > 5);
        assert_true(name.len < 8);
    }
}

static void other_octets_are_no_hello(void **state) {
    uint8_t hello[128];
    const size_t len = put_hello(hello);
    struct capan_span name;
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        if (i >= 2 && i < 5) continue; /* minor version and length may be any */
        hello[i] ^= 0x40;
        assert_false(capan_hello_read((struct capan_span){hello, len}, &name));
        hello[i] ^= 0x40;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_name_is_read),
        cmocka_unit_test(a_short_one_has_no_name_or_part_of_it),
        cmocka_unit_test(other_octets_are_no_hello),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
