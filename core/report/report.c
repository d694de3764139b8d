/* SPDX-License-Identifier: MIT */
#include "capan/report.h"

#include <errno.h>
#include <stdlib.h>

#include "bytes.h"
#include "choose.h"
#include "har.h"
#include "keyed.h"
#include "results.h"
#include "sort.h"
#include "text.h"
#include "where.h"
#include "write.h"

struct capan_report {
    struct capan_out out;
    struct capan_text text;
    enum capan_format format;
    enum capan_rows rows;
    const struct capan_table *table; /* of its kind, or chosen */
    struct capan_column *columns;    /* those that were asked for; NULL: all are */
    struct capan_table chosen;       /* of them */
    struct capan_key *keys;
    int64_t origin_ns;
    uint64_t written, limit; /* rows; no more are written than limit */
    struct capan_har_pages pages;
    const char *partial; /* why the rows are not all; NULL: they are */
    struct capan_wheres wheres;
    struct capan_results results;
    struct capan_sorter sorter;
    struct capan_kept row; /* that is to be sorted */
    bool refused;          /* there was no memory for a row */
    bool keyed;            /* each row has its key before it */
};

/* Its lines for people. */
static void (*const texts[CAPAN_ROWS_COUNT])(struct capan_text *, struct capan_row *) = {
    [CAPAN_ROWS_SEGMENTS] = capan_text_segment_row,
    [CAPAN_ROWS_CONNECTIONS] = capan_text_connection_row,
    [CAPAN_ROWS_EXCHANGES] = capan_text_exchange_row,
    [CAPAN_ROWS_FINDINGS] = capan_text_finding_row,
    [CAPAN_ROWS_PAGES] = capan_text_page_row,
    [CAPAN_ROWS_OBJECTS] = capan_text_object_row,
    [CAPAN_ROWS_WHATIF] = capan_text_whatif_row,
    [CAPAN_ROWS_WHATIF_SUMS] = capan_text_whatif_group_row,
    [CAPAN_ROWS_WHATIF_CHANGES] = capan_text_whatif_change_row,
    [CAPAN_ROWS_ETAGS] = capan_text_etag_row,
    [CAPAN_ROWS_STITCH] = capan_text_stitch_row,
    [CAPAN_ROWS_DIFF] = capan_text_diff_row,
    [CAPAN_ROWS_PROVED] = capan_text_proved_row,
    [CAPAN_ROWS_CLAIMS] = capan_text_claim_row,
    [CAPAN_ROWS_PLACES] = capan_text_place_row,
};

void capan_report_discard(struct capan_report *report) {
    capan_where_free(&report->wheres);
    capan_har_pages_free(&report->pages);
    capan_sort_free(&report->sorter);
    free(report->row.at);
    capan_out_free(&report->out);
    free(report->columns);
    free(report->keys);
    free(report);
}

struct capan_report *capan_report_new(FILE *out, enum capan_format format, enum capan_rows rows,
                                      const struct capan_layout *layout) {
    struct capan_report *report = calloc(1, sizeof *report);
    if (!report) return NULL;
    report->format = format;
    report->rows = rows;
    report->table = capan_tables[rows];
    report->limit = UINT64_MAX;
    report->results = (struct capan_results){.out = &report->out, .capture = ""};
    report->keys = calloc(report->table->count, sizeof *report->keys);
    report->text = (struct capan_text){.out = &report->out, .colour = layout && layout->colour};
    if (capan_out_init(&report->out, out, layout) == CAPAN_OK && report->keys) {
        capan_keys_make(report->table, report->keys);
        return report;
    }
    capan_report_discard(report);
    return NULL;
}

void capan_report_origin(struct capan_report *report, int64_t origin_ns) {
    report->origin_ns = origin_ns;
}

void capan_report_matcher(struct capan_report *report, const struct capan_matcher *matcher) {
    report->wheres.matcher = matcher;
}

enum capan_result capan_report_where(struct capan_report *report, const char *expression,
                                     struct capan_complaint *error) {
    return capan_where_read(&report->wheres, capan_tables[report->rows], expression, error);
}

