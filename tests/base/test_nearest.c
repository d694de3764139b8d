/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "capan/nearest.h"

static const char *of(const char *asked, const char *const *words, size_t count) {
    struct capan_nearest nearest = {.asked = span_of(asked)};
    for (size_t i = 0; i < count; i++) capan_nearest_offer(&nearest, span_of(words[i]));
    return (const char *)nearest.best.at;
}

static void the_word_with_fewest_changes_is_meant(void **state) {
    static const char *const words[] = {"syn-ack", "syn", "fin", "no-response"};
    (void)state;
    assert_string_equal(of("synn", words, 4), "syn");
    assert_string_equal(of("syn-akc", words, 4), "syn-ack");
    assert_string_equal(of("noresponse", words, 4), "no-response");
    assert_string_equal(of("fin", words, 4), "fin");
}

static void what_has_little_in_common_is_not_meant(void **state) {
    static const char *const words[] = {"syn-ack", "syn"};
    char longer[200];
    (void)state;
    assert_null(of("retransmit", words, 2));
    assert_null(of("", words, 2));
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = 0;
    assert_null(of(longer, words, 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_word_with_fewest_changes_is_meant),
        cmocka_unit_test(what_has_little_in_common_is_not_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
