/* SPDX-License-Identifier: MIT */
#include "run_sinks.h"

#include <glib.h>

#include "inputs.h"
#include "stories.h"

static bool wanted_stream(const struct options *options, uint32_t stream) {
    return options->stream < 0 || (uint64_t)options->stream == stream;
}

static bool in_frames(const struct options *options, uint32_t first, uint32_t last) {
    return options->frame < 0 || (first && (uint64_t)options->frame >= first && (uint64_t)options->frame <= last);
}

static void on_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                       const struct capan_connection *connection) {
    struct run *run = context;
    if (!wanted_stream(run->options, segment->stream) || !in_frames(run->options, segment->frame, segment->frame))
        return;
    capan_report_segment(run->report, segment, acks, connection);
    run->unflushed = true;
}

static bool wanted_exchange(const struct options *options, const struct capan_exchange *exchange) {
    return wanted_stream(options, exchange->stream) &&
           (in_frames(options, exchange->request.first_frame, exchange->request.last_frame) ||
            in_frames(options, exchange->response.first_frame, exchange->response.last_frame));
}

static void on_exchange(void *context, const struct capan_exchange *exchange) {
    struct run *run = context;
    if (!wanted_exchange(run->options, exchange)) return;
    capan_report_exchange(run->report, exchange);
    run->unflushed = true;
}

static void write_content(void *context, const struct capan_content *content) {
    objects_content(((struct run *)context)->objects, content);
}

static void write_objects(void *context, const struct capan_exchange *exchange) {
    struct run *run = context;
    objects_exchange(run->objects, exchange, wanted_exchange(run->options, exchange));
    run->unflushed = true;
}

static bool wanted_connection(const struct options *options, const struct capan_connection *connection) {
    return wanted_stream(options, connection->stream) &&
           in_frames(options, connection->first_frame, connection->last_frame);
}

static void on_connection(void *context, const struct capan_connection *connection) {
    struct run *run = context;
    if (!wanted_connection(run->options, connection)) return;
    capan_report_connection(run->report, connection);
    run->unflushed = true;
}

static bool wanted_page(const struct options *options, const struct capan_page *page) {
    return wanted_stream(options, page->stream) && in_frames(options, page->first_frame, page->last_frame);
}

static void on_page(void *context, const struct capan_page *page) {
    struct run *run = context;
    if (!wanted_page(run->options, page)) return;
    capan_report_page(run->report, page);
    run->unflushed = true;
}

static void store_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                          const struct capan_connection *connection) {
    struct run *run = context;
    if (!wanted_stream(run->options, segment->stream) || !in_frames(run->options, segment->frame, segment->frame))
        return;
    capan_database_segment(run->database->rows, segment, acks, connection);
}

static void store_exchange(void *context, const struct capan_exchange *exchange) {
    const struct run *run = context;
    if (wanted_exchange(run->options, exchange)) capan_database_exchange(run->database->rows, exchange);
}

static void store_connection(void *context, const struct capan_connection *connection) {
    const struct run *run = context;
    if (wanted_connection(run->options, connection)) capan_database_connection(run->database->rows, connection);
}

static void store_page(void *context, const struct capan_page *page) {
    const struct run *run = context;
    if (wanted_page(run->options, page)) capan_database_page(run->database->rows, page);
}

static void study_content(void *context, const struct capan_content *content) {
    struct study *study = ((struct run *)context)->study;
    study->content(study, content);
}

static void study_exchange(void *context, const struct capan_exchange *exchange) {
    struct study *study = ((struct run *)context)->study;
    study->exchange(study, exchange);
}

static void study_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                          const struct capan_connection *connection) {
    struct study *study = ((struct run *)context)->study;
    study->segment(study, segment, acks, connection);
}

static void study_connection(void *context, const struct capan_connection *connection) {
    struct study *study = ((struct run *)context)->study;
    study->connection(study, connection);
}

static void note_exchange(void *context, const struct capan_exchange *exchange) {
    capan_summary_exchange(((struct run *)context)->summary, exchange);
}

static void note_connection(void *context, const struct capan_connection *connection) {
    capan_summary_connection(((struct run *)context)->summary, connection);
}

static void tell_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    struct run *run = context;
    if (wanted_stream(run->options, segment->stream)) capan_story_segment(run->story, segment, acks, connection);
}

static void tell_exchange(void *context, const struct capan_exchange *exchange) {
    struct run *run = context;
    if (wanted_stream(run->options, exchange->stream)) capan_story_exchange(run->story, exchange);
}

static void tell_connection(void *context, const struct capan_connection *connection) {
    struct run *run = context;
    if (wanted_stream(run->options, connection->stream)) capan_story_connection(run->story, connection);
}

static void tell_page(void *context, const struct capan_page *page) {
    struct run *run = context;
    if (wanted_stream(run->options, page->stream)) capan_story_page(run->story, page);
}

static void extract_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                            const struct capan_connection *connection) {
    (void)acks, (void)connection;
    capan_extractor_segment(((struct run *)context)->extractor, segment);
}

