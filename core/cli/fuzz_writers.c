/* SPDX-License-Identifier: MIT */
/* Any connections of HTTP/1 and HTTP/2, field compression included, through the engine into one of the writers; what it
 * wrote is read back. The input: an octet for the writer, one for how little memory there is, then feed.h's steps. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "capan/capan.h"
#include "document.h"
#include "documents.h"
#include "feed.h"

enum { SMALL_MEMORY = 1, NO_HTTP = 2, SHARED_CACHE = 4, FRAME = 8 };

struct desk {
    FILE *out;
    struct capan_report *report, *rows; /* rows: NULL where they are made at the end alone */
    struct capan_story *story;
    struct capan_summary *summary;
    struct capan_whatif *whatif;
    struct capan_etags *etags;
    struct capan_places *places;
    struct capan_analysis *analysis;
};

/* --- what is written --- */

enum what { ROWS, TOTALS, SUMMARY, ARTICLE, PAGE, SHEET, XPLOT };

static const struct writer {
    enum what what;
    enum capan_rows rows;
    enum capan_format format;
} writers[] = {
    {.what = ARTICLE},
    {.what = PAGE},
    {.what = SHEET},
    {.what = XPLOT},
    {.what = SUMMARY},
    {.what = TOTALS},
    {ROWS, CAPAN_ROWS_EXCHANGES, CAPAN_HAR},
    {ROWS, CAPAN_ROWS_PLACES, CAPAN_SARIF},
    {ROWS, CAPAN_ROWS_PLACES, CAPAN_JUNIT},
    {ROWS, CAPAN_ROWS_PROOFS, CAPAN_JSON},
    {ROWS, CAPAN_ROWS_PROOFS, CAPAN_NDJSON},
#define ALL_FORMATS(rows)                                                                                              \
    {ROWS, CAPAN_ROWS_##rows, CAPAN_TEXT}, {ROWS, CAPAN_ROWS_##rows, CAPAN_CSV},                                       \
        {ROWS, CAPAN_ROWS_##rows, CAPAN_JSON}, {                                                                       \
        ROWS, CAPAN_ROWS_##rows, CAPAN_NDJSON                                                                          \
    }
    ALL_FORMATS(SEGMENTS),
    ALL_FORMATS(CONNECTIONS),
    ALL_FORMATS(EXCHANGES),
    ALL_FORMATS(FINDINGS),
    ALL_FORMATS(PAGES),
    ALL_FORMATS(PLACES),
    ALL_FORMATS(WHATIF),
    ALL_FORMATS(WHATIF_SUMS),
    ALL_FORMATS(WHATIF_CHANGES),
    ALL_FORMATS(ETAGS),
};

static void check(const struct writer *writer, struct capan_span text) {
    static const char *const *const no_scripts[] = {NULL};
    if (writer->what == PAGE || writer->what == SHEET) {
        document_markup(text, writer->what == PAGE ? capan_document_scripts : no_scripts);
        return;
    }
    if (writer->what == TOTALS || writer->format == CAPAN_HAR || writer->format == CAPAN_SARIF) document_json(text);
    if (writer->format == CAPAN_JUNIT) document_markup(text, no_scripts);
    if (writer->format == CAPAN_JSON) document_json(text);
    if (writer->format == CAPAN_NDJSON) document_ndjson(text);
    if (writer->format == CAPAN_CSV) document_csv(text);
    if (writer->what != TOTALS && writer->format == CAPAN_TEXT) document_text(text);
}

/* --- what is heard --- */

static void hear_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                         const struct capan_connection *connection) {
    struct desk *desk = context;
    if (desk->places) capan_places_segment(desk->places, segment, connection);
    if (desk->story) capan_story_segment(desk->story, segment, acks, connection);
    if (desk->rows) capan_report_segment(desk->rows, segment, acks, connection);
}

static void hear_exchange(void *context, const struct capan_exchange *exchange) {
    struct desk *desk = context;
    if (desk->places) capan_places_exchange(desk->places, exchange);
    if (desk->whatif) capan_whatif_exchange(desk->whatif, exchange);
    if (desk->etags) capan_etags_exchange(desk->etags, exchange, NULL);
    if (desk->summary) capan_summary_exchange(desk->summary, exchange);
    if (desk->story) capan_story_exchange(desk->story, exchange);
    if (desk->rows) capan_report_exchange(desk->rows, exchange);
}

