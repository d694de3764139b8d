/* SPDX-License-Identifier: MIT */
#include "run.h"

#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contain.h"
#include "database.h"
#include "diff.h"
#include "exhausted.h"
#include "findings.h"
#include "given_up.h"
#include "inputs.h"
#include "merge.h"
#include "objects.h"
#include "output.h"
#include "partial.h"
#include "parts.h"
#include "progress.h"
#include "prove.h"
#include "reduce.h"
#include "rows.h"
#include "run_sinks.h"
#include "secrets.h"
#include "share.h"
#include "signals.h"
#include "split.h"
#include "stitch.h"
#include "stories.h"
#include "timed.h"

static enum exit_status worse(enum exit_status a, enum exit_status b) {
    return a > b ? a : b;
}

/* Relative times count from the first packet; of a part of a split capture, from the first one in all parts. */
static void begin(struct run *run, int64_t origin_ns) {
    if (run->began) return;
    run->began = true;
    if (run->slice->part) origin_ns = run->slice->origin_ns;
    if (run->report) capan_report_origin(run->report, origin_ns);
    if (run->summary) capan_summary_origin(run->summary, origin_ns);
    if (run->objects) objects_origin(run->objects, origin_ns);
    if (run->database->rows) capan_database_origin(run->database->rows, origin_ns);
}

static void on_tcp(void *context, const struct capan_packet *packet) {
    struct run *run = context;
    begin(run, packet->time_ns);
    if (run->story) capan_story_packet(run->story, packet);
    if (run->study && run->study->packet) run->study->packet(run->study, packet, false);
    if (capan_analysis_segment(run->analysis, packet, CAPAN_STREAM_AUTO, NULL) != CAPAN_OK) run->not_analysed = true;
}

static void on_icmp(void *context, const struct capan_packet *packet) {
    struct run *run = context;
    if (run->study && run->study->packet) run->study->packet(run->study, packet, true);
    capan_analysis_icmp(run->analysis, packet);
}

static void on_secrets(void *context, struct capan_span lines) {
    const struct run *run = context;
    capan_tls_secrets_add(run->secrets, lines);
}

static void on_lost(void *context, bool fragments) {
    const struct run *run = context;
    capan_analysis_forgot(run->analysis, fragments ? CAPAN_FORGOT_FRAGMENTS : CAPAN_FORGOT_FRAMES);
}

static const char interrupted[] = "interrupted by a signal";

static enum exit_status tell_interrupted(struct capan_report *report, const char *name) {
    if (report) capan_report_partial(report, interrupted);
    g_printerr("capan: %s: %s; what was read until then is told\n", name, interrupted);
    return signals_caught() == SIGINT ? EXIT_INTERRUPTED : EXIT_TERMINATED;
}

/* Before a read that may wait, what is known is shown. False when nobody can be shown anything any more. */
static bool flush_before_waiting(struct run *run) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    const bool settled = !run->relay || relay_is_settled(run->relay);
    if ((!run->unflushed && settled) || poll(&input, 1, 0) > 0) return true;
    if (!settled) relay_settle(run->relay);
    run->unflushed = false;
    return !run->report || capan_report_flush(run->report);
}

/* All rows that were asked for are written, and nothing else is to be found out. */
static bool is_enough(const struct run *run) {
    return run->report && run->options->limit && !run->options->fail_on.any && capan_report_is_full(run->report);
}

static enum capan_result read_all(struct run *run, struct capan_capture *capture) {
    const struct capan_capture_sink sink = {
        .tcp = on_tcp, .icmp = on_icmp, .secrets = on_secrets, .lost = on_lost, .context = run};
    struct progress progress;
    bool live = inputs_live(run->options->files);
    enum capan_result result;
    progress_begin(&progress, run->name, capture, run->report && isatty(STDOUT_FILENO));
    do {
        if (live && !flush_before_waiting(run))
            result = CAPAN_END;
        else
            result = capan_capture_next(capture, &sink);
        progress_step(&progress);
    } while (result == CAPAN_OK && !signals_caught() && !is_enough(run));
    progress_end(&progress);
    return result == CAPAN_OK && is_enough(run) ? CAPAN_END : result;
}

static enum exit_status report_findings(struct run *run, const struct capan_finding *findings, size_t count) {
    enum exit_status status = EXIT_FINE;
    for (size_t i = 0; i < count; i++) {
        if (run->options->command == COMMAND_FINDINGS && run->report) capan_report_finding(run->report, &findings[i]);
        if (run->database->rows) capan_database_finding(run->database->rows, &findings[i]);
        if (fail_on_holds(&run->options->fail_on, findings[i].of, findings[i].number, findings[i].severity))
            status = EXIT_FINDINGS;
    }
    return status;
}

