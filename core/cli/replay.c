/* SPDX-License-Identifier: MIT */
#include "replay.h"

#include <glib.h>
#include <string.h>

#include "exhausted.h"
#include "given_up.h"
#include "output.h"
#include "rows.h"
#include "study.h"
#include "turns.h"

struct replay {
    struct options options; /* as of the command whose parts they are */
    struct rowfile *files;
    size_t count;
    struct capan_extract line; /* at hand */
    uint8_t *scratch;
    size_t scratch_len;
    struct capan_tally *tally;
    struct capan_summary *summary; /* NULL: none is wanted; so with the others */
    struct capan_etags *etags;
    struct capan_report *report;
    struct capan_totals totals;
    struct capan_source source;
    char *name;
    char link[64], link_unread[64];
    int64_t origin_ns;
    bool any_host;
    enum exit_status failed; /* what it comes to when a line cannot be told */
};

/* --- lines --- */

static bool read_line(struct replay *replay, const struct rowfile *file) {
    const struct capan_span row = rowfile_row(file);
    if (row.len > replay->scratch_len) {
        replay->scratch_len = 2 * row.len;
        replay->scratch = g_realloc(replay->scratch, replay->scratch_len);
    }
    return capan_extract_read(&replay->line, row, replay->scratch);
}

static bool rank(const struct rowfile *file, uint32_t *stream) {
    if (*stream >= file->streams) return false;
    *stream = file->ranks[*stream];
    return true;
}

static bool tell_segment(struct replay *replay, const struct rowfile *file) {
    if (!rank(file, &replay->line.segment.stream)) return false;
    capan_tally_segment(replay->tally, &replay->line.segment);
    return true;
}

static bool tell_exchange(struct replay *replay, const struct rowfile *file) {
    struct capan_extract *line = &replay->line;
    if (!rank(file, &line->exchange.stream)) return false;
    capan_tally_exchange(replay->tally, &line->exchange);
    if (replay->summary) capan_summary_exchange(replay->summary, &line->exchange);
    if (replay->etags) capan_etags_exchange(replay->etags, &line->exchange, line->has_digests ? &line->digests : NULL);
    return true;
}

static void note_unread(struct capan_totals *totals, const struct capan_connection *connection) {
    struct capan_unread *unread = &totals->unread[connection->speech];
    if (connection->speech <= CAPAN_SPEECH_HTTP) return;
    if (unread->connections < CAPAN_UNREAD_STREAMS) unread->streams[unread->connections] = connection->stream;
    unread->connections++;
    unread->octets += connection->unread;
}

static bool tell_connection(struct replay *replay, const struct rowfile *file) {
    struct capan_connection *connection = &replay->line.connection;
    if (!rank(file, &connection->stream)) return false;
    note_unread(&replay->totals, connection);
    capan_summary_connection(replay->summary, connection);
    return true;
}

static bool tell_host(struct replay *replay, const struct rowfile *file) {
    (void)file;
    replay->any_host = true;
    const enum capan_result result = capan_tally_host(replay->tally, &replay->line.finding);
    if (result == CAPAN_NO_MEMORY) replay->failed = exhausted_tell();
    return result == CAPAN_OK;
}

/* --- totals --- */

/* Moments are of the first and last frames. */
static void add_span(struct capan_totals *sum, const struct capan_totals *totals) {
    if (!sum->segments || totals->first_frame < sum->first_frame) {
        sum->first_frame = totals->first_frame;
        sum->first_ns = totals->first_ns;
    }
    if (!sum->segments || totals->last_frame > sum->last_frame) {
        sum->last_frame = totals->last_frame;
        sum->last_ns = totals->last_ns;
    }
}

/* What is said that is not read is known of each connection, where those are told. */
static void add_totals(struct replay *replay, const struct capan_totals *totals) {
    struct capan_totals *sum = &replay->totals;
    if (totals->segments) add_span(sum, totals);
    sum->segments += totals->segments;
    sum->connections += totals->connections;
    sum->exchanges += totals->exchanges;
    sum->saved += totals->saved;
    sum->wasted += totals->wasted;
    sum->round_trips_x100 += totals->round_trips_x100;
    sum->handshakes += totals->handshakes;
    sum->evicted_connections += totals->evicted_connections;
    sum->evicted_responses += totals->evicted_responses;
    sum->evicted_segments += totals->evicted_segments;
    sum->evicted_exchanges += totals->evicted_exchanges;
    for (int i = 0; i < CAPAN_SPEECH_COUNT && !replay->summary; i++) {
        sum->unread[i].connections += totals->unread[i].connections;
        sum->unread[i].octets += totals->unread[i].octets;
    }
}

static void add_source(struct capan_source *sum, const struct capan_source *source) {
    sum->frames += source->frames;
    sum->octets += source->octets;
    sum->snapped += source->snapped;
    sum->fragments_lost += source->fragments_lost;
    sum->undecoded += source->undecoded;
    sum->dropped += source->dropped;
    sum->passed += source->passed;
    sum->unlinked += source->unlinked;
    sum->udp += source->udp;
    sum->quic += source->quic;
    sum->secrets |= source->secrets;
}

/* One run is named by the first of its files. */
static void name(struct replay *replay, const struct rowfile *file) {
    const struct capan_extract *line = &replay->line;
    if (file->part != 1) return;
    replay->name =
        replay->count == 1 ? g_strdup(line->file) : g_strdup_printf("%s and %zu more", line->file, replay->count - 1);
}

