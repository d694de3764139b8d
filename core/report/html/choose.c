/* SPDX-License-Identifier: MIT */
/* What has a row in the HTML document: where not all of it has, what is in trouble comes first. */
#include <stdlib.h>

#include "parts.h"
#include "words.h"

enum {
    BARS_MAX = 500,   /* exchanges */
    ROWS_MAX = 500,   /* connections in the table */
    RUNGS_MAX = 200,  /* segments in a ladder */
    FIRST_RUNGS = 40, /* of them whatever becomes of them */
    LAST_RUNGS = 8,   /* likewise */
    AROUND = 2        /* segments before and behind one that is worth a note */
};

static void choose(uint8_t *has, size_t at, size_t *count) {
    *count += !has[at];
    has[at] = 1;
}

/* --- exchanges --- */

static bool is_loud(const struct capan_exchange *exchange) {
    return exchange->advice || capan_exchange_severity(exchange) >= CAPAN_WARN;
}

static void choose_exchanges(struct capan_document *document) {
    const struct capan_story *story = document->story;
    for (size_t i = 0; i < story->exchanges_count && document->bars < BARS_MAX; i++)
        if (is_loud(story->exchanges[i])) choose(document->has_bar, i, &document->bars);
    for (size_t i = 0; i < story->exchanges_count && document->bars < BARS_MAX; i++)
        choose(document->has_bar, i, &document->bars);
}

/* --- connections and their segments --- */

static bool is_notable(const struct capan_segment *segment) {
    struct capan_causes causes = capan_segment_causes(segment);
    struct capan_cause cause;
    while (capan_take_cause(&causes, &cause))
        if (cause.token->severity >= CAPAN_NOTE) return true;
    return false;
}

struct rungs {
    struct capan_document *document;
    const struct capan_step *const *steps;
    size_t count, chosen;
};

static void choose_steps(struct rungs *rungs, size_t from, size_t to) {
    for (size_t i = from; i < to && i < rungs->count && rungs->chosen < RUNGS_MAX; i++)
        choose(rungs->document->has_rung, (size_t)(rungs->steps[i] - rungs->document->story->steps), &rungs->chosen);
}

/* One drawing shows all segments of its number. */
static bool is_drawn(const struct capan_document *document, uint32_t stream) {
    for (size_t i = 0; i < document->drawn; i++)
        if (document->drawn_at[i]->stream == stream) return true;
    return false;
}

static void choose_ladder(struct capan_document *document, const struct capan_connection *connection) {
    struct rungs rungs = {.document = document};
    document->drawn_at[document->drawn++] = connection;
    rungs.steps = capan_steps_of(document->plots.steps, document->story->steps_count, connection->stream, &rungs.count);
    if (rungs.count <= RUNGS_MAX) choose_steps(&rungs, 0, rungs.count);
    if (rungs.count > RUNGS_MAX) choose_steps(&rungs, 0, FIRST_RUNGS);
    if (rungs.count > RUNGS_MAX) choose_steps(&rungs, rungs.count - LAST_RUNGS, rungs.count);
    for (size_t i = 0; i < rungs.count && rungs.chosen < RUNGS_MAX; i++)
        if (is_notable(&rungs.steps[i]->segment)) choose_steps(&rungs, i > AROUND ? i - AROUND : 0, i + AROUND + 1);
    document->rungs += rungs.chosen;
}

static void choose_connections(struct capan_document *document) {
    const struct capan_story *story = document->story;
    for (size_t i = 0; i < story->connections_count && i < ROWS_MAX; i++)
        choose(document->has_row, (size_t)(document->plots.connections[i] - story->connections), &document->rows);
    for (size_t i = 0; i < document->rows && document->drawn < CAPAN_DRAWN_MAX; i++)
        if (!is_drawn(document, document->plots.connections[i]->stream))
            choose_ladder(document, document->plots.connections[i]);
}

/* --- order --- */

static int by_stream(const void *left, const void *right) {
    const struct capan_connection *a = left, *b = right;
    if (a->stream != b->stream) return a->stream < b->stream ? -1 : 1;
    return a->first_frame < b->first_frame ? -1 : a->first_frame > b->first_frame;
}

static int by_number(const void *left, const void *right) {
    const struct capan_page *a = left, *b = right;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* Page by page; what belongs to none comes last. */
static int by_load(const void *left, const void *right) {
    const struct capan_exchange *a = *(struct capan_exchange *const *)left, *b = *(struct capan_exchange *const *)right;
    uint64_t load_a = a->page.number - 1, load_b = b->page.number - 1;
    if (load_a != load_b) return load_a < load_b ? -1 : 1;
    uint32_t frame_a = capan_exchange_first_frame(a), frame_b = capan_exchange_first_frame(b);
    return frame_a < frame_b ? -1 : frame_a > frame_b;
}

static void sort(struct capan_story *story) {
    if (story->connections_count)
        qsort(story->connections, story->connections_count, sizeof *story->connections, by_stream);
    if (story->pages_count) qsort(story->pages, story->pages_count, sizeof *story->pages, by_number);
    if (story->exchanges_count)
        qsort(story->exchanges, story->exchanges_count, sizeof(struct capan_exchange *), by_load);
}

const struct capan_page *capan_document_page(const struct capan_document *document, uint64_t number) {
    const struct capan_page key = {.number = number};
    const struct capan_story *story = document->story;
    return story->pages_count ? bsearch(&key, story->pages, story->pages_count, sizeof key, by_number) : NULL;
}

bool capan_document_choose(struct capan_document *document) {
    struct capan_story *story = document->story;
    sort(story);
    const bool opened = capan_plots_open(&document->plots, story);
    document->has_rung = calloc(story->steps_count + 1, 1);
    document->has_bar = calloc(story->exchanges_count + 1, 1);
    document->has_row = calloc(story->connections_count + 1, 1);
    if (!opened || !document->has_rung || !document->has_bar || !document->has_row) return false;
    choose_exchanges(document);
    choose_connections(document);
    return true;
}

void capan_document_free(struct capan_document *document) {
    capan_plots_close(&document->plots);
    free(document->has_rung);
    free(document->has_bar);
    free(document->has_row);
}
