/* SPDX-License-Identifier: MIT */
#include "findings.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exhausted.h"
#include "lines.h"
#include "share.h"

struct pipeline {
    struct study study; /* the first member: one is cast to the other */
    struct capan_places *places;
    GHashTable *known; /* fingerprints of the baseline; NULL: there is none */
    guint known_most;
};

/* --- what is known --- */

static void take_fingerprint(void *context, const struct capan_json_leaf *leaf) {
    struct pipeline *pipeline = context;
    if (leaf->type != CAPAN_JSON_STRING || strcmp(leaf->path, "fingerprint") != 0) return;
    if (leaf->text.len != CAPAN_FINGERPRINT - 1 || g_hash_table_size(pipeline->known) >= pipeline->known_most) return;
    g_hash_table_add(pipeline->known, g_strndup((const char *)leaf->text.at, leaf->text.len));
}

/* Rows of findings --by place, one a line. */
static bool read_row(struct pipeline *pipeline, const struct lines *lines, uint8_t *scratch) {
    const guint before = g_hash_table_size(pipeline->known);
    const struct capan_span row = {(const uint8_t *)lines->at, lines->len};
    if (lines->odd) return false;
    if (!lines->at[strspn(lines->at, " \t\r")]) return true;
    return capan_json_walk(row, scratch, take_fingerprint, pipeline) &&
           (g_hash_table_size(pipeline->known) > before || strstr(lines->at, "\"fingerprint\""));
}

static bool read_rows(struct pipeline *pipeline, struct lines *lines, const char *name) {
    uint8_t *scratch = g_malloc(LINE_LONGEST + 1);
    unsigned number = 0;
    bool fine = true;
    while (fine && lines_next(lines)) {
        number++;
        fine = read_row(pipeline, lines, scratch);
    }
    g_free(scratch);
    if (!fine) g_printerr("capan: --baseline: %s: row %u has no fingerprint\n", name, number);
    return fine;
}

static enum exit_status read_baseline(struct pipeline *pipeline, const char *name, uint64_t memory) {
    enum { ENTRY = 128 /* octets that one takes, at most */ };
    static const char what[] = "--baseline: ";
    struct lines lines;
    pipeline->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    pipeline->known_most = (guint)(memory / ENTRY);
    enum exit_status status = lines_open(&lines, name, what);
    if (status != EXIT_FINE) return status == EXIT_INPUT ? EXIT_USAGE : status;
    const bool fine = read_rows(pipeline, &lines, name);
    status = lines_close(&lines, name, what);
    if (g_hash_table_size(pipeline->known) >= pipeline->known_most)
        g_printerr("capan: --baseline: %s: given up: more rows than there is room for (more with --memory)\n", name);
    if (status == EXIT_FINE && !fine) status = EXIT_USAGE;
    return status == EXIT_INPUT ? EXIT_USAGE : status;
}

/* --- places --- */

static void take_segment(struct study *study, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    (void)acks;
    capan_places_segment(((struct pipeline *)study)->places, segment, connection);
}

static void take_exchange(struct study *study, const struct capan_exchange *exchange) {
    capan_places_exchange(((struct pipeline *)study)->places, exchange);
}

/* What is known does not fail again. */
static void judge(const struct pipeline *pipeline, struct capan_place *place) {
    const struct fail_on *fail_on = &pipeline->study.options->fail_on;
    if (pipeline->known)
        place->baseline =
            g_hash_table_contains(pipeline->known, place->fingerprint) ? CAPAN_BASELINE_KNOWN : CAPAN_BASELINE_NEW;
    place->fails =
        place->baseline != CAPAN_BASELINE_KNOWN && fail_on_holds(fail_on, place->of, place->number, place->severity);
}

static enum exit_status write_all(struct study *study, struct capan_report *report, const char *name) {
    const struct pipeline *pipeline = (const struct pipeline *)study;
    struct capan_place **places;
    const size_t count = capan_places_sorted(pipeline->places, &places);
    struct capan_result_counts counts = {.tests = count};
    for (size_t i = 0; i < count; i++) {
        judge(pipeline, places[i]);
        counts.failures += places[i]->fails;
        counts.skipped += places[i]->baseline == CAPAN_BASELINE_KNOWN;
    }
    if (report) capan_report_results(report, name, &counts);
    for (size_t i = 0; i < count && report; i++) capan_report_place(report, places[i]);
    const uint64_t left_out = capan_places_left_out(pipeline->places);
    if (left_out)
        g_printerr("capan: %s: given up: findings at %" G_GUINT64_FORMAT " places too many\n", name, left_out);
    return counts.failures ? EXIT_FINDINGS : EXIT_FINE;
}

static void close_pipeline(struct study *study) {
    struct pipeline *pipeline = (struct pipeline *)study;
    capan_places_free(pipeline->places);
    if (pipeline->known) g_hash_table_destroy(pipeline->known);
    g_free(pipeline);
}

struct study *findings_open(const struct options *options, uint64_t seed, enum exit_status *status) {
    struct pipeline *pipeline = g_new0(struct pipeline, 1);
    pipeline->study = (struct study){.options = options,
                                     .segment = take_segment,
                                     .exchange = take_exchange,
                                     .end = write_all,
                                     .close = close_pipeline};
    pipeline->places = capan_places_new(share_of(options).keeper, seed, &exhausted_alloc);
    *status = pipeline->places ? EXIT_FINE : exhausted_tell();
    if (*status == EXIT_FINE && options->baseline)
        *status = read_baseline(pipeline, options->baseline, share_of(options).side);
    if (*status == EXIT_FINE) return &pipeline->study;
    close_pipeline(&pipeline->study);
    return NULL;
}
