/* SPDX-License-Identifier: MIT */
/* Field names, tokens, lists, parameters, numbers. RFC 9110 5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "field.h"

static void every_name_finds_its_number(void **state) {
    (void)state;
    for (int i = 1; i < CAPAN_FIELD_COUNT; i++) {
        char upper[64];
        const char *name = capan_field_name((enum capan_field)i);
        size_t len = strlen(name);
        for (size_t k = 0; k <= len; k++) upper[k] = name[k] >= 'a' && name[k] <= 'z' ? (char)(name[k] - 32) : name[k];
        assert_int_equal(capan_field_number(span_of(name)), i);
        assert_int_equal(capan_field_number(span_of(upper)), i);
        upper[len / 2] = '~';
        assert_int_equal(capan_field_number(span_of(upper)),
                         len > 2 ? CAPAN_FIELD_OTHER : capan_field_number(span_of(upper)));
    }
    assert_int_equal(capan_field_number(span_of("")), CAPAN_FIELD_OTHER);
    assert_int_equal(capan_field_number(span_of("etags")), CAPAN_FIELD_OTHER);
    assert_string_equal(capan_field_name(CAPAN_FIELD_OTHER), "");
}

static void token_octets_are_those_of_the_grammar(void **state) {
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        bool letter_or_digit =
            (octet >= '0' && octet <= '9') || (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z');
        bool tchar = letter_or_digit || (octet && octet < 128 && strchr("!#$%&'*+-.^_`|~", octet));
        assert_int_equal(capan_is_tchar((uint8_t)octet), tchar);
    }
}

static void expect_list(const char *value, const char *elements) {
    struct capan_span rest = span_of(value), element;
    char joined[256] = "";
    while (capan_list_next(&rest, &element)) {
        strncat(joined, (const char *)element.at, element.len);
        strcat(joined, "|");
    }
    assert_string_equal(joined, elements);
}

static void lists_drop_empty_members_and_keep_quoted_commas(void **state) {
    (void)state;
    expect_list("a, b ,\tc", "a|b|c|");
    expect_list(" , ,a,,b, ", "a|b|");
    expect_list("", "");
    expect_list("x=\"a,b\", y=\"\\\",\", z", "x=\"a,b\"|y=\"\\\",\"|z|");
    expect_list("\"never closed, b", "\"never closed, b|");
}

static void expect_parameter(const char *element, const char *name, const char *value, bool quoted, bool malformed) {
    struct capan_parameter parameter = capan_parameter_read(span_of(element));
    assert_int_equal(parameter.malformed, malformed);
    assert_int_equal(parameter.has_value, value != NULL);
    assert_int_equal(parameter.quoted, quoted);
    if (name) assert_true(span_equal(parameter.name, span_of(name)));
    if (value) assert_true(span_equal(parameter.value, span_of(value)));
}

static void parameters_are_tokens_or_quoted_strings(void **state) {
    (void)state;
    expect_parameter("no-cache", "no-cache", NULL, false, false);
    expect_parameter("max-age=60", "max-age", "60", false, false);
    expect_parameter("max-age = \"60\"", "max-age", "60", true, false);
    expect_parameter("private=\"a, b\"", "private", "a, b", true, false);
    expect_parameter("max-age=", "max-age", "", false, true);
    expect_parameter("x=\"\\\"", "x", "\"\\\"", false, true);
    expect_parameter("x=\"a\"b\"", "x", "\"a\"b\"", false, true);
    expect_parameter("a b=c", "a b", "c", false, true);
}

static void numbers_stop_at_the_largest(void **state) {
    (void)state;
    uint64_t number = 7;
    assert_false(capan_number(span_of(""), &number));
    assert_true(capan_number(span_of("00042"), &number));
    assert_int_equal(number, 42);
    assert_false(capan_number(span_of("4 2"), &number));
    assert_false(capan_number(span_of("-1"), &number));
    assert_true(capan_number(span_of("9223372036854775807"), &number));
    assert_true(number == INT64_MAX);
    assert_true(capan_number(span_of("99999999999999999999999999"), &number));
    assert_true(number == INT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_finds_its_number),
        cmocka_unit_test(token_octets_are_those_of_the_grammar),
        cmocka_unit_test(lists_drop_empty_members_and_keep_quoted_commas),
        cmocka_unit_test(parameters_are_tokens_or_quoted_strings),
        cmocka_unit_test(numbers_stop_at_the_largest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
