/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tshark -z capan,findings  -z capan,json: what the whole capture came to, by cause, loudest and most frequent first.
 * The numbers are the core's own at the end, so that one pass is enough. */
#include "taps.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "capan/report.h"

/* None when capan is off. */
static size_t find_findings(const struct capan_finding **findings) {
    if (!capan_verdicts_ledger()) return 0;
    capan_analysis_finish(capan_verdicts_analysis());
    return capan_ledger_findings(capan_verdicts_ledger(), findings);
}

static void draw_finding(const struct capan_finding *finding) {
    printf("%-8s %9" PRIu64 " %12" PRIu64 "  %-28s %s (", capan_severity_name((enum capan_severity)finding->severity),
           finding->count, finding->bytes, finding->token->token, finding->token->sentence);
    for (uint32_t i = 0; i < finding->frame_count; i++) printf("%s%" PRIu32, i ? " " : "", finding->frames[i]);
    printf(")\n");
}

static void draw_findings(void *unused _U_) {
    const struct capan_finding *findings = NULL;
    size_t count = find_findings(&findings);

    printf("\n===================================================================\ncapan: findings\n\n");
    printf("%-8s %9s %12s  %-28s %s\n", "Severity", "Count", "Octets", "Verdict", "Meaning (first frames)");
    for (size_t i = 0; i < count; i++) draw_finding(&findings[i]);
    printf("===================================================================\n");
}

void capan_summary_json(FILE *out) {
    const struct capan_finding *findings = NULL;
    size_t count = find_findings(&findings);
    struct capan_totals totals = {0};

    if (capan_verdicts_ledger()) capan_analysis_totals(capan_verdicts_analysis(), &totals);
    capan_report_totals(out, &totals, findings, count);
}

static void draw_json(void *unused _U_) {
    capan_summary_json(stdout);
}

bool capan_tap_listens(GString *error) {
    if (!error) return true;

    fprintf(stderr, "capan: %s\n", error->str);
    g_string_free(error, TRUE);
    return false;
}

/* Listening is what makes tshark dissect under -q. A listener is known by an address. */
static GString *listen_with(tap_draw_cb draw, void *listener) {
    return register_tap_listener("capan", listener, NULL, TL_REQUIRES_NOTHING, NULL, NULL, draw, NULL);
}

static stat_tap_init_result begin_findings(const char *arguments _U_, void *listener) {
    RETURN_STAT_TAP_INIT(capan_tap_listens(listen_with(draw_findings, listener)));
}

static stat_tap_init_result begin_json(const char *arguments _U_, void *listener) {
    RETURN_STAT_TAP_INIT(capan_tap_listens(listen_with(draw_json, listener)));
}

void capan_summary_register(void) {
    static stat_tap_ui findings = {REGISTER_STAT_GROUP_GENERIC, NULL, "capan,findings", begin_findings, 0, NULL};
    static stat_tap_ui json = {REGISTER_STAT_GROUP_GENERIC, NULL, "capan,json", begin_json, 0, NULL};

    register_stat_tap_ui(&findings, &findings);
    register_stat_tap_ui(&json, &json);
}
