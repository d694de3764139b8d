/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <glib.h>
#include <string.h>

#include "exhausted.h"
#include "parts.h"
#include "pattern.h"
#include "stories.h"

static bool wants_rows(const struct options *options) {
    static const bool none[COMMAND_COUNT] = {
        [COMMAND_SUMMARY] = true, [COMMAND_REDUCE] = true, [COMMAND_DATABASE] = true, [COMMAND_SQL] = true};
    const bool elsewhere = options->partial && parts_are_extracts(options->command);
    return !options->quiet && !none[options->command] && !stories_wanted(options) && !elsewhere;
}

/* The line, and a mark under the word that it is about. */
static bool complain(const char *option, const char *expression, const struct capan_complaint *complaint) {
    enum { LONGEST = 76 };
    const size_t len = strlen(expression), at = complaint->at,
                 from = at > LONGEST / 2 && len > LONGEST ? at - LONGEST / 2 : 0;
    char *before = g_strndup(expression + from, at - from), *shown = g_strndup(expression + from, LONGEST);
    g_strdelimit(shown, "\t\r\n\v\f\b\033", ' ');
    g_printerr("capan: %s: %s\n  %s\n  %*s", option, complaint->message, shown, (int)g_utf8_strlen(before, -1), "");
    for (size_t i = 0; i < MAX(complaint->len, 1) && at - from + i < LONGEST; i++) g_printerr("^");
    g_printerr("\n");
    g_free(before);
    g_free(shown);
    return false;
}

bool rows_choose(struct capan_report *report, char **wheres) {
    struct capan_complaint complaint;
    capan_report_matcher(report, &pattern_matcher);
    for (; wheres && *wheres; wheres++)
        if (capan_report_where(report, *wheres, &complaint) != CAPAN_OK)
            return complain("--where", *wheres, &complaint);
    return true;
}

/* As much as for connections and responses, which --memory says. */
static uint64_t memory_for_sorting(const struct options *options) {
    enum { UNSAID = 256 << 20 };
    return options->memory ? options->memory : UNSAID;
}

void rows_tell_left_out(const struct capan_report *report) {
    const uint64_t left = capan_report_sort_left(report);
    if (!left) return;
    g_printerr("capan: --sort had room for the first %" G_GUINT64_FORMAT
               " rows; --memory MIB has more, --limit N needs less\n",
               left);
}

static enum exit_status take_choice(struct capan_report *report, const struct options *options) {
    struct capan_complaint complaint;
    if (!rows_choose(report, options->wheres)) return EXIT_USAGE;
    if (options->limit) capan_report_limit(report, options->limit);
    if (options->sort && capan_report_sort(report, options->sort, memory_for_sorting(options), &complaint) != CAPAN_OK)
        return (void)complain("--sort", options->sort, &complaint), EXIT_USAGE;
    if (!options->columns) return EXIT_FINE;
    const enum capan_result result = capan_report_columns(report, options->columns, &complaint);
    if (result == CAPAN_NO_MEMORY) return exhausted_tell();
    return result == CAPAN_OK || complain("--columns", options->columns, &complaint) ? EXIT_FINE : EXIT_USAGE;
}

enum exit_status rows_open(const struct options *options, struct capan_report **report) {
    static const enum capan_rows bys[] = {[BY_EXCHANGE] = CAPAN_ROWS_WHATIF,
                                          [BY_HOST] = CAPAN_ROWS_WHATIF_SUMS,
                                          [BY_TARGET] = CAPAN_ROWS_WHATIF_SUMS,
                                          [BY_CHANGE] = CAPAN_ROWS_WHATIF_CHANGES,
                                          [BY_PLACE] = CAPAN_ROWS_PLACES};
    static const enum capan_rows rows[] = {
        [COMMAND_SEGMENTS] = CAPAN_ROWS_SEGMENTS,   [COMMAND_CONNECTIONS] = CAPAN_ROWS_CONNECTIONS,
        [COMMAND_EXCHANGES] = CAPAN_ROWS_EXCHANGES, [COMMAND_HAR] = CAPAN_ROWS_EXCHANGES,
        [COMMAND_PAGES] = CAPAN_ROWS_PAGES,         [COMMAND_OBJECTS] = CAPAN_ROWS_OBJECTS,
        [COMMAND_FINDINGS] = CAPAN_ROWS_FINDINGS,   [COMMAND_EXPLAIN] = CAPAN_ROWS_PROOFS,
        [COMMAND_ETAGS] = CAPAN_ROWS_ETAGS,         [COMMAND_DIFF] = CAPAN_ROWS_DIFF,
        [COMMAND_STITCH] = CAPAN_ROWS_STITCH,       [COMMAND_PROVE] = CAPAN_ROWS_PROVED,
        [COMMAND_AUDIT] = CAPAN_ROWS_CLAIMS};
    const bool by = options->command == COMMAND_WHATIF || options->by == BY_PLACE;
    *report = NULL;
    if (!wants_rows(options)) return EXIT_FINE;
    *report =
        capan_report_new(stdout, options->format, by ? bys[options->by] : rows[options->command], &options->layout);
    if (!*report) return exhausted_tell();
    if (options->partial) capan_report_keyed(*report);
    const enum exit_status status = take_choice(*report, options);
    if (status != EXIT_FINE) capan_report_discard(*report);
    return status;
}
