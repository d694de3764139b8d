/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bytes.h"
#include "capan/json.h"

static char said[512];

static void say(void *context, const struct capan_json_leaf *leaf) {
    static const char types[] = "sntf0";
    (void)context;
    snprintf(said + strlen(said), sizeof said - strlen(said), "%s%c%.*s;", leaf->path, types[leaf->type],
             (int)leaf->text.len, (const char *)leaf->text.at);
}

static bool walk(const char *text) {
    static uint8_t scratch[512];
    said[0] = 0;
    return capan_json_walk(span_of(text), scratch, say, NULL);
}

static void leaves_have_their_paths(void **state) {
    (void)state;
    assert_true(walk(" {\"a\" : 1, \"b\":{\"c\":[true,\"x\",null], \"d\":{}} ,\"e\":[]}\n"));
    assert_string_equal(said, "an1;b.cttrue;b.csx;b.c0null;");
    assert_true(walk("-12.5e3"));
    assert_string_equal(said, "n-12.5e3;");
}

static void escapes_are_undone(void **state) {
    (void)state;
    assert_true(walk("{\"\\u0061\":\"\\\"\\\\\\/\\n\\u00e9\\u20ac\\ud83d\\ude00\"}"));
    assert_string_equal(said, "as\"\\/\n\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80;");
}

static void what_is_malformed_is_refused(void **state) {
    static const char *const wrong[] = {"",        "{",         "{\"a\"}",     "{\"a\":}",    "[1,]",        "[1 2]",
                                        "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\u12g4\"", "\"a\nb\"",
                                        "truer",   "{1:2}",     "{\"a\":1}}"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (walk(wrong[i])) fail_msg("%s is read", wrong[i]);
}

static void depth_and_paths_end(void **state) {
    char text[600] = "";
    (void)state;
    assert_true(walk("[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"));
    assert_false(walk("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]"));
    snprintf(text, sizeof text, "{\"%0255d\":1}", 0);
    assert_true(walk(text));
    snprintf(text, sizeof text, "{\"%0256d\":1}", 0);
    assert_false(walk(text));
}

static void integers_are_read_or_refused(void **state) {
    static const struct {
        const char *text;
        bool fits;
        int64_t number;
    } rows[] = {{"0", true, 0},
                {"-1", true, -1},
                {"9223372036854775807", true, INT64_MAX},
                {"9223372036854775808", false, 0},
                {"99999999999999999999", false, 0},
                {"1.0", false, 0},
                {"-", false, 0},
                {"1e2", false, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t number = 0;
        const struct capan_json_leaf leaf = {"", CAPAN_JSON_NUMBER, span_of(rows[i].text)};
        assert_int_equal(capan_json_integer(&leaf, &number), rows[i].fits);
        assert_int_equal(number, rows[i].number);
    }
    assert_false(capan_json_integer(&(struct capan_json_leaf){"", CAPAN_JSON_STRING, span_of("1")}, &(int64_t){0}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_have_their_paths),      cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(what_is_malformed_is_refused), cmocka_unit_test(depth_and_paths_end),
        cmocka_unit_test(integers_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
