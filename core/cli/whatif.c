/* SPDX-License-Identifier: MIT */
#include <glib.h>

#include "exhausted.h"
#include "share.h"
#include "study.h"

struct laboratory {
    struct study study; /* the first member: one is cast to the other */
    struct capan_whatif *whatif;
};

static bool take_changes(const struct laboratory *laboratory, char **changes,
                         enum capan_result (*take)(struct capan_whatif *, const char *)) {
    for (; changes && *changes; changes++) {
        enum capan_result result = take(laboratory->whatif, *changes);
        if (result == CAPAN_OK) continue;
        g_printerr(result == CAPAN_USAGE ? "capan: no such change '%s'; it is 'URLGLOB: Field: value'\n"
                                         : "capan: too many changes: '%s'\n",
                   *changes);
        return false;
    }
    return true;
}

static void close_laboratory(struct study *study) {
    struct laboratory *laboratory = (struct laboratory *)study;
    capan_whatif_free(laboratory->whatif);
    g_free(laboratory);
}

static void take_exchange(struct study *study, const struct capan_exchange *exchange) {
    capan_whatif_exchange(((struct laboratory *)study)->whatif, exchange);
}

static bool is_wanted(const struct options *options, const struct capan_whatif_row *row) {
    if (options->stream >= 0 && (uint64_t)options->stream != row->stream) return false;
    return options->frame < 0 || options->frame == row->request_frame || options->frame == row->response_frame;
}

static void write_exchanges(const struct laboratory *laboratory, struct capan_report *report) {
    for (size_t i = 0; i < capan_whatif_row_count(laboratory->whatif); i++) {
        const struct capan_whatif_row *row = capan_whatif_row_at(laboratory->whatif, i);
        if (is_wanted(laboratory->study.options, row)) capan_report_whatif(report, row);
    }
}

/* The sum of all stands before each kind. */
static void write_groups(const struct laboratory *laboratory, struct capan_report *report,
                         enum capan_whatif_scope scope) {
    const struct capan_whatif_group *groups;
    size_t count;
    if (capan_whatif_groups(laboratory->whatif, &groups, &count) != CAPAN_OK) return;
    for (size_t i = 0; i < count; i++)
        if (groups[i].scope == scope || groups[i].scope == CAPAN_WHATIF_SCOPE_ALL)
            capan_report_whatif_group(report, &groups[i]);
}

static void write_changes(const struct laboratory *laboratory, struct capan_report *report) {
    struct capan_whatif_change changes[CAPAN_WHATIF_CHANGES];
    size_t count = capan_whatif_changes(laboratory->whatif, changes);
    for (size_t i = 0; i < count; i++) capan_report_whatif_change(report, &changes[i]);
}

static void write_rows(const struct laboratory *laboratory, struct capan_report *report, enum by by) {
    switch (by) {
    case BY_EXCHANGE: write_exchanges(laboratory, report); break;
    case BY_HOST: write_groups(laboratory, report, CAPAN_WHATIF_SCOPE_HOST); break;
    case BY_TARGET: write_groups(laboratory, report, CAPAN_WHATIF_SCOPE_TARGET); break;
    case BY_CHANGE: write_changes(laboratory, report); break;
    case BY_CAUSE:
    case BY_PLACE:
    case BY_CLIENT:
    case BY_CONNECTION: break; /* of other commands */
    }
}

/* Behind the exchanges people are told what they come to. */
static bool write_rest(const struct laboratory *laboratory) {
    static const struct {
        enum capan_rows rows;
        enum by by;
    } rest[] = {{CAPAN_ROWS_WHATIF_SUMS, BY_HOST}, {CAPAN_ROWS_WHATIF_CHANGES, BY_CHANGE}};
    for (size_t i = 0; i < G_N_ELEMENTS(rest); i++) {
        struct capan_report *report =
            capan_report_new(stdout, CAPAN_TEXT, rest[i].rows, &laboratory->study.options->layout);
        if (!report) return false;
        putchar('\n');
        write_rows(laboratory, report, rest[i].by);
        capan_report_close(report);
    }
    return true;
}

static enum exit_status write_all(struct study *study, struct capan_report *report, const char *name) {
    const struct laboratory *laboratory = (const struct laboratory *)study;
    const struct options *options = laboratory->study.options;
    const uint64_t left_out = capan_whatif_left_out(laboratory->whatif);
    enum exit_status status = EXIT_FINE;
    if (left_out)
        g_printerr("capan: %s: given up: %" G_GUINT64_FORMAT " exchanges (more with --memory)\n", name, left_out);
    if (capan_whatif_replay(laboratory->whatif) != CAPAN_OK) {
        g_printerr("capan: %s: %s\n", name, capan_result_text(CAPAN_NO_MEMORY));
        status = EXIT_INTERNAL;
    }
    if (!report) return status;
    write_rows(laboratory, report, options->by);
    capan_report_flush(report);
    if (options->format != CAPAN_TEXT || !options->by_all || write_rest(laboratory)) return status;
    return exhausted_tell();
}

struct study *whatif_open(const struct options *options, uint64_t seed, enum exit_status *status) {
    const struct capan_whatif_config config = {
        .shared = options->shared_cache, .memory = share_of(options).keeper, .seed = seed};
    struct laboratory *laboratory = g_new0(struct laboratory, 1);
    laboratory->study =
        (struct study){.options = options, .exchange = take_exchange, .end = write_all, .close = close_laboratory};
    laboratory->whatif = capan_whatif_new(&config, &exhausted_alloc);
    *status = laboratory->whatif ? EXIT_USAGE : exhausted_tell();
    if (laboratory->whatif && take_changes(laboratory, options->sets, capan_whatif_set) &&
        take_changes(laboratory, options->unsets, capan_whatif_unset))
        return &laboratory->study;
    close_laboratory(&laboratory->study);
    return NULL;
}
