/* SPDX-License-Identifier: MIT */
#include "merge.h"

#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "contain.h"
#include "given_up.h"
#include "ranks.h"
#include "rowfile.h"

/* A number in a row that counts over the whole capture: where it is, and which. */
enum counted { NUMBER_STREAM, NUMBER_STREAM_TOLD, NUMBER_INDEX, NUMBER_PAGE, NUMBER_PAGE_ROW };

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
};

struct merging {
    const struct options *options;
    struct rowfile *files;
    size_t count;
    const struct kind *kind;
    struct rowfile **heap; /* those that have a row, the next one first */
    size_t waiting;
    GArray **pages; /* of each file: which number a page of its own got; 0 none yet */
    uint64_t rows, page;
};

/* --- whose turn it is --- */

static bool comes_before(const struct rowfile *a, const struct rowfile *b) {
    const int order = memcmp(rowfile_key(a), rowfile_key(b), CAPAN_REPORT_KEY);
    return order ? order < 0 : a->part < b->part;
}

static void sink_first(struct merging *merging) {
    struct rowfile **heap = merging->heap;
    for (size_t at = 0, child; (child = 2 * at + 1) < merging->waiting; at = child) {
        if (child + 1 < merging->waiting && comes_before(heap[child + 1], heap[child])) child++;
        if (!comes_before(heap[child], heap[at])) return;
        struct rowfile *other = heap[at];
        heap[at] = heap[child];
        heap[child] = other;
    }
}

static int by_turn(const void *left, const void *right) {
    const struct rowfile *a = *(struct rowfile *const *)left, *b = *(struct rowfile *const *)right;
    return comes_before(a, b) ? -1 : 1;
}

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
        if (*number > UINT32_MAX / sizeof(uint32_t)) return false;
        *number = page_of(merging, file, *number);
        break;
    case NUMBER_PAGE_ROW: *number = ++merging->page; break;
    }
    return true;
}

/* The row with the numbers that it has in the whole capture. False: it has one that cannot be. */
static bool put_row(struct merging *merging, const struct rowfile *file) {
    char *from = file->line + PARTIAL_ROW_AT, *end = file->line + file->len - 2;
    for (const struct number *number = merging->kind->numbers; number->before; number++) {
        char *at = find_number(from, end, number->before), *rest;
        if (!at) continue;
        uint64_t value = strtoull(at, &rest, 10);
        if (!replace(merging, file, number->of, &value)) return false;
        fwrite(from, 1, (size_t)(at - from), stdout);
        printf("%" G_GUINT64_FORMAT, value);
        from = rest;
    }
    fwrite(from, 1, (size_t)(end - from), stdout);
    merging->rows++;
    return true;
}

/* --- all of them --- */

static bool put_all(struct merging *merging) {
    const bool json = merging->options->format == CAPAN_JSON;
    while (merging->waiting) {
        struct rowfile *file = merging->heap[0];
        if (json) fputs(merging->rows ? ",\n" : "[\n", stdout);
        if (!put_row(merging, file)) return rowfile_complain(file, "a row has a number that cannot be");
        if (!json) putchar('\n');
        const enum rowfile_next next = rowfile_next(file);
        if (next == ROWFILE_BROKEN) return false;
        if (next == ROWFILE_OVER) merging->heap[0] = merging->heap[--merging->waiting];
        sink_first(merging);
    }
    if (json) fputs(merging->rows ? "\n]\n" : "[]\n", stdout);
    return true;
}

static bool begin_all(struct merging *merging) {
    for (size_t i = 0; i < merging->count; i++) {
        const enum rowfile_next next = rowfile_next(&merging->files[i]);
        if (next == ROWFILE_BROKEN) return false;
        if (next == ROWFILE_ROW) merging->heap[merging->waiting++] = &merging->files[i];
        merging->pages[i] = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    }
    qsort(merging->heap, merging->waiting, sizeof(struct rowfile *), by_turn);
    return true;
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

static bool find_kind(struct merging *merging) {
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].command, merging->files->command) == 0) merging->kind = &kinds[i];
    return merging->kind || rowfile_complain(merging->files, "rows that are not merged");
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
    if (!all_are_there(merging) || !find_kind(merging) || !rank_streams(merging->files, merging->count) ||
        !begin_all(merging) || !put_all(merging))
        return EXIT_INPUT;
    tell_given_up(merging);
    if (fflush(stdout) == 0) return EXIT_FINE;
    g_printerr("capan: standard output: %s\n", g_strerror(errno));
    return EXIT_INTERNAL;
}

enum exit_status merge_files(const struct options *options) {
    const size_t count = g_strv_length(options->files);
    struct merging merging = {.options = options,
                              .files = g_new0(struct rowfile, count),
                              .heap = g_new0(struct rowfile *, count),
                              .pages = g_new0(GArray *, count)};
    enum exit_status status = EXIT_FINE;
    if (options->output && !freopen(options->output, "w", stdout)) {
        g_printerr("capan: %s: %s\n", options->output, g_strerror(errno));
        status = EXIT_INTERNAL;
    }
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
    g_free(merging.heap);
    g_free(merging.pages);
    return status;
}
