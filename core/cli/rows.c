/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <glib.h>

#include "exhausted.h"

bool rows_tell_story(const struct options *options) {
    const bool explains = options->command == COMMAND_EXPLAIN && options->format == CAPAN_TEXT;
    return !options->quiet && (explains || options->command == COMMAND_REPORT);
}

static bool wants_rows(const struct options *options) {
    return !options->quiet && options->command != COMMAND_SUMMARY && !rows_tell_story(options);
}

static bool take_wheres(struct capan_report *report, char **wheres) {
    for (; wheres && *wheres; wheres++) {
        char message[CAPAN_WHERE_MESSAGE];
        if (capan_report_where(report, *wheres, message) == CAPAN_OK) continue;
        g_printerr("capan: --where: %s\n", message);
        return false;
    }
    return true;
}

enum exit_status rows_open(const struct options *options, struct capan_report **report) {
    static const enum capan_rows bys[] = {[BY_EXCHANGE] = CAPAN_ROWS_WHATIF,
                                          [BY_HOST] = CAPAN_ROWS_WHATIF_SUMS,
                                          [BY_TARGET] = CAPAN_ROWS_WHATIF_SUMS,
                                          [BY_CHANGE] = CAPAN_ROWS_WHATIF_CHANGES};
    static const enum capan_rows rows[] = {
        [COMMAND_SEGMENTS] = CAPAN_ROWS_SEGMENTS,   [COMMAND_CONNECTIONS] = CAPAN_ROWS_CONNECTIONS,
        [COMMAND_EXCHANGES] = CAPAN_ROWS_EXCHANGES, [COMMAND_HAR] = CAPAN_ROWS_EXCHANGES,
        [COMMAND_PAGES] = CAPAN_ROWS_PAGES,         [COMMAND_OBJECTS] = CAPAN_ROWS_OBJECTS,
        [COMMAND_FINDINGS] = CAPAN_ROWS_FINDINGS,   [COMMAND_EXPLAIN] = CAPAN_ROWS_PROOFS,
        [COMMAND_ETAGS] = CAPAN_ROWS_ETAGS};
    *report = NULL;
    if (!wants_rows(options)) return EXIT_FINE;
    *report = capan_report_new(stdout, options->format,
                               options->command == COMMAND_WHATIF ? bys[options->by] : rows[options->command],
                               options->colour);
    if (!*report) return exhausted_tell();
    if (take_wheres(*report, options->wheres)) return EXIT_FINE;
    capan_report_discard(*report);
    return EXIT_USAGE;
}