static void extract_exchange(void *context, const struct capan_exchange *exchange) {
    const struct run *run = context;
    capan_extractor_exchange(run->extractor, exchange, run->options->command == COMMAND_FINDINGS);
}

static void extract_connection(void *context, const struct capan_connection *connection) {
    capan_extractor_connection(((struct run *)context)->extractor, connection);
}

static const struct capan_sink *extracts_of(enum command command) {
    static const struct capan_sink summary = {.segment = extract_segment,
                                              .exchange = extract_exchange,
                                              .connection = extract_connection},
                                   findings = {.segment = extract_segment, .exchange = extract_exchange};
    return command == COMMAND_SUMMARY ? &summary : command == COMMAND_FINDINGS ? &findings : NULL;
}

static struct capan_sink sink_of(struct run *run) {
    static const struct capan_sink sinks[] = {
        [COMMAND_SUMMARY] = {.exchange = note_exchange, .connection = note_connection},
        [COMMAND_SEGMENTS] = {.segment = on_segment},
        [COMMAND_CONNECTIONS] = {.connection = on_connection},
        [COMMAND_EXCHANGES] = {.exchange = on_exchange},
        [COMMAND_HAR] = {.exchange = on_exchange},
        [COMMAND_PAGES] = {.segment = NULL},
        [COMMAND_OBJECTS] = {.exchange = write_objects},
        [COMMAND_FINDINGS] = {.segment = NULL},
        [COMMAND_WHATIF] = {.exchange = study_exchange},
        [COMMAND_ETAGS] = {.exchange = study_exchange},
        [COMMAND_AUDIT] = {.segment = study_segment, .exchange = study_exchange, .connection = study_connection},
        [COMMAND_EXPLAIN] = {.segment = tell_segment, .exchange = tell_exchange, .connection = tell_connection},
        [COMMAND_PLOT] = {.segment = tell_segment, .connection = tell_connection},
        [COMMAND_REPORT] = {.segment = tell_segment, .exchange = tell_exchange, .connection = tell_connection},
        [COMMAND_DATABASE] = {.segment = store_segment, .exchange = store_exchange, .connection = store_connection},
    };
    static const struct capan_sink proofs = {.segment = on_segment, .exchange = on_exchange};
    static const struct capan_sink places = {.segment = study_segment, .exchange = study_exchange};
    struct capan_sink sink = {.segment = NULL};
    if (run->report && run->options->command == COMMAND_EXPLAIN)
        sink = proofs;
    else if (run->options->by == BY_PLACE)
        sink = places;
    else if (!run->options->quiet || run->objects || run->study || run->database->rows)
        sink = sinks[run->options->command];
    if (run->extractor && extracts_of(run->options->command)) sink = *extracts_of(run->options->command);
    sink.context = run;
    return sink;
}

static void pass_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    relay_segment(((struct run *)context)->relay, segment, acks, connection);
}

static void pass_connection(void *context, const struct capan_connection *connection) {
    relay_connection(((struct run *)context)->relay, connection);
}

bool run_is_relayed(const struct options *options) {
    return !stories_wanted(options) && options->command != COMMAND_AUDIT;
}

static void hide_exchange(void *context, const struct capan_exchange *exchange) {
    redact_exchange(((struct run *)context)->of_exchanges, exchange);
}

/* Verdicts are found on what was sent, and told without it. */
static void hide(struct run *run, struct capan_sink *sink) {
    const uint64_t key = (uint64_t)g_random_int() << 32 | g_random_int();
    if (!run->options->redact) return;
    run->of_exchanges = redactor_new(key, sink);
    run->of_pages = redactor_new(key, sink);
    if (sink->exchange) sink->exchange = hide_exchange;
}

void run_sink_end(struct run *run) {
    redactor_free(run->of_exchanges);
    redactor_free(run->of_pages);
}

struct capan_sink run_sink(struct run *run) {
    struct capan_sink sink = sink_of(run);
    hide(run, &sink);
    if (run->threads < WITH_ROWS || !run_is_relayed(run->options)) return sink;
    run->relay = relay_new(&sink);
    if (run->relay && sink.segment) sink.segment = pass_segment;
    if (run->relay && sink.connection) sink.connection = pass_connection;
    return sink;
}

static void (*page_of(const struct run *run))(void *, const struct capan_page *) {
    if (run->database->rows) return store_page;
    if (run->options->quiet) return NULL;
    if (run->options->command == COMMAND_REPORT) return tell_page;
    return run->options->command == COMMAND_PAGES ? on_page : NULL;
}

static void hide_page(void *context, const struct capan_page *page) {
    struct run *run = context;
    struct capan_page shown = *page;
    shown.url = redact_url(run->of_pages, page->url);
    page_of(run)(run, &shown);
}

void (*run_page(struct run *run))(void *, const struct capan_page *) {
    void (*page)(void *, const struct capan_page *) = page_of(run);
    return page && run->of_pages ? hide_page : page;
}

void (*run_content(const struct run *run))(void *, const struct capan_content *) {
    if (run->objects) return write_content;
    return run->study && run->study->content ? study_content : NULL;
}