static void on_stream(void *context, uint32_t stream, uint32_t frame) {
    (void)stream; /* they are numbered from 0 */
    partial_stream(((struct run *)context)->partial, frame);
}

static struct capan_source source_of(const struct run *run, const struct capan_capture *capture) {
    struct capan_capture_totals read;
    capan_capture_count(capture, &read);
    return (struct capan_source){.file = run->name,
                                 .files = run->options->files,
                                 .link = capan_capture_link(capture),
                                 .frames = read.frames,
                                 .octets = read.octets,
                                 .snapped = read.snapped,
                                 .fragments_lost = read.fragments_lost,
                                 .undecoded = read.undecoded,
                                 .dropped = read.dropped,
                                 .passed = read.passed,
                                 .unlinked = read.unlinked,
                                 .link_unread = capan_capture_link_unread(capture),
                                 .udp = read.udp,
                                 .quic = read.quic,
                                 .secrets = capan_tls_secrets_any(run->secrets),
                                 .partial = signals_caught() ? interrupted : NULL};
}

/* What is written for people at a capture's end. */
static enum exit_status close_texts(struct run *run, const struct capan_source *source,
                                    const struct capan_totals *totals, const struct capan_finding *findings,
                                    size_t count) {
    bool written = true;
    if (run->summary) written = capan_summary_close(run->summary, source, totals, findings, count);
    if (run->story) written = stories_close(run->story, run->options, source, totals, findings, count);
    return output_result(run->options, written);
}

/* A capture of which no packet could be decoded was not read. */
static enum exit_status decoding_status(const struct run *run, const struct capan_capture *capture) {
    struct capan_capture_totals read;
    capan_capture_count(capture, &read);
    if (!read.undecoded || read.undecoded < read.frames - read.passed) return EXIT_FINE;
    if (!read.unlinked)
        g_printerr("capan: %s: none of its packets can be decoded\n", run->name);
    else
        g_printerr("capan: %s: link type %s is not decoded\n", run->name, capan_capture_link_unread(capture));
    return EXIT_INPUT;
}

/* Whether all of the capture was read and analysed. */
static enum exit_status reading_status(const struct run *run, struct capan_capture *capture, enum capan_result result) {
    if (exhausted_ask() || run->not_analysed || result == CAPAN_NO_MEMORY) {
        if (run->report) capan_report_partial(run->report, capan_result_text(CAPAN_NO_MEMORY));
        fprintf(stderr, "capan: %s: %s; not everything was analysed\n", run->name, capan_result_text(CAPAN_NO_MEMORY));
        return EXIT_INTERNAL;
    }
    if (signals_caught()) return tell_interrupted(run->report, run->name);
    if (result == CAPAN_END) return decoding_status(run, capture);
    g_printerr("capan: %s: %s\n", run->name, capan_capture_message(capture));
    return EXIT_INPUT;
}

/* Where an answer lacks what may be in octets that were not read; the summary says so itself. */
static void tell_unread(const struct run *run, const struct capan_totals *totals, const struct capan_source *source) {
    static const bool of_exchanges[] = {
        [COMMAND_EXCHANGES] = true, [COMMAND_PAGES] = true, [COMMAND_HAR] = true,      [COMMAND_OBJECTS] = true,
        [COMMAND_WHATIF] = true,    [COMMAND_ETAGS] = true, [COMMAND_DATABASE] = true,
    };
    const enum command command = run->options->command;
    if (run->summary || run->options->no_http || command == COMMAND_SEGMENTS || command == COMMAND_CONNECTIONS) return;
    unread_tell(totals, source, of_exchanges[command]);
}

/* A database remembers of a capture that it was not read to its end. */
static enum exit_status store_capture(struct run *run, const struct capan_capture *capture, enum capan_result result,
                                      struct capan_source source) {
    if (!source.partial && result == CAPAN_NO_MEMORY) source.partial = capan_result_text(result);
    if (!source.partial && result != CAPAN_END) source.partial = capan_capture_message(capture);
    return database_end(run->options, run->database, &source);
}

static void end_relay(struct run *run) {
    if (!relay_free(run->relay)) run->not_analysed = true;
    run->relay = NULL;
}