static bool tell_totals(struct replay *replay, const struct rowfile *file) {
    const struct capan_extract *line = &replay->line;
    if (!replay->name) name(replay, file);
    if (!*replay->link) g_strlcpy(replay->link, line->link, sizeof replay->link);
    if (!*replay->link_unread) g_strlcpy(replay->link_unread, line->link_unread, sizeof replay->link_unread);
    replay->origin_ns = line->origin_ns;
    add_totals(replay, &line->totals);
    add_source(&replay->source, &line->source);
    return true;
}

/* --- all of them --- */

static bool tell_all(struct replay *replay, enum capan_extract_of of,
                     bool (*tell)(struct replay *, const struct rowfile *)) {
    struct turns turns;
    bool fine = turns_begin(&turns, replay->files, replay->count, capan_extract_letters[of]);
    for (const struct rowfile *file; fine && (file = turns_first(&turns)); fine = fine && turns_next(&turns))
        fine = (read_line(replay, file) && tell(replay, file)) ||
               (replay->failed == EXIT_INPUT && rowfile_complain(file, "damaged: a line is odd"));
    turns_end(&turns);
    return fine;
}

static bool tell_lines(struct replay *replay) {
    return tell_all(replay, CAPAN_EXTRACT_TOTALS, tell_totals) &&
           tell_all(replay, CAPAN_EXTRACT_SEGMENT, tell_segment) &&
           tell_all(replay, CAPAN_EXTRACT_EXCHANGE, tell_exchange) &&
           (!replay->summary || tell_all(replay, CAPAN_EXTRACT_CONNECTION, tell_connection)) &&
           tell_all(replay, CAPAN_EXTRACT_HOST, tell_host);
}

/* --- what comes of it --- */

static void tell_given_up(const struct replay *replay) {
    static const bool of_exchanges[COMMAND_COUNT] = {[COMMAND_ETAGS] = true};
    given_up_tell(&(struct given_up){.totals = &replay->totals, .source = &replay->source});
    if (!replay->summary && !replay->options.no_http)
        unread_tell(&replay->totals, &replay->source, of_exchanges[replay->options.command]);
    if (replay->any_host && !replay->etags)
        g_printerr("capan: %s: checksums that a host leaves to its network card were told in each part for itself: one "
                   "run may count some as damaged, or as left\n",
                   replay->name);
}

static enum exit_status end(struct replay *replay) {
    const struct capan_finding *findings;
    const size_t count = capan_tally_findings(replay->tally, &findings);
    enum exit_status status = EXIT_FINE;
    replay->source.file = replay->name;
    replay->source.link = *replay->link ? replay->link : NULL;
    replay->source.link_unread = *replay->link_unread ? replay->link_unread : NULL;
    for (size_t i = 0; i < count; i++) {
        if (replay->options.command == COMMAND_FINDINGS) capan_report_finding(replay->report, &findings[i]);
        if (fail_on_holds(&replay->options.fail_on, findings[i].of, findings[i].number, findings[i].severity))
            status = EXIT_FINDINGS;
    }
    tell_given_up(replay);
    if (replay->etags) etags_tell(replay->etags, &replay->options, replay->report, replay->name);
    bool written = true;
    if (replay->summary) {
        capan_summary_origin(replay->summary, replay->origin_ns);
        written = capan_summary_close(replay->summary, &replay->source, &replay->totals, findings, count);
        replay->summary = NULL;
    }
    if (replay->report) written = capan_report_close(replay->report);
    replay->report = NULL;
    return written ? status : output_result(&replay->options, false);
}

static uint64_t random_seed(void) {
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

/* Without what was asked for there is no memory. */
static enum exit_status open_all(struct replay *replay) {
    struct options *options = &replay->options;
    replay->tally = capan_tally_new(&exhausted_alloc);
    if (options->command == COMMAND_SUMMARY) replay->summary = capan_summary_new(stdout, &options->layout);
    if (options->command == COMMAND_ETAGS) replay->etags = etags_new(options, random_seed());
    if (!replay->tally || (options->command == COMMAND_SUMMARY && !replay->summary) ||
        (options->command == COMMAND_ETAGS && !replay->etags))
        return exhausted_tell();
    return rows_open(options, &replay->report);
}

static enum exit_status find_command(struct replay *replay) {
    static const enum command known[] = {COMMAND_SUMMARY, COMMAND_FINDINGS, COMMAND_ETAGS};
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(commands[known[i]].name, replay->files->command) != 0) continue;
        replay->options.command = known[i];
        if (known[i] != COMMAND_SUMMARY || replay->options.format == CAPAN_NDJSON ||
            replay->options.format == CAPAN_TEXT)
            return EXIT_FINE;
        g_printerr("capan: a summary is merged as text\n");
        return EXIT_USAGE;
    }
    rowfile_complain(replay->files, "rows that are not merged");
    return EXIT_INPUT;
}

enum exit_status replay(const struct options *options, struct rowfile *files, size_t count) {
    struct replay *replay = g_new0(struct replay, 1);
    *replay = (struct replay){.options = *options, .files = files, .count = count, .failed = EXIT_INPUT};
    enum exit_status status = find_command(replay);
    if (status == EXIT_FINE) status = open_all(replay);
    if (status == EXIT_FINE) status = tell_lines(replay) && replay->name ? end(replay) : replay->failed;
    if (replay->report) capan_report_discard(replay->report);
    if (replay->summary) capan_summary_discard(replay->summary);
    capan_tally_free(replay->tally);
    capan_etags_free(replay->etags);
    g_free(replay->scratch);
    g_free(replay->name);
    g_free(replay);
    return status;
}
