/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tshark -z capan,findings  -z capan,json: what the whole capture came to, by cause, loudest and most frequent first.
 * The numbers are the core's own at the end, so that one pass is enough. */
#include "taps.h"

#include "compat.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <stdio.h>
#include <stdlib.h>
#include <wsutil/json_dumper.h>

#include "capan/report.h"
#include "frames.h"
#include "store.h"

/* The end of all frames: nothing is left to wait for. */
static size_t findings_at_end(const struct capan_finding **findings) {
    if (!capan_store_is_open()) return 0;
    capan_store_finish();
    return capan_store_findings(findings);
}

/* With the frame numbers that Wireshark shows, as far as the read filter left any. */
static struct capan_finding shown_finding(const struct capan_finding *finding) {
    struct capan_finding shown = *finding;

    shown.frame_count = 0;
    for (uint32_t i = 0; i < finding->frame_count && i < CAPAN_FINDING_FRAMES; i++) {
        uint32_t frame = capan_frames_shown(finding->frames[i]);
        if (frame) shown.frames[shown.frame_count++] = frame;
    }
    return shown;
}

static void print_finding(const struct capan_finding *finding) {
    printf("%-8s %9" PRIu64 " %12" PRIu64 "  %-28s %s (", capan_severity_name((enum capan_severity)finding->severity),
           finding->count, finding->bytes, finding->token->token, finding->token->sentence);
    for (uint32_t i = 0; i < finding->frame_count; i++) printf("%s%" PRIu32, i ? " " : "", finding->frames[i]);
    printf(")\n");
}

static void print_findings(void *unused _U_) {
    const struct capan_finding *findings = NULL;
    size_t count = findings_at_end(&findings);

    printf("\n===================================================================\ncapan: findings\n\n");
    printf("%-8s %9s %12s  %-28s %s\n", "Severity", "Count", "Octets", "Verdict", "Meaning (first frames)");
    for (size_t i = 0; i < count; i++) {
        const struct capan_finding shown = shown_finding(&findings[i]);
        print_finding(&shown);
    }
    printf("===================================================================\n");
}

static void dump_number(json_dumper *dumper, const char *name, uint64_t number) {
    json_dumper_set_member_name(dumper, name);
    json_dumper_value_anyf(dumper, "%" PRIu64, number);
}

static void dump_totals(json_dumper *dumper) {
    struct capan_totals totals = {0};

    if (capan_store_is_open()) capan_store_totals(&totals);
    dump_number(dumper, "segments", totals.segments);
    dump_number(dumper, "connections", totals.connections);
    dump_number(dumper, "exchanges", totals.exchanges);
    dump_number(dumper, "saved", totals.saved);
    dump_number(dumper, "wasted", totals.wasted);
    dump_number(dumper, "round_trips", (totals.round_trips_x100 + 50) / 100);
    dump_number(dumper, "handshakes", totals.handshakes);
    dump_number(dumper, "evicted_connections", totals.evicted_connections);
    dump_number(dumper, "evicted_responses", totals.evicted_responses);
}

/* The findings as the program's rows, in a JSON array. NULL without memory; else free() it. */
static char *findings_rows(void) {
    const struct capan_finding *findings = NULL;
    size_t count = findings_at_end(&findings), len = 0;
    char *rows = NULL;
    FILE *file = open_memstream(&rows, &len);
    if (!file) return NULL;
    struct capan_report *report = capan_report_new(file, CAPAN_JSON, CAPAN_ROWS_FINDINGS, false);

    for (size_t i = 0; report && i < count; i++) {
        const struct capan_finding shown = shown_finding(&findings[i]);
        capan_report_finding(report, &shown);
    }
    if (report) capan_report_close(report);
    fclose(file);
    return rows;
}

GString *capan_summary_json(void) {
    GString *json = g_string_new(NULL);
    json_dumper dumper = {.output_string = json, .flags = JSON_DUMPER_FLAGS_PRETTY_PRINT};
    char *rows = findings_rows();

    json_dumper_begin_object(&dumper);
    dump_totals(&dumper);
    json_dumper_set_member_name(&dumper, "findings");
    json_dumper_value_anyf(&dumper, "%s", rows && *rows ? g_strchomp(rows) : "[]");
    json_dumper_end_object(&dumper);
    json_dumper_finish(&dumper);
    free(rows);
    return json;
}

static void print_json(void *unused _U_) {
    GString *json = capan_summary_json();

    printf("%s", json->str);
    g_string_free(json, TRUE);
}

/* Listening is what makes tshark dissect under -q. A listener is known by an address. */
static bool listen_for(tap_draw_cb draw, void *listener) {
    GString *error = register_tap_listener("capan", listener, NULL, TL_REQUIRES_NOTHING, NULL, NULL, draw, NULL);
    if (!error) return true;

    fprintf(stderr, "capan: %s\n", error->str);
    g_string_free(error, TRUE);
    return false;
}

static stat_tap_init_result begin_findings(const char *arguments _U_, void *unused _U_) {
    static char listener;

    RETURN_STAT_TAP_INIT(listen_for(print_findings, &listener));
}

static stat_tap_init_result begin_json(const char *arguments _U_, void *unused _U_) {
    static char listener;

    RETURN_STAT_TAP_INIT(listen_for(print_json, &listener));
}

void capan_summary_register(void) {
    static stat_tap_ui findings = {REGISTER_STAT_GROUP_GENERIC, NULL, "capan,findings", begin_findings, 0, NULL};
    static stat_tap_ui json = {REGISTER_STAT_GROUP_GENERIC, NULL, "capan,json", begin_json, 0, NULL};

    register_stat_tap_ui(&findings, NULL);
    register_stat_tap_ui(&json, NULL);
}