/* What comes behind a part's rows: its pages of an archive; what its totals add to. */
static enum exit_status end_part(struct run *run, const struct capan_totals *totals, const struct capan_source *source,
                                 const struct capan_finding *findings, size_t count) {
    struct capan_archived page;
    if (!run->extractor) return EXIT_FINE;
    bool fine = !run->report || capan_report_flush(run->report);
    for (uint64_t i = 1; run->report && i <= CAPAN_ARCHIVED_PAGES; i++)
        if (capan_report_archived(run->report, i, &page)) capan_extractor_page(run->extractor, &page);
    for (size_t i = 0; i < count && parts_are_extracts(run->options->command); i++)
        if (findings[i].host.version) capan_extractor_host(run->extractor, &findings[i]);
    if (parts_are_extracts(run->options->command))
        capan_extractor_totals(run->extractor, totals, source, run->slice->origin_ns);
    fine = capan_extractor_close(run->extractor) && fine;
    run->extractor = NULL;
    return output_result(run->options, fine);
}

static enum exit_status finish(struct run *run, struct capan_capture *capture, enum capan_result result) {
    capan_analysis_finish(run->analysis);
    end_relay(run);
    const struct capan_finding *findings;
    size_t count = capan_analysis_findings(run->analysis, &findings);
    enum exit_status status = run->options->by == BY_PLACE ? EXIT_FINE : report_findings(run, findings, count);
    const struct capan_source source = source_of(run, capture);
    struct capan_totals totals;
    capan_analysis_totals(run->analysis, &totals);
    given_up_tell(&(struct given_up){.totals = &totals,
                                     .source = &source,
                                     .story_cut = run->story && capan_story_cut(run->story),
                                     .unwritten = run->objects ? objects_end(run->objects) : 0});
    secrets_tell_cut(run->secrets, run->name);
    secrets_tell(run->secrets, &totals, run->options->keylog, run->name);
    tell_unread(run, &totals, &source);
    status = worse(status, close_texts(run, &source, &totals, findings, count));
    if (run->study) run->study->frames = source.frames;
    status = worse(status, store_capture(run, capture, result, source));
    if (run->study) status = worse(status, run->study->end(run->study, run->report, run->name));
    if (run->report) capan_report_flush(run->report);
    status = worse(status, end_part(run, &totals, &source, findings, count));
    if (run->profile) timed_tell(run->profile, source.frames);
    status = worse(status, reading_status(run, capture, result));
    if (run->partial && status <= EXIT_FINDINGS) partial_end(run->partial, &totals, source.frames);
    return status;
}

static bool begin_texts(struct run *run) {
    const struct options *options = run->options;
    if (stories_wanted(options)) return (run->story = stories_open(options, share_of(options).keeper)) != NULL;
    if (options->quiet || options->command != COMMAND_SUMMARY || run->extractor) return true;
    return (run->summary = capan_summary_new(stdout, &options->layout)) != NULL;
}

