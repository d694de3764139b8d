/* SPDX-License-Identifier: MIT */
/* What the tellings of an exchange share, for exchanges of which a half is not known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bytes.h"
#include "words.h"

static const struct capan_exchange whole = {
    .request = {.first_frame = 4, .last_frame = 5, .first_ns = 100, .last_ns = 200},
    .response = {.first_frame = 6, .last_frame = 9, .first_ns = 300, .last_ns = 450},
};
static const struct capan_exchange unanswered = {
    .request = {.first_frame = 4, .last_frame = 5, .first_ns = 100, .last_ns = 200}};
static const struct capan_exchange unasked = {
    .response = {.first_frame = 6, .last_frame = 9, .first_ns = 300, .last_ns = 450}};

static void times_and_frames_are_of_what_was_captured(void **state) {
    static const struct {
        const struct capan_exchange *exchange;
        int64_t begin_ns, end_ns, took_ns;
        uint32_t frame, first_frame, last_frame;
    } rows[] = {
        {&whole, 100, 450, 350, 5, 4, 9},
        {&unanswered, 100, 200, -1, 5, 4, 5},
        {&unasked, 300, 450, -1, 9, 6, 9},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(capan_exchange_begin_ns(rows[i].exchange), rows[i].begin_ns);
        assert_int_equal(capan_exchange_end_ns(rows[i].exchange), rows[i].end_ns);
        assert_int_equal(capan_exchange_took_ns(rows[i].exchange), rows[i].took_ns);
        assert_int_equal(capan_exchange_frame(rows[i].exchange), rows[i].frame);
        assert_int_equal(capan_exchange_first_frame(rows[i].exchange), rows[i].first_frame);
        assert_int_equal(capan_exchange_last_frame(rows[i].exchange), rows[i].last_frame);
    }
}

static void the_loudest_word_counts(void **state) {
    struct capan_exchange exchange = {.outcome = CAPAN_OUTCOME_PLAIN};
    (void)state;
    assert_int_equal(capan_exchange_severity(&exchange), CAPAN_NONE);
    exchange.violations = UINT64_C(1) << CAPAN_VIOLATION_304_EXTRA_METADATA; /* chat */
    assert_int_equal(capan_exchange_severity(&exchange), CAPAN_NONE);
    exchange.outcome = CAPAN_OUTCOME_REFETCH;
    assert_int_equal(capan_exchange_severity(&exchange), CAPAN_NOTE);
    exchange.violations |= UINT64_C(1) << CAPAN_VIOLATION_304_WITH_BODY;
    assert_int_equal(capan_exchange_severity(&exchange), CAPAN_ERROR);
}

static void fields_are_found_by_name(void **state) {
    const struct capan_http_field request[] = {{span_of("referer"), span_of("/a")},
                                               {span_of("referer"), span_of("/b")}};
    const struct capan_http_field response[] = {{span_of("etag"), span_of("\"1\"")}};
    const struct capan_exchange exchange = {
        .request_fields = request, .request_field_count = 2, .response_fields = response, .response_field_count = 1};
    (void)state;
    assert_true(span_equal(capan_request_field(&exchange, "referer"), span_of("/a")));
    assert_true(span_equal(capan_response_field(&exchange, "etag"), span_of("\"1\"")));
    assert_int_equal(capan_response_field(&exchange, "referer").len, 0);
    assert_true(capan_response_has_validator(&exchange));
    assert_false(capan_response_has_validator(&whole));
}

static void fields_are_shown_as_far_as_they_fit(void **state) {
    static uint8_t filler[CAPAN_FIELDS_TEXT];
    const struct capan_http_field fields[] = {{span_of("vary"), span_of("*")},
                                              {span_of("etag"), span_of("\"1\"")},
                                              {span_of("x"), {filler, sizeof filler}},
                                              {span_of("date"), span_of("?")}};
    uint8_t text[CAPAN_FIELDS_TEXT];
    (void)state;
    assert_true(span_equal(capan_fields_text(fields, 4, text), span_of("vary: *; etag: \"1\"")));
    assert_int_equal(capan_fields_text(fields + 2, 1, text).len, 0);
    assert_int_equal(capan_fields_text(NULL, 0, text).len, 0);
}

static void tokens_are_taken_from_a_mask_in_order(void **state) {
    uint64_t mask = UINT64_C(1) << CAPAN_OUTCOME_PLAIN | UINT64_C(1) << CAPAN_OUTCOME_TUNNEL;
    (void)state;
    assert_ptr_equal(capan_take_token(capan_http_outcomes, &mask), &capan_http_outcomes[CAPAN_OUTCOME_TUNNEL]);
    assert_ptr_equal(capan_take_token(capan_http_outcomes, &mask), &capan_http_outcomes[CAPAN_OUTCOME_PLAIN]);
    assert_null(capan_take_token(capan_http_outcomes, &mask));
}

static void versions_are_those_of_http(void **state) {
    (void)state;
    assert_string_equal(capan_http_version_text(9), "0.9");
    assert_string_equal(capan_http_version_text(11), "1.1");
    assert_string_equal(capan_http_version_text(30), "3");
    assert_null(capan_http_version_text(0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_and_frames_are_of_what_was_captured),
        cmocka_unit_test(the_loudest_word_counts),
        cmocka_unit_test(fields_are_found_by_name),
        cmocka_unit_test(fields_are_shown_as_far_as_they_fit),
        cmocka_unit_test(tokens_are_taken_from_a_mask_in_order),
        cmocka_unit_test(versions_are_those_of_http),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