void capan_report_keyed(struct capan_report *report) {
    report->keyed = true;
}

void capan_report_limit(struct capan_report *report, uint64_t rows) {
    report->limit = rows;
    report->sorter.limit = rows;
}

enum capan_result capan_report_sort(struct capan_report *report, const char *names, uint64_t memory,
                                    struct capan_complaint *complaint) {
    report->sorter.limit = report->limit;
    report->sorter.memory = memory;
    return capan_sort_read(&report->sorter, capan_tables[report->rows], names, complaint);
}

uint64_t capan_report_sort_left(const struct capan_report *report) {
    return report->sorter.cut ? report->sorter.limit : 0;
}

bool capan_report_is_full(const struct capan_report *report) {
    return report->written >= report->limit;
}

enum capan_result capan_report_columns(struct capan_report *report, const char *names,
                                       struct capan_complaint *complaint) {
    const bool nests = report->format == CAPAN_JSON || report->format == CAPAN_NDJSON;
    const struct capan_table *table = capan_tables[report->rows];
    struct capan_column *columns;
    uint16_t count;
    enum capan_result result = capan_choose_columns(&columns, &count, table, names, nests, complaint);
    if (result != CAPAN_OK) return result;
    free(report->columns);
    report->columns = columns;
    report->chosen = (struct capan_table){table->name, columns, count, count, NULL};
    report->table = &report->chosen;
    capan_keys_make(report->table, report->keys);
    return CAPAN_OK;
}

static bool is_tabs(const struct capan_report *report) {
    return report->format == CAPAN_TEXT && report->table == &report->chosen;
}

/* What stands before the first row, and between others. */
static void put_before(struct capan_report *report) {
    struct capan_out *out = &report->out;
    const bool first = report->written == 0;
    if (report->keyed) return;
    if (report->format == CAPAN_JSON) out_text(out, first ? "[\n" : ",\n");
    if (report->format == CAPAN_HAR && first) capan_har_begin(out);
    if (report->format == CAPAN_HAR) out_text(out, first ? "\n" : ",\n");
    if (!first) return;
    if (is_tabs(report)) capan_write_tabs_header(out, report->table);
    if (report->format == CAPAN_CSV) capan_write_csv_header(out, report->table);
    if (report->format == CAPAN_SARIF) capan_sarif_begin(&report->results);
    if (report->format == CAPAN_JUNIT) capan_junit_begin(&report->results);
}

/* Chosen columns have tabs between them, as tshark's fields do. */
static void put_text(struct capan_report *report, struct capan_row *row) {
    if (is_tabs(report))
        capan_write_tabs(&report->out, report->table, row);
    else
        texts[report->rows](&report->text, row);
}

static struct capan_told told_of(const struct capan_report *report, const struct capan_row *row) {
    switch (report->rows) {
    case CAPAN_ROWS_CONNECTIONS: return row->connection->told;
    case CAPAN_ROWS_EXCHANGES: return row->exchange->told;
    case CAPAN_ROWS_PAGES: return row->page->told;
    default: return (struct capan_told){INT64_MIN, row->segment->frame, CAPAN_TOLD_BY_PACKET};
    }
}

static void put_row(struct capan_report *report, struct capan_row *row) {
    const struct capan_told told = told_of(report, row);
    if (report->keyed) capan_keyed_begin(&report->out, &told);
    switch (report->format) {
    case CAPAN_TEXT: put_text(report, row); break;
    case CAPAN_CSV: capan_write_csv(&report->out, report->table, row); break;
    case CAPAN_HAR: capan_har_entry(&report->out, &report->pages, row); break;
    case CAPAN_SARIF: capan_sarif_result(&report->results, row->place); break;
    case CAPAN_JUNIT: capan_junit_result(&report->results, row->place); break;
    default: capan_write_json(&report->out, report->table, report->keys, row); break;
    }
    if (report->keyed) out_char(&report->out, '}');
    if (report->format == CAPAN_NDJSON || report->keyed) out_char(&report->out, '\n');
}

