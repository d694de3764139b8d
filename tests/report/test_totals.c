/* SPDX-License-Identifier: MIT */
/* What the whole capture came to, as one JSON object. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "capan/report.h"

#define TOTALS                                                                                                         \
    "{\n  \"segments\": 7,\n  \"connections\": 2,\n  \"exchanges\": 1,\n  \"saved\": 0,\n  \"wasted\": 1460,\n"        \
    "  \"round_trips\": 3,\n  \"handshakes\": 1,\n  \"evicted_connections\": 0,\n  \"evicted_responses\": 0,\n"
static const struct capan_totals totals = {
    .segments = 7, .connections = 2, .exchanges = 1, .wasted = 1460, .round_trips_x100 = 250, .handshakes = 1};

static const char *written(const struct capan_finding *findings, size_t count) {
    static char text[2048];
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_true(capan_report_totals(file, &totals, findings, count));
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

static void without_findings_their_list_is_empty(void **state) {
    const char *text = written(NULL, 0);
    (void)state;
    assert_string_equal(text, TOTALS "  \"findings\": []\n}\n");
}

static void findings_are_their_rows(void **state) {
    const struct capan_finding finding = {.of = CAPAN_FINDING_TCP_KIND,
                                          .number = CAPAN_KIND_RETRANSMIT_RTO,
                                          .severity = CAPAN_NOTE,
                                          .token = &capan_tcp_kinds[CAPAN_KIND_RETRANSMIT_RTO],
                                          .count = 1,
                                          .frames = {9},
                                          .frame_count = 1};
    const char *text = written(&finding, 1);
    static const char begin[] = TOTALS "  \"findings\": [\n{\"severity\":\"note\",\"field\":\"tcp.kind\",";
    (void)state;
    assert_memory_equal(text, begin, sizeof begin - 1);
    assert_non_null(strstr(text, "\"frames\":[9]"));
    assert_string_equal(text + strlen(text) - 6, "}\n]\n}\n");
}

static void a_refusal_is_told(void **state) {
    FILE *full = fopen("/dev/full", "w");
    (void)state;
    if (!full) skip();
    assert_false(capan_report_totals(full, &totals, NULL, 0));
    fclose(full);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_findings_their_list_is_empty),
        cmocka_unit_test(findings_are_their_rows),
        cmocka_unit_test(a_refusal_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