static uint64_t random_seed(void) {
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

static bool wants_statistics(const struct options *options) {
    return options->command == COMMAND_DATABASE || (options->command == COMMAND_CONNECTIONS && !options->quiet);
}

static bool make_engine(struct run *run) {
    const struct options *options = run->options;
    if (!begin_texts(run)) return false;
    const struct capan_sink sink = run_sink(run);
    run->tls = capan_tls_opener(run->secrets);
    const struct capan_config config = {.memory = share_of(options).engine,
                                        .seed = run->slice->part ? run->slice->id : random_seed(),
                                        .shared_cache = options->shared_cache,
                                        .no_http = options->no_http,
                                        .responses = options->command == COMMAND_HAR,
                                        .statistics = wants_statistics(options),
                                        .hpack = &capan_hpack,
                                        .tls = &run->tls,
                                        .profile = run->profile,
                                        .stream = run->partial ? on_stream : NULL,
                                        .page = run_page(run),
                                        .content = run_content(run),
                                        .notes = run->relay ? relay_notes(run->relay) : (struct capan_notes){0}};
    run->analysis = capan_analysis_new(&config, &sink, &exhausted_alloc);
    if (run->relay) relay_hears(run->relay, run->analysis);
    return run->analysis;
}

static enum exit_status open_study(struct run *run) {
    const struct options *options = run->options;
    enum exit_status status = EXIT_FINE;
    if (options->by == BY_PLACE) run->study = findings_open(options, random_seed(), &status);
    if (options->command == COMMAND_AUDIT) run->study = audit_open(options, &status);
    if (options->quiet || options->command == COMMAND_AUDIT) return run->study ? EXIT_FINE : status;
    if (options->command == COMMAND_WHATIF) run->study = whatif_open(options, random_seed(), &status);
    if (options->command == COMMAND_ETAGS) run->study = etags_open(options, random_seed(), &status);
    return run->study ? EXIT_FINE : status;
}

static enum exit_status analyse(struct run *run, struct capan_capture *capture) {
    run->secrets = capan_tls_secrets_new(share_of(run->options).side, random_seed(), &exhausted_alloc);
    enum exit_status status = run->secrets ? secrets_read(run->secrets, run->options->keylog) : exhausted_tell();
    if (status == EXIT_FINE) status = open_study(run);
    if (status == EXIT_FINE && run->partial) run->extractor = capan_extractor_new(stdout);
    if (run->partial && !run->extractor) status = worse(status, exhausted_tell());
    if (run->study) run->study->extractor = run->extractor;
    if (status == EXIT_FINE)
        status = make_engine(run) ? finish(run, capture, read_all(run, capture)) : exhausted_tell();
    end_relay(run);
    capan_analysis_free(run->analysis);
    run_sink_end(run);
    capan_extractor_close(run->extractor);
    capan_tls_secrets_free(run->secrets);
    if (run->study) run->study->close(run->study);
    return status;
}

/* The report keeps the name. */
static enum exit_status run_capture(const struct options *options, struct capan_report *report, struct objects *objects,
                                    struct database *database, const char *name) {
    struct run run = {.options = options, .report = report, .objects = objects, .database = database, .name = name};
    struct capan_profile profile = timed_begin();
    struct capan_capture *capture;
    run.profile = options->profile ? &profile : NULL;
    enum exit_status status = inputs_open(&capture, options, run.profile);
    if (capture) run.slice = capan_capture_slice(capture);
    if (capture) run.threads = inputs_share(options, capture, run_is_relayed(options));
    if (capture) status = worse(status, inputs_whole(capture, name));
    if (capture) database_tell_part(options, run.slice, name);
    const bool whole = capture && (!run.slice->part || run.slice->whole);
    if (whole && options->partial && !(run.partial = partial_begin(run.slice, commands[options->command].name, name)))
        status = EXIT_INPUT;
    else if (whole)
        status = worse(status, analyse(&run, capture));
    else if (signals_caught())
        status = worse(status, tell_interrupted(report, name));
    partial_free(run.partial);
    capan_capture_close(capture);
    return status;
}

/* Behind what its own capture makes of a frame: whether it came to the other place, and what that makes of it. */
static enum exit_status tell_twin(const struct options *options) {
    char *files[] = {options->files[0], options->twin, NULL};
    struct options pair = *options;
    struct capan_report *report;
    pair.command = COMMAND_STITCH;
    pair.files = files;
    enum exit_status status = rows_open(&pair, &report);
    if (status != EXIT_FINE) return status;
    status = stitch_files(&pair, report, random_seed());
    return report ? worse(status, output_result(options, capan_report_close(report))) : status;
}

enum exit_status run(const struct options *options) {
    if (options->command == COMMAND_SPLIT) return split_files(options);
    if (options->command == COMMAND_MERGE) return merge_files(options);
    struct capan_report *report;
    enum exit_status status = rows_open(options, &report);
    if (status != EXIT_FINE) return status;
    struct objects *objects = options->command == COMMAND_OBJECTS ? objects_open(options, report) : NULL;
    if (options->command == COMMAND_OBJECTS && !objects) {
        if (report) capan_report_discard(report);
        return EXIT_INTERNAL;
    }
    FILE *script;
    status = output_open(options);
    struct database database = {.folder = -1};
    if (status == EXIT_FINE) status = reduce_open(options, &script);
    if (status == EXIT_FINE) status = database_open(options, &database);
    if (objects && !rows_choose(objects_index(objects), options->wheres)) status = EXIT_USAGE;
    if (status != EXIT_FINE) {
        if (objects) objects_close(objects);
        if (report) capan_report_discard(report);
        return status;
    }
    char *name = inputs_name(options);
    contain(options, objects ? objects_folder(objects) : database.folder);
    if (options->command == COMMAND_PROVE)
        status = prove(options, report);
    else if (options->command == COMMAND_DIFF)
        status = diff_files(options, report, random_seed());
    else if (options->command == COMMAND_STITCH)
        status = stitch_files(options, report, random_seed());
    else if (options->command == COMMAND_REDUCE)
        status = reduce(options, script);
    else if (options->command == COMMAND_SQL)
        status = database_ask(options);
    else
        status = run_capture(options, report, objects, &database, name);
    if (options->twin) status = worse(status, tell_twin(options));
    database_close(&database);
    if (objects && !objects_close(objects)) status = EXIT_INTERNAL;
    if (report) rows_tell_left_out(report);
    if (report) status = worse(status, output_result(options, capan_report_close(report)));
    g_free(name);
    return status;
}