void capan_report_written(struct capan_report *report, struct capan_span row) {
    put_before(report);
    out_octets(&report->out, row.at, row.len);
    if (report->format == CAPAN_NDJSON) out_char(&report->out, '\n');
    report->written++;
}

bool capan_report_archived(const struct capan_report *report, uint64_t number, struct capan_archived *page) {
    return capan_har_pages_get(&report->pages, number, page);
}

enum capan_result capan_report_archive(struct capan_report *report, const struct capan_archived *page) {
    return capan_har_pages_put_in(&report->pages, page) ? CAPAN_OK : CAPAN_NO_MEMORY;
}

/* --- rows in another order --- */

/* The first row's text begins with a heading, which is written at once. */
static size_t pass_heading(struct capan_report *report, bool began) {
    const char *at = report->row.at, *end = began || !report->text.began ? NULL : memchr(at, '\n', report->row.len);
    const size_t len = end ? (size_t)(end + 1 - at) : 0;
    out_octets(&report->out, at, len);
    return len;
}

/* As it would be written, with its endpoints' line, if it has one; that is written where they change. */
static void hold_row(struct capan_report *report, struct capan_row *row) {
    const bool began = report->text.began;
    capan_out_spill(&report->out);
    report->row.len = 0;
    report->text.streams = 0;
    report->out.kept = &report->row;
    put_row(report, row);
    capan_out_spill(&report->out);
    report->out.kept = NULL;
    const size_t heading = pass_heading(report, began);
    const struct capan_span as = {(const uint8_t *)report->row.at + heading, report->row.len - heading};
    const uint8_t *end = report->text.streams ? memchr(as.at, '\n', as.len) : NULL;
    if (capan_sort_keep(&report->sorter, row, as, report->text.streams, end ? (size_t)(end + 1 - as.at) : 0) !=
        CAPAN_OK)
        report->refused = true;
}

static void put_held(struct capan_report *report) {
    struct capan_sorter *sorter = &report->sorter;
    uint64_t named = 0;
    capan_sort_end(sorter);
    for (size_t i = 0; i < sorter->rows_count; i++) {
        const struct capan_sorted *row = sorter->rows[i];
        const size_t skipped = row->stream == named ? row->named_len : 0;
        named = row->stream;
        put_before(report);
        out_octets(&report->out, row->as.at + skipped, row->as.len - skipped);
        report->written++;
    }
    capan_sort_free(sorter);
}

static void end_results(struct capan_report *report) {
    if (report->format == CAPAN_SARIF) {
        if (report->written == 0) capan_sarif_begin(&report->results);
        capan_sarif_end(&report->results, report->partial);
    } else {
        if (report->written == 0) capan_junit_begin(&report->results);
        capan_junit_end(&report->results, report->partial);
    }
}

static void write_row(struct capan_report *report, struct capan_row *row) {
    row->origin_ns = report->origin_ns;
    if (capan_report_is_full(report) || !capan_where_holds(&report->wheres, row)) return;
    if (report->sorter.count) {
        hold_row(report, row);
        return;
    }
    put_before(report);
    put_row(report, row);
    report->written++;
}

void capan_report_segment(struct capan_report *report, const struct capan_segment *segment, const uint32_t *acks,
                          const struct capan_connection *connection) {
    struct capan_row row;
    struct capan_proof proof;
    row.segment = segment;
    row.acks = acks;
    row.within = connection;
    if (report->rows == CAPAN_ROWS_PROOFS) {
        capan_prove_segment(&proof, segment);
        row.proof = &proof;
    }
    write_row(report, &row);
}

void capan_report_exchange(struct capan_report *report, const struct capan_exchange *exchange) {
    struct capan_row row;
    struct capan_proof proof;
    row.exchange = exchange;
    if (report->rows == CAPAN_ROWS_PROOFS) {
        capan_prove_exchange(&proof, exchange);
        row.proof = &proof;
    }
    write_row(report, &row);
}

void capan_report_connection(struct capan_report *report, const struct capan_connection *connection) {
    struct capan_row row;
    row.connection = connection;
    write_row(report, &row);
}

void capan_report_finding(struct capan_report *report, const struct capan_finding *finding) {
    struct capan_row row;
    row.finding = finding;
    write_row(report, &row);
}

