/* SPDX-License-Identifier: MIT */
/* The writer's own number formats against printf's; its strings against their definitions. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "out.h"

/* What was written since the last look, as text. */
static const char *written(struct capan_out *out) {
    static char text[4096];
    assert_true(out->len < sizeof text);
    memcpy(text, out->buffer, out->len);
    text[out->len] = '\0';
    out->len = 0;
    return text;
}

static int begin(void **state) {
    struct capan_out *out = calloc(1, sizeof *out);
    assert_non_null(out);
    assert_int_equal(capan_out_init(out, stdout, NULL), CAPAN_OK);
    *state = out;
    return 0;
}

static int end(void **state) {
    capan_out_free(*state);
    free(*state);
    return 0;
}

/* Values near every power of ten and two, and around 0. */
static uint64_t interesting(unsigned number) {
    uint64_t power = 1;
    if (number < 64) return (uint64_t)1 << number;
    for (unsigned i = 0; i < (number - 64) % 20; i++) power *= 10;
    return power;
}

static void numbers_as_printf(void **state) {
    char expected[64];
    for (unsigned i = 0; i < 84; i++) {
        for (int delta = -2; delta <= 2; delta++) {
            uint64_t number = interesting(i) + (uint64_t)(int64_t)delta;
            snprintf(expected, sizeof expected, "%" PRIu64, number);
            capan_out_u64(*state, number);
            assert_string_equal(written(*state), expected);
            snprintf(expected, sizeof expected, "%" PRId64, (int64_t)number);
            capan_out_i64(*state, (int64_t)number);
            assert_string_equal(written(*state), expected);
        }
    }
}

