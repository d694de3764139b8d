/* SPDX-License-Identifier: MIT */
/* Durations, sizes, counts and dates as people read them, at every border between units; sentences that are full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "human.h"
#include "sentence.h"

static void durations_change_their_unit_where_digits_would_get_many(void **state) {
    static const struct {
        enum capan_duration_style style;
        int64_t ns;
        const char *text;
    } rows[] = {
        {CAPAN_DURATION_ROUGH, -1, ""},
        {CAPAN_DURATION_ROUGH, 0, "0 us"},
        {CAPAN_DURATION_ROUGH, 85000, "85 us"},
        {CAPAN_DURATION_ROUGH, 999499, "999 us"},
        {CAPAN_DURATION_ROUGH, 999500, "1.0 ms"},
        {CAPAN_DURATION_ROUGH, 31104000, "31.1 ms"},
        {CAPAN_DURATION_ROUGH, 99949999, "99.9 ms"},
        {CAPAN_DURATION_ROUGH, 99950000, "100 ms"},
        {CAPAN_DURATION_ROUGH, 999500000, "1.00 s"},
        {CAPAN_DURATION_ROUGH, 99500000000, "100 s"},
        {CAPAN_DURATION_ROUGH, 600000000000, "10.0 min"},
        {CAPAN_DURATION_ROUGH, 5400000000000, "1.5 h"},
        {CAPAN_DURATION_ROUGH, INT64_MAX, "2562047.8 h"},
        {CAPAN_DURATION_THREE_DIGITS, -1, "0 ns"},
        {CAPAN_DURATION_THREE_DIGITS, 999, "999 ns"},
        {CAPAN_DURATION_THREE_DIGITS, 1000, "1.00 us"},
        {CAPAN_DURATION_THREE_DIGITS, 9995, "10.0 us"},
        {CAPAN_DURATION_THREE_DIGITS, 87300, "87.3 us"},
        {CAPAN_DURATION_THREE_DIGITS, 99950, "100 us"},
        {CAPAN_DURATION_THREE_DIGITS, 999500, "1.00 ms"},
        {CAPAN_DURATION_THREE_DIGITS, 412000000, "412 ms"},
        {CAPAN_DURATION_THREE_DIGITS, 1040000000, "1.04 s"},
        {CAPAN_DURATION_THREE_DIGITS, INT64_MAX, "9223372037 s"},
        {CAPAN_DURATION_TO_THE_US, -1, "0.000 ms"},
        {CAPAN_DURATION_TO_THE_US, 499, "0.000 ms"},
        {CAPAN_DURATION_TO_THE_US, 500, "0.001 ms"},
        {CAPAN_DURATION_TO_THE_US, 31104000, "31.104 ms"},
        {CAPAN_DURATION_TO_THE_US, INT64_MAX, "9223372036854.776 ms"},
        {CAPAN_DURATION_TO_THE_MS, 2499500000, "2.500 s"},
        {CAPAN_DURATION_TO_THE_MS, INT64_MAX, "9223372036.855 s"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[CAPAN_HUMAN];
        assert_string_equal(capan_human_duration(text, rows[i].style, rows[i].ns), rows[i].text);
    }
}

static void sizes_are_in_powers_of_1000(void **state) {
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 B"},        {411, "411 B"},     {9999, "9,999 B"},      {10000, "10.0 kB"},      {34216, "34.2 kB"},
        {99950, "100 kB"}, {999500, "1.0 MB"}, {1200000000, "1.2 GB"}, {UINT64_MAX, "18.4 EB"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[CAPAN_HUMAN];
        assert_string_equal(capan_human_bytes(text, rows[i].bytes), rows[i].text);
    }
}

static void counts_and_tenths_have_commas(void **state) {
    char text[CAPAN_HUMAN];
    (void)state;
    assert_string_equal(capan_human_count(text, 0), "0");
    assert_string_equal(capan_human_count(text, 999), "999");
    assert_string_equal(capan_human_count(text, 1234567), "1,234,567");
    assert_string_equal(capan_human_count(text, UINT64_MAX), "18,446,744,073,709,551,615");
    assert_string_equal(capan_human_tenths(text, 4, true), "0.0");
    assert_string_equal(capan_human_tenths(text, 5, true), "0.1");
    assert_string_equal(capan_human_tenths(text, 123450, true), "1,234.5");
    assert_string_equal(capan_human_tenths(text, 123450, false), "1234.5");
}

/* RFC 3339 5.6, with leap days. */
static void dates_are_of_the_gregorian_calendar(void **state) {
    char text[CAPAN_HUMAN];
    (void)state;
    assert_string_equal(capan_human_date(text, 0, false), "1970-01-01 00:00:00 UTC");
    assert_string_equal(capan_human_date(text, 1247551200281050000, true), "2009-07-14T06:00:00.281050000Z");
    assert_string_equal(capan_human_date(text, 951782400000000000, false), "2000-02-29 00:00:00 UTC");
    assert_string_equal(capan_human_date(text, INT64_MAX, true), "2262-04-11T23:47:16.854775807Z");
    assert_true(strlen(capan_human_date(text, INT64_MIN, true)) < CAPAN_HUMAN);
}

static void a_full_sentence_is_cut(void **state) {
    char text[8];
    struct sentence sentence = sentence_in(text, sizeof text);
    (void)state;
    sentence_number(&sentence, 12345);
    assert_false(sentence_is_full(&sentence));
    capan_say(&sentence, "%d", 678);
    assert_string_equal(text, "1234567");
    assert_true(sentence_is_full(&sentence));
    capan_say(&sentence, "%d", 9);
    capan_say_octets(&sentence, span_of("abc"), 2);
    sentence_signed(&sentence, -1);
    assert_string_equal(text, "1234567");
    assert_int_equal(sentence.len, 7);
}

static void octets_of_anybody_become_printable(void **state) {
    char text[32];
    struct sentence sentence = sentence_in(text, sizeof text);
    (void)state;
    capan_say_octets(&sentence, span_of("a\n\x7f\xc3\xa4~"), 96);
    assert_string_equal(text, "a????~");
    capan_say_octets(&sentence, span_of("abcdef"), 3);
    assert_string_equal(text, "a????~abc...");
    capan_say_octets(&sentence, (struct capan_span){NULL, 0}, 3);
    assert_int_equal(sentence.len, 12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_change_their_unit_where_digits_would_get_many),
        cmocka_unit_test(sizes_are_in_powers_of_1000),
        cmocka_unit_test(counts_and_tenths_have_commas),
        cmocka_unit_test(dates_are_of_the_gregorian_calendar),
        cmocka_unit_test(a_full_sentence_is_cut),
        cmocka_unit_test(octets_of_anybody_become_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
