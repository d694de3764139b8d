/* SPDX-License-Identifier: MIT */
/* HTTP-date. RFC 9110 5.6.7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "bytes.h"
#include "date.h"

static const int64_t NOW = 1767225600; /* 2026-01-01 */

static void expect(const char *text, enum capan_date_form form, int64_t seconds, bool exact) {
    struct capan_date date = capan_date_read(span_of(text), NOW);
    assert_int_equal(date.form, form);
    assert_true(date.seconds == seconds);
    assert_int_equal(date.exact, exact);
}

static void the_three_forms_of_one_moment(void **state) {
    (void)state;
    expect("Sun, 06 Nov 1994 08:49:37 GMT", CAPAN_DATE_IMF_FIXDATE, 784111777, true);
    expect("Sunday, 06-Nov-94 08:49:37 GMT", CAPAN_DATE_RFC850, 784111777, true);
    expect("Sun Nov  6 08:49:37 1994", CAPAN_DATE_ASCTIME, 784111777, true);
    expect("Wed Nov 16 08:49:37 1994", CAPAN_DATE_ASCTIME, 784975777, true);
}

static void case_and_weekday_are_forgiven_and_noted(void **state) {
    (void)state;
    expect("sun, 06 NOV 1994 08:49:37 gmt", CAPAN_DATE_IMF_FIXDATE, 784111777, false);
    expect("Mon, 06 Nov 1994 08:49:37 GMT", CAPAN_DATE_IMF_FIXDATE, 784111777, false);
}

static void years_of_two_digits_are_at_most_fifty_ahead(void **state) {
    (void)state;
    expect("Friday, 01-Jan-76 00:00:00 GMT", CAPAN_DATE_RFC850, 3345062400, false);
    expect("Thursday, 01-Jan-76 00:00:00 GMT", CAPAN_DATE_RFC850, 3345062400, false);
    expect("Saturday, 01-Jan-77 00:00:00 GMT", CAPAN_DATE_RFC850, 220924800, true);
}

static void malformed_dates(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "0",
        "-1",
        "Sun",
        "Sun, 06 Nov 1994",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 31 Feb 2021 08:49:37 GMT",
        "Mon, 29 Feb 2021 00:00:00 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        " Sun, 06 Nov 1994 08:49:37 GMT",
        "1994-11-06T08:49:37Z",
        "Sunday, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT; length=12",
        "Sun, 00 Nov 1994 08:49:37 GMT",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) expect(texts[i], CAPAN_DATE_MALFORMED, 0, false);
}

/* Every day from 1600 to 2400 is one after the one before, with the weekday that follows. */
static void days_follow_each_other(void **state) {
    (void)state;
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static const char *const weekdays[] = {"Sat", "Sun", "Mon", "Tue",
                                           "Wed", "Thu", "Fri"}; /* 1600-01-01 was a Saturday */
    int64_t expected = INT64_C(-11676096000);
    size_t day_number = 0;
    for (int year = 1600; year < 2400; year++) {
        for (int month = 0; month < 12; month++) {
            for (int day = 1; day <= 31; day++) {
                char text[64];
                int len = snprintf(text, sizeof text, "%s, %02d %s %04d 12:34:56 GMT", weekdays[day_number % 7], day,
                                   months[month], year);
                struct capan_date date = capan_date_read((struct capan_span){(const uint8_t *)text, (size_t)len}, NOW);
                if (!date.form) continue;
                assert_true(date.exact);
                assert_true(date.seconds == expected + 45296);
                expected += 86400;
                day_number++;
            }
        }
    }
    assert_int_equal(day_number, 292194); /* two cycles of 146097 days */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_forms_of_one_moment),
        cmocka_unit_test(case_and_weekday_are_forgiven_and_noted),
        cmocka_unit_test(years_of_two_digits_are_at_most_fifty_ahead),
        cmocka_unit_test(malformed_dates),
        cmocka_unit_test(days_follow_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
