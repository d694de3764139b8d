/* SPDX-License-Identifier: MIT */
/* Any text as --where and as --columns: an octet for the kind of row, then the text. What is understood is held against
 * rows, and written. */
#define _POSIX_C_SOURCE 200809L
#include <string.h>

#include "documents.h"
#include "pattern.h"
#include "require.h"

enum { ROWS = 8 };

static void check_complaint(const struct capan_complaint *complaint, const char *text) {
    require(complaint->message[0], "a complaint says why");
    require(strlen(complaint->message) < sizeof complaint->message, "in a line that ends");
    require(complaint->at <= strlen(text) && complaint->len <= strlen(text) - complaint->at,
            "it is about a part of the expression");
}

/* Some of each class. */
static void write_findings(struct capan_report *report) {
    for (unsigned i = 0; i < ROWS; i++) {
        const unsigned of = i % CAPAN_FINDING_CLASS_COUNT;
        const struct capan_token *token = &capan_cause_lists[of].tokens[i];
        const struct capan_finding finding = {.of = (uint8_t)of,
                                              .number = (uint8_t)i,
                                              .severity = (uint8_t)token->severity,
                                              .token = token,
                                              .count = i * i,
                                              .bytes = UINT64_MAX >> i,
                                              .frames = {i, i + 1},
                                              .frame_count = i % 3,
                                              .host = {4, {192, 0, 2, (uint8_t)i}},
                                              .interface = i & 1 ? "eth0" : NULL};
        capan_report_finding(report, &finding);
    }
}

static void write_pages(struct capan_report *report) {
    static const struct capan_page page = {.number = 1,
                                           .url = {(const uint8_t *)"http://example.test/\xff=,\"", 24},
                                           .status = 200,
                                           .document_in = 7,
                                           .first_ns = INT64_MIN / 4,
                                           .last_ns = INT64_MAX / 4,
                                           .path_x100 = 150};
    capan_report_page(report, &page);
}

static bool ask(struct capan_report *report, const char *text) {
    struct capan_complaint complaint = {.message = ""};
    capan_report_matcher(report, &pattern_matcher);
    const enum capan_result as_condition = capan_report_where(report, text, &complaint);
    if (as_condition == CAPAN_USAGE) check_complaint(&complaint, text);
    if (as_condition == CAPAN_OK) return true;
    complaint = (struct capan_complaint){.message = ""};
    const enum capan_result as_columns = capan_report_columns(report, text, &complaint);
    if (as_columns == CAPAN_USAGE) check_complaint(&complaint, text);
    return as_columns == CAPAN_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = NULL, *asked;
    size_t len;
    if (!size || !(asked = strndup((const char *)data + 1, size - 1))) return 0;
    const enum capan_rows rows = (enum capan_rows)(data[0] % CAPAN_ROWS_COUNT);
    FILE *out = open_memstream(&text, &len);
    struct capan_report *report = out ? capan_report_new(out, CAPAN_CSV, rows, NULL) : NULL;
    require(report, "memory");
    const bool understood = ask(report, asked);
    if (understood && rows == CAPAN_ROWS_FINDINGS) write_findings(report);
    if (understood && rows == CAPAN_ROWS_PAGES) write_pages(report);
    require(capan_report_close(report), "a report is written");
    fclose(out);
    document_csv((struct capan_span){(const uint8_t *)text, len});
    free(text);
    free(asked);
    return 0;
}
