/* SPDX-License-Identifier: MIT */
#include "merge.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "contain.h"
#include "exhausted.h"
#include "given_up.h"
#include "output.h"
#include "ranks.h"
#include "replay.h"
#include "turns.h"

/* A number in a row that counts over the whole capture: where it is, and which. */
enum counted { NUMBER_STREAM, NUMBER_STREAM_TOLD, NUMBER_INDEX, NUMBER_PAGE, NUMBER_PAGE_REFERENCE, NUMBER_PAGE_ROW };

static const struct kind {
    const char *command;
    struct number {
        const char *before; /* what stands before it; NULL: no more */
        enum counted of;
    } numbers[4]; /* in the order of columns */
} kinds[] = {
    {"segments", {{"\"stream\":", NUMBER_STREAM}}},
    {"connections", {{"\"stream\":", NUMBER_STREAM}}},
    {"exchanges", {{"\"index\":", NUMBER_INDEX}, {"\"stream\":", NUMBER_STREAM}, {"\"page\":", NUMBER_PAGE}}},
    {"pages",
     {{"\"page\":", NUMBER_PAGE_ROW}, {"\"stream\":", NUMBER_STREAM}, {"most of it on stream ", NUMBER_STREAM_TOLD}}},
    {"har", {{",\"pageref\":\"page_", NUMBER_PAGE_REFERENCE}, {"\"connection\":\"", NUMBER_STREAM}}},
};

struct merging {
    const struct options *options;
    struct rowfile *files;
    size_t count;
    const struct kind *kind;
    struct capan_report *report;
    GString *row;   /* at hand, with the numbers that it has in the whole capture */
    GArray **pages; /* of each file: which number a page of its own got; 0 none yet */
    uint64_t rows, page;
};

/* --- numbers --- */

static bool is_key(const char *found, const char *row) {
    return *found != '"' || (found > row && (found[-1] == '{' || found[-1] == ','));
}

/* Within a string a quotation mark has a backslash before it: what is found is a column. */
static char *find_number(char *from, char *end, const char *before) {
    const size_t len = strlen(before);
    for (char *at = from; (at = memmem(at, (size_t)(end - at), before, len)); at++)
        if (at + len < end && g_ascii_isdigit(at[len]) && is_key(at, from - 1)) return at + len;
    return NULL;
}

static uint64_t page_of(struct merging *merging, const struct rowfile *file, uint64_t number) {
    GArray *pages = merging->pages[file - merging->files];
    if (number >= pages->len) g_array_set_size(pages, (guint)number + 1);
    uint32_t *page = &g_array_index(pages, uint32_t, number);
    if (!*page) *page = (uint32_t)++merging->page;
    return *page;
}

static bool replace(struct merging *merging, const struct rowfile *file, enum counted of, uint64_t *number) {
    switch (of) {
    case NUMBER_STREAM:
    case NUMBER_STREAM_TOLD:
        if (*number >= file->streams) return false;
        *number = file->ranks[*number];
        break;
    case NUMBER_INDEX: *number = merging->rows; break;
    case NUMBER_PAGE:
    case NUMBER_PAGE_REFERENCE:
        if (*number > UINT32_MAX / sizeof(uint32_t)) return false;
        *number = page_of(merging, file, *number);
        break;
    case NUMBER_PAGE_ROW: *number = ++merging->page; break;
    }
    return true;
}

static void append_number(GString *row, uint64_t number) {
    char digits[20], *at = digits + sizeof digits;
    do *--at = (char)('0' + number % 10);
    while (number /= 10);
    g_string_append_len(row, at, digits + sizeof digits - at);
}

/* An archive has no more pages than these, and what is of a later one names none. */
static bool is_left_out(enum counted of, uint64_t number) {
    return of == NUMBER_PAGE_REFERENCE && number > CAPAN_ARCHIVED_PAGES;
}

/* The row with the numbers that it has in the whole capture. False: it has one that cannot be. */
static bool put_row(struct merging *merging, const struct rowfile *file) {
    char *from = file->line + PARTIAL_ROW_AT, *end = file->line + file->len - 2;
    g_string_truncate(merging->row, 0);
    for (const struct number *number = merging->kind->numbers; number->before; number++) {
        char *at = find_number(from, end, number->before), *rest;
        if (!at) continue;
        uint64_t value = strtoull(at, &rest, 10);
        if (!replace(merging, file, number->of, &value)) return false;
        if (is_left_out(number->of, value)) {
            g_string_append_len(merging->row, from, at - from - (gssize)strlen(number->before));
            rest++; /* its quotation mark */
        } else {
            g_string_append_len(merging->row, from, at - from);
            append_number(merging->row, value);
        }
        from = rest;
    }
    g_string_append_len(merging->row, from, end - from);
    capan_report_written(merging->report, (struct capan_span){(const uint8_t *)merging->row->str, merging->row->len});
    merging->rows++;
    return true;
}

