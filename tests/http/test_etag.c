/* SPDX-License-Identifier: MIT */
/* Entity tags and their lists. RFC 9110 8.8.3, 13.1.1, 13.1.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "etag.h"

static void expect_tag(const char *text, bool fine, bool weak, const char *opaque) {
    struct capan_etag etag;
    assert_int_equal(capan_etag_read(span_of(text), &etag), fine);
    assert_int_equal(etag.weak, weak);
    assert_true(span_equal(etag.opaque, span_of(opaque)));
}

static void single_tags(void **state) {
    (void)state;
    expect_tag("\"abc\"", true, false, "abc");
    expect_tag("W/\"abc\"", true, true, "abc");
    expect_tag("\"\"", true, false, "");
    expect_tag("\"a,b\\\"", true, false, "a,b\\");
    expect_tag("\"\xe9\x80\"", true, false, "\xe9\x80");
    expect_tag("w/\"abc\"", false, false, "w/\"abc\"");
    expect_tag("W\\\"abc\"", false, false, "W\\\"abc\"");
    expect_tag("abc", false, false, "abc");
    expect_tag("\"abc", false, false, "\"abc");
    expect_tag("\"a b\"", false, false, "\"a b\"");
    expect_tag("\"a\"b\"", false, false, "\"a\"b\"");
    expect_tag("\"a\", \"b\"", false, false, "\"a\", \"b\"");
    expect_tag("", false, false, "");
    expect_tag("W/", false, false, "W/");
}

/* The table of RFC 9110 8.8.3.2. */
static void comparison(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        bool strong, weak;
    } rows[] = {
        {"W/\"1\"", "W/\"1\"", false, true},
        {"W/\"1\"", "W/\"2\"", false, false},
        {"W/\"1\"", "\"1\"", false, true},
        {"\"1\"", "\"1\"", true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct capan_etag a, b;
        assert_true(capan_etag_read(span_of(rows[i].a), &a) && capan_etag_read(span_of(rows[i].b), &b));
        assert_int_equal(capan_etag_strong_equal(&a, &b), rows[i].strong);
        assert_int_equal(capan_etag_weak_equal(&a, &b), rows[i].weak);
    }
}

/* Two field lines, one list. */
static void expect_list(const char *first, const char *second, const char *members, bool valid) {
    struct capan_http_field fields[] = {{span_of("If-None-Match"), span_of(first)},
                                        {span_of("X-Other"), span_of("\"z\"")},
                                        {span_of("if-none-match"), span_of(second ? second : "")}};
    size_t count = second ? 3 : 2;
    char said[256] = "";
    struct capan_etag_list list = capan_etag_list(fields, count, CAPAN_FIELD_IF_NONE_MATCH);
    struct capan_etag etag;
    for (enum capan_etag_member member; (member = capan_etag_next(&list, &etag)) != CAPAN_ETAG_END;) {
        static const char *const kinds[] = {"", "", "*", "!"};
        size_t len = strlen(said);
        snprintf(said + len, sizeof said - len, "%s%s%.*s|", kinds[member], etag.weak ? "W" : "", (int)etag.opaque.len,
                 (const char *)etag.opaque.at);
    }
    assert_string_equal(said, members);
    assert_int_equal(capan_etag_summary(fields, count, CAPAN_FIELD_IF_NONE_MATCH).valid, valid);
}

static void lists(void **state) {
    (void)state;
    expect_list("\"a\"", "W/\"b\"", "a|Wb|", true);
    expect_list(",, \"a,b\" ,\t\"c\",", NULL, "a,b|c|", true);
    expect_list("*", NULL, "**|", true);
    expect_list("*", "*", "**|**|", false);
    expect_list("\"a\", *", NULL, "a|**|", false);
    expect_list("abc, \"a\"", NULL, "!abc|a|", false);
    expect_list("\"a\" \"b\", \"c\"", NULL, "!\"a\" \"b\"|c|", false);
    expect_list("*x, \"c\"", NULL, "!*x|c|", false);
    expect_list(", ,", NULL, "", true);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(single_tags), cmocka_unit_test(comparison),
                                       cmocka_unit_test(lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