static void seconds_to_the_nanosecond(void **state) {
    static const struct {
        int64_t ns;
        int digits;
        const char *text;
    } rows[] = {
        {0, 9, "0.000000000"},
        {1, 9, "0.000000001"},
        {999999999, 9, "0.999999999"},
        {1000000000, 9, "1.000000000"},
        {1600000000123456789, 9, "1600000000.123456789"},
        {1234567890, 6, "1.234567"},
        {50000, 6, "0.000050"},
        {-1500000000, 3, "-1.500"},
        {INT64_MIN, 9, "-9223372036.854775808"},
        {INT64_MAX, 9, "9223372036.854775807"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        capan_out_seconds(*state, rows[i].ns, rows[i].digits);
        assert_string_equal(written(*state), rows[i].text);
    }
}

static struct capan_span span(const char *text, size_t len) {
    return (struct capan_span){(const uint8_t *)text, len};
}

static void strings_in_json(void **state) {
    static const struct {
        const char *octets;
        size_t len;
        enum capan_charset charset;
        const char *text;
    } rows[] = {
        {"", 0, CAPAN_UTF8_OR_LATIN1, "\"\""},
        {"plain /x?y=1", 12, CAPAN_UTF8_OR_LATIN1, "\"plain /x?y=1\""},
        {"a\"b\\c\n\x1b\x7f", 8, CAPAN_UTF8_OR_LATIN1, "\"a\\\"b\\\\c\\u000a\\u001b\\u007f\""},
        {"\xc3\xa9\xc2\x9bm\xc2\xa0", 7, CAPAN_UTF8_OR_LATIN1,
         "\"\xc3\xa9\\u009bm\xc2\xa0\""}, /* C1 steers terminals */
        {"nul\0in it", 9, CAPAN_UTF8_OR_LATIN1, "\"nul\\u0000in it\""},
        {"\xc3\xa9", 2, CAPAN_UTF8_OR_LATIN1, "\"\xc3\xa9\""},
        {"\xc3\xa9", 2, CAPAN_LATIN1, "\"\\u00c3\\u00a9\""},
        {"\xe9", 1, CAPAN_UTF8_OR_LATIN1, "\"\\u00e9\""},
        {"\xc3\xa9\xff", 3, CAPAN_UTF8_OR_LATIN1,
         "\"\\u00c3\\u00a9\\u00ff\""},                               /* one bad octet: none is taken as UTF-8 */
        {"\xc0\xaf", 2, CAPAN_UTF8_OR_LATIN1, "\"\\u00c0\\u00af\""}, /* overlong */
        {"\xed\xa0\x80", 3, CAPAN_UTF8_OR_LATIN1, "\"\\u00ed\\u00a0\\u0080\""},            /* a surrogate */
        {"\xf4\x90\x80\x80", 4, CAPAN_UTF8_OR_LATIN1, "\"\\u00f4\\u0090\\u0080\\u0080\""}, /* beyond U+10FFFF */
        {"\xe2\x82", 2, CAPAN_UTF8_OR_LATIN1, "\"\\u00e2\\u0082\""},                       /* cut short */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        capan_out_json(*state, span(rows[i].octets, rows[i].len), rows[i].charset);
        assert_string_equal(written(*state), rows[i].text);
    }
}

static void strings_in_csv(void **state) {
    static const struct {
        const char *octets;
        size_t len;
        const char *text;
    } rows[] = {
        {"plain", 5, "plain"},
        {"a,b", 3, "\"a,b\""},
        {"say \"x\"", 7, "\"say \"\"x\"\"\""},
        {"\r\n\t", 3, "\\x0d\\x0a\\x09"},
        {"=1+1", 4, "'=1+1"}, /* no formulas */
        {"@a,b", 4, "\"'@a,b\""},
        {"-", 1, "'-"},
        {"+1", 2, "'+1"},
        {"1-1", 3, "1-1"},
        {"\t=1", 3, "\\x09=1"},
        {"\xe9", 1, "\xc3\xa9"},
        {"\xc3\xa9", 2, "\xc3\xa9"},
        {"\x9bm", 2, "\\x9bm"}, /* C1 */
        {"\xc3\xa9\xc2\x9b", 4, "\xc3\xa9\\x9b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        capan_out_csv(*state, span(rows[i].octets, rows[i].len), CAPAN_UTF8_OR_LATIN1);
        assert_string_equal(written(*state), rows[i].text);
    }
}

static void text_for_terminals(void **state) {
    static const struct {
        const char *octets;
        size_t len, width, used;
        const char *text;
    } rows[] = {
        {"/index.html", 11, 0, 11, "/index.html"},
        {"/\x1b[31m\xff\x7f", 8, 0, 8, "/?[31m??"},
        {"\xc2\x9bm\xc3\xa9", 5, 0, 4, "??m\xc3\xa9"}, /* U+009B steers terminals as ESC [ does */
        {"0123456789", 10, 10, 10, "0123456789"},
        {"0123456789abcdef", 16, 9, 9, "01...cdef"},
        {"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 10, 4, 4, "...\xc3\xa9"},
        {"abcdef", 6, 2, 2, ".."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(capan_out_printable(*state, span(rows[i].octets, rows[i].len), rows[i].width), rows[i].used);
        assert_string_equal(written(*state), rows[i].text);
    }
}

/* Whatever the sizes of the pieces, the file gets all of them in order. */
static void pieces_of_any_size(void **state) {
    struct capan_out out;
    FILE *file = tmpfile();
    uint64_t total = 0;
    (void)state;
    assert_non_null(file);
    assert_int_equal(capan_out_init(&out, file, NULL), CAPAN_OK);
    uint8_t *piece = malloc(200000);
    assert_non_null(piece);
    for (size_t len = 1; len < 200000; len = len * 3 / 2 + 1) {
        for (size_t i = 0; i < len; i++) piece[i] = (uint8_t)((total + i) % 251);
        capan_out_octets(&out, piece, len);
        total += len;
    }
    assert_true(capan_out_flush(&out));
    rewind(file);
    for (uint64_t i = 0; i < total; i++) assert_int_equal(fgetc(file), (int)(i % 251));
    assert_int_equal(fgetc(file), EOF);
    free(piece);
    capan_out_free(&out);
    fclose(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_as_printf, begin, end),
        cmocka_unit_test_setup_teardown(seconds_to_the_nanosecond, begin, end),
        cmocka_unit_test_setup_teardown(strings_in_json, begin, end),
        cmocka_unit_test_setup_teardown(strings_in_csv, begin, end),
        cmocka_unit_test_setup_teardown(text_for_terminals, begin, end),
        cmocka_unit_test(pieces_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