/* A page of an archive, whose entries have been told by then. */
static bool put_page(struct merging *merging, const struct rowfile *file) {
    struct capan_extract *line = g_new0(struct capan_extract, 1);
    const struct capan_span row = rowfile_row(file);
    uint8_t *scratch = g_malloc(row.len);
    bool fine = capan_extract_read(line, row, scratch) && line->of == CAPAN_EXTRACT_PAGE &&
                replace(merging, file, NUMBER_PAGE, &line->page.number);
    if (fine) fine = capan_report_archive(merging->report, &line->page) == CAPAN_OK;
    g_free(scratch);
    g_free(line);
    return fine;
}

static bool put(struct merging *merging, const struct rowfile *file) {
    const bool page = merging->kind->command[0] == 'h' && file->line[PARTIAL_ROW_AT] == '[';
    return page ? put_page(merging, file) : put_row(merging, file);
}

/* --- all of them --- */

static bool put_all(struct merging *merging) {
    struct turns turns;
    bool fine = turns_begin(&turns, merging->files, merging->count, 0);
    for (const struct rowfile *file; fine && (file = turns_first(&turns)); fine = fine && turns_next(&turns))
        fine = put(merging, file) || rowfile_complain(file, "a row has a number that cannot be");
    turns_end(&turns);
    return fine;
}

static enum exit_status merge_rows(struct merging *merging) {
    static const struct capan_layout plain = {0};
    enum capan_format format = merging->options->format;
    if (format != CAPAN_JSON && format != CAPAN_NDJSON) {
        g_printerr("capan: rows of %s are merged as json or ndjson\n", merging->kind->command);
        return EXIT_USAGE;
    }
    if (strcmp(merging->kind->command, "har") == 0) format = CAPAN_HAR;
    merging->report = capan_report_new(stdout, format, CAPAN_ROWS_EXCHANGES, &plain);
    if (!merging->report) return exhausted_tell();
    merging->row = g_string_new(NULL);
    for (size_t i = 0; i < merging->count; i++) merging->pages[i] = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    const bool fine = put_all(merging);
    g_string_free(merging->row, TRUE);
    if (!fine) {
        capan_report_discard(merging->report);
        return EXIT_INPUT;
    }
    return output_result(merging->options, capan_report_close(merging->report));
}

/* --- whether they are all --- */

static bool belongs(const struct rowfile *file, const struct rowfile *first) {
    if (strcmp(file->command, first->command) != 0) return rowfile_complain(file, "rows of another command");
    if (file->split != first->split || file->parts != first->parts)
        return rowfile_complain(file, "a part of another split");
    if (!g_str_equal(file->version, capan_version())) return rowfile_complain(file, "written by another version");
    return true;
}

static bool all_are_there(const struct merging *merging) {
    const struct rowfile *first = merging->files;
    const struct rowfile **by_part = g_new0(const struct rowfile *, first->parts);
    bool fine = true;
    for (size_t i = 0; i < merging->count && fine; i++) {
        const struct rowfile *file = &merging->files[i];
        fine = belongs(file, first);
        if (fine && by_part[file->part - 1]) fine = rowfile_complain(file, "its part is there twice");
        if (fine) by_part[file->part - 1] = file;
    }
    for (uint32_t part = 0; part < first->parts && fine; part++) {
        if (by_part[part]) continue;
        g_printerr("capan: part %u of %u is missing\n", part + 1, first->parts);
        fine = false;
    }
    g_free(by_part);
    return fine;
}

static const struct kind *find_kind(const char *command) {
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].command, command) == 0) return &kinds[i];
    return NULL;
}

static void tell_given_up(const struct merging *merging) {
    struct capan_totals totals = {0};
    const struct capan_source source = {.file = "all parts"};
    for (size_t i = 0; i < merging->count; i++) {
        totals.evicted_connections += merging->files[i].connections;
        totals.evicted_responses += merging->files[i].responses;
        totals.evicted_segments += merging->files[i].segments;
        totals.evicted_exchanges += merging->files[i].exchanges;
    }
    given_up_tell(&(struct given_up){.totals = &totals, .source = &source});
}

static enum exit_status merge(struct merging *merging) {
    if (!all_are_there(merging) || !rank_streams(merging->files, merging->count)) return EXIT_INPUT;
    merging->kind = find_kind(merging->files->command);
    if (!merging->kind) return replay(merging->options, merging->files, merging->count);
    const enum exit_status status = merge_rows(merging);
    if (status == EXIT_FINE) tell_given_up(merging);
    return status;
}

enum exit_status merge_files(const struct options *options) {
    const size_t count = g_strv_length(options->files);
    struct merging merging = {
        .options = options, .files = g_new0(struct rowfile, count), .pages = g_new0(GArray *, count)};
    enum exit_status status = output_open(options);
    for (; merging.count < count && status == EXIT_FINE; merging.count++)
        if (!rowfile_open(&merging.files[merging.count], options->files[merging.count])) status = EXIT_INPUT;
    if (status == EXIT_FINE) {
        contain(options, -1);
        status = merge(&merging);
    }
    for (size_t i = 0; i < merging.count; i++) {
        rowfile_close(&merging.files[i]);
        if (merging.pages[i]) g_array_free(merging.pages[i], TRUE);
    }
    g_free(merging.files);
    g_free(merging.pages);
    return status;
}