static void hear_connection(void *context, const struct capan_connection *connection) {
    struct desk *desk = context;
    if (desk->summary) capan_summary_connection(desk->summary, connection);
    if (desk->story) capan_story_connection(desk->story, connection);
    if (desk->report) capan_report_connection(desk->report, connection);
}

static void hear_page(void *context, const struct capan_page *page) {
    struct desk *desk = context;
    if (desk->story) capan_story_page(desk->story, page);
    if (desk->report) capan_report_page(desk->report, page);
}

static struct capan_sink sink_of(const struct writer *writer, struct desk *desk) {
    const bool all = writer->what != ROWS || writer->rows == CAPAN_ROWS_PLACES || writer->rows == CAPAN_ROWS_PROOFS;
    struct capan_sink sink = {.context = desk};
    if (all || writer->rows == CAPAN_ROWS_SEGMENTS) sink.segment = hear_segment;
    if (all || writer->rows == CAPAN_ROWS_EXCHANGES || desk->whatif || desk->etags) sink.exchange = hear_exchange;
    if ((all && writer->what != ROWS) || writer->rows == CAPAN_ROWS_CONNECTIONS) sink.connection = hear_connection;
    return sink;
}

static void take_packet(void *context, const struct capan_packet *packet, bool lost) {
    struct desk *desk = context;
    if (lost) return;
    if (desk->story) capan_story_packet(desk->story, packet);
    capan_analysis_segment(desk->analysis, packet, CAPAN_STREAM_AUTO, NULL);
}

/* --- the whole --- */

static void open_studies(struct desk *desk, enum capan_rows rows) {
    const struct capan_whatif_config config = {.memory = 1 << 20, .seed = 1};
    if (rows == CAPAN_ROWS_WHATIF || rows == CAPAN_ROWS_WHATIF_SUMS || rows == CAPAN_ROWS_WHATIF_CHANGES)
        desk->whatif = capan_whatif_new(&config, NULL);
    if (rows == CAPAN_ROWS_ETAGS) desk->etags = capan_etags_new(1 << 20, 1, NULL);
    if (rows == CAPAN_ROWS_PLACES) desk->places = capan_places_new(0, 1, &capan_libc);
}

static void open_writer(struct desk *desk, const struct writer *writer, uint32_t code) {
    switch (writer->what) {
    case ROWS:
        open_studies(desk, writer->rows);
        desk->report = capan_report_new(desk->out, writer->format, writer->rows, NULL);
        desk->rows = desk->whatif || desk->etags || desk->places ? NULL : desk->report;
        break;
    case TOTALS: break;
    case SUMMARY: desk->summary = capan_summary_new(desk->out, NULL); break;
    default:
        desk->story = capan_story_new(desk->out, NULL, writer->what == ARTICLE && code & FRAME ? code >> 4 : 0, 0);
        if (writer->what != ARTICLE) capan_story_draws(desk->story);
    }
}

static void write_whatif(struct desk *desk, enum capan_rows rows) {
    const struct capan_whatif_group *groups;
    struct capan_whatif_change changes[CAPAN_WHATIF_CHANGES];
    size_t count = 0;
    if (capan_whatif_replay(desk->whatif) != CAPAN_OK) return;
    if (rows == CAPAN_ROWS_WHATIF)
        for (size_t i = 0; i < capan_whatif_row_count(desk->whatif); i++)
            capan_report_whatif(desk->report, capan_whatif_row_at(desk->whatif, i));
    if (rows == CAPAN_ROWS_WHATIF_SUMS && capan_whatif_groups(desk->whatif, &groups, &count) == CAPAN_OK)
        for (size_t i = 0; i < count; i++) capan_report_whatif_group(desk->report, &groups[i]);
    if (rows == CAPAN_ROWS_WHATIF_CHANGES) count = capan_whatif_changes(desk->whatif, changes);
    for (size_t i = 0; rows == CAPAN_ROWS_WHATIF_CHANGES && i < count; i++)
        capan_report_whatif_change(desk->report, &changes[i]);
}