void capan_report_page(struct capan_report *report, const struct capan_page *page) {
    struct capan_row row;
    row.page = page;
    write_row(report, &row);
}

void capan_report_object(struct capan_report *report, const struct capan_object *object) {
    struct capan_row row;
    row.object = object;
    write_row(report, &row);
}

bool capan_report_wants_object(const struct capan_report *report, const struct capan_object *object) {
    struct capan_row row;
    row.object = object;
    row.origin_ns = report->origin_ns;
    return capan_where_holds(&report->wheres, &row);
}

void capan_report_partial(struct capan_report *report, const char *why) {
    if (!report->partial) report->partial = why;
}

void capan_report_etag(struct capan_report *report, const struct capan_etag_row *etag) {
    struct capan_row row;
    row.etag = etag;
    write_row(report, &row);
}

void capan_report_claim(struct capan_report *report, const struct capan_claim *claim) {
    struct capan_row row;
    row.claim = claim;
    write_row(report, &row);
}

void capan_report_diff(struct capan_report *report, const struct capan_diff_row *diff) {
    struct capan_row row;
    row.diff = diff;
    write_row(report, &row);
}

void capan_report_stitch(struct capan_report *report, const struct capan_stitch_row *stitch) {
    struct capan_row row;
    row.stitch = stitch;
    write_row(report, &row);
}

void capan_report_sighted(struct capan_report *report, enum capan_stitch_side side, const char *file,
                          const struct capan_segment *segment) {
    put_held(report);
    capan_text_sighted(&report->text, side == CAPAN_STITCH_A ? "A" : "B", file, segment);
}

void capan_report_proved(struct capan_report *report, const struct capan_proved *proved) {
    struct capan_row row;
    row.proved = proved;
    write_row(report, &row);
}

void capan_report_place(struct capan_report *report, const struct capan_place *place) {
    struct capan_row row;
    row.place = place;
    write_row(report, &row);
}

void capan_report_results(struct capan_report *report, const char *capture, const struct capan_result_counts *counts) {
    report->results.capture = capture;
    report->results.counts = *counts;
}

void capan_report_whatif(struct capan_report *report, const struct capan_whatif_row *whatif) {
    struct capan_row row;
    row.whatif = whatif;
    write_row(report, &row);
}

void capan_report_whatif_group(struct capan_report *report, const struct capan_whatif_group *group) {
    struct capan_row row;
    row.whatif_group = group;
    write_row(report, &row);
}

void capan_report_whatif_change(struct capan_report *report, const struct capan_whatif_change *change) {
    struct capan_row row;
    row.whatif_change = change;
    write_row(report, &row);
}

bool capan_report_flush(struct capan_report *report) {
    return capan_out_flush(&report->out);
}

/* Where rows are missing, a last object that no row looks like says so. */
static void end_json(struct capan_report *report) {
    if (report->partial) {
        out_text(&report->out, report->written ? ",\n{\"partial\":" : "[\n{\"partial\":");
        capan_out_json(&report->out, span_of(report->partial), CAPAN_UTF8_OR_LATIN1);
        out_char(&report->out, '}');
    }
    out_text(&report->out, report->written || report->partial ? "\n]\n" : "[]\n");
}

static void write_end(struct capan_report *report) {
    put_held(report);
    if (report->keyed) return;
    if (report->format == CAPAN_HAR && !report->written) capan_har_begin(&report->out);
    if (report->format == CAPAN_HAR) capan_har_end(&report->out, &report->pages, report->partial);
    if (report->format == CAPAN_SARIF || report->format == CAPAN_JUNIT) end_results(report);
    if (report->format == CAPAN_JSON) end_json(report);
    if (report->format == CAPAN_CSV && !report->written) capan_write_csv_header(&report->out, report->table);
}

bool capan_report_close(struct capan_report *report) {
    write_end(report);
    bool fine = capan_out_flush(&report->out);
    int reason = fine ? ENOMEM : errno;
    fine = fine && !report->refused;
    capan_report_discard(report);
    errno = reason;
    return fine;
}