static void write_places(struct desk *desk) {
    struct capan_place **places;
    const size_t count = capan_places_sorted(desk->places, &places);
    capan_report_results(desk->report, "a<b>.pcap", &(struct capan_result_counts){.tests = count});
    for (size_t i = 0; i < count; i++) {
        places[i]->baseline = (uint8_t)(i % CAPAN_BASELINE_COUNT);
        places[i]->fails = i & 1;
        capan_report_place(desk->report, places[i]);
    }
}

static void write_etags(struct desk *desk) {
    struct capan_etag_row row;
    for (uint64_t at = 0; capan_etags_next(desk->etags, &at, &row);) capan_report_etag(desk->report, &row);
}

static void close_rows(struct desk *desk, const struct writer *writer) {
    const struct capan_finding *findings;
    const size_t count = capan_analysis_findings(desk->analysis, &findings);
    for (size_t i = 0; writer->rows == CAPAN_ROWS_FINDINGS && i < count; i++)
        capan_report_finding(desk->report, &findings[i]);
    if (desk->whatif) write_whatif(desk, writer->rows);
    if (desk->places) write_places(desk);
    if (desk->etags) write_etags(desk);
    require(capan_report_close(desk->report), "a report is written");
}

static void close_writer(struct desk *desk, const struct writer *writer) {
    const struct capan_source source = {.file = "a<b>.pcap", .link = "EN10MB"};
    const struct capan_plot plot = {.xplot = writer->what == XPLOT, .chart = -1, .direction = -1};
    const struct capan_finding *findings;
    struct capan_totals totals;
    uint64_t left;
    bool fine = true;
    const size_t count = capan_analysis_findings(desk->analysis, &findings);
    capan_analysis_totals(desk->analysis, &totals);
    switch (writer->what) {
    case ROWS: close_rows(desk, writer); break;
    case TOTALS: fine = capan_report_totals(desk->out, &totals, findings, count); break;
    case SUMMARY: fine = capan_summary_close(desk->summary, &source, &totals, findings, count); break;
    case ARTICLE: fine = capan_story_close(desk->story, &source); break;
    case PAGE: fine = capan_story_close_html(desk->story, &source, &totals, findings, count); break;
    default: fine = capan_story_close_plot(desk->story, &plot, &left);
    }
    require(fine, "a text is written");
    capan_whatif_free(desk->whatif);
    capan_etags_free(desk->etags);
    capan_places_free(desk->places);
}

static void speak(struct desk *desk, const struct writer *writer, struct feed *feed, uint32_t code) {
    const bool pages = writer->what == PAGE || writer->rows == CAPAN_ROWS_PAGES;
    const struct capan_sink sink = sink_of(writer, desk);
    const struct capan_config config = {.memory = code & SMALL_MEMORY ? 1 << 16 : 1 << 22,
                                        .window_segments = 256,
                                        .seed = 1,
                                        .shared_cache = code & SHARED_CACHE,
                                        .no_http = code & NO_HTTP,
                                        .statistics = true,
                                        .hpack = &capan_hpack,
                                        .page = pages ? hear_page : NULL};
    desk->analysis = capan_analysis_new(&config, &sink, NULL);
    require(desk->analysis, "memory");
    while (feed_step(feed)) continue;
    capan_analysis_finish(desk->analysis);
    close_writer(desk, writer);
    capan_analysis_free(desk->analysis);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct desk desk = {.out = NULL};
    struct feed feed = {.input = {data, size}, .take = take_packet, .context = &desk};
    const struct writer *writer = &writers[feed_number(&feed, 1) % (sizeof writers / sizeof *writers)];
    const uint32_t code = feed_number(&feed, 1);
    char *text = NULL;
    size_t len;
    desk.out = open_memstream(&text, &len);
    require(desk.out, "memory");
    open_writer(&desk, writer, code);
    speak(&desk, writer, &feed, code);
    fclose(desk.out);
    check(writer, (struct capan_span){(const uint8_t *)text, len});
    free(text);
    return 0;
}
