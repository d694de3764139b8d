/* SPDX-License-Identifier: MIT */
#include "diff.h"

#include <glib.h>
#include <signal.h>
#include <string.h>

#include "exhausted.h"
#include "inputs.h"
#include "secrets.h"
#include "share.h"
#include "signals.h"

/* One of the two captures on its way. */
struct reading {
    const struct options *options;
    struct capan_diff *diff;
    enum capan_diff_side side;
    struct capan_analysis *analysis;
    struct capan_tls_secrets *secrets;
    const char *name;
    bool out_of_memory;
};

static enum exit_status worse(enum exit_status a, enum exit_status b) {
    return a > b ? a : b;
}

static void on_exchange(void *context, const struct capan_exchange *exchange) {
    const struct reading *reading = context;
    capan_diff_exchange(reading->diff, reading->side, exchange);
}

static void on_connection(void *context, const struct capan_connection *connection) {
    const struct reading *reading = context;
    capan_diff_connection(reading->diff, reading->side, connection);
}

static void on_tcp(void *context, const struct capan_packet *packet) {
    struct reading *reading = context;
    if (capan_analysis_segment(reading->analysis, packet, CAPAN_STREAM_AUTO, NULL) != CAPAN_OK)
        reading->out_of_memory = true;
}

static void on_icmp(void *context, const struct capan_packet *packet) {
    capan_analysis_icmp(((struct reading *)context)->analysis, packet);
}

static void on_secrets(void *context, struct capan_span lines) {
    const struct reading *reading = context;
    capan_tls_secrets_add(reading->secrets, lines);
}

static enum exit_status read_all(struct reading *reading, struct capan_capture *capture) {
    const struct capan_capture_sink sink = {.tcp = on_tcp, .icmp = on_icmp, .secrets = on_secrets, .context = reading};
    enum capan_result result;
    do result = capan_capture_next(capture, &sink);
    while (result == CAPAN_OK && !signals_caught());
    capan_analysis_finish(reading->analysis);
    if (signals_caught()) {
        g_printerr("capan: %s: interrupted by a signal; nothing is compared\n", reading->name);
        return signals_caught() == SIGINT ? EXIT_INTERRUPTED : EXIT_TERMINATED;
    }
    if (reading->out_of_memory || result == CAPAN_NO_MEMORY || exhausted_ask()) return exhausted_tell();
    if (result == CAPAN_END) return EXIT_FINE;
    g_printerr("capan: %s: %s\n", reading->name, capan_capture_message(capture));
    return EXIT_INPUT;
}

static enum exit_status analyse(struct reading *reading, struct capan_capture *capture, uint64_t seed) {
    const struct capan_sink sink = {.exchange = on_exchange, .connection = on_connection, .context = reading};
    reading->secrets = capan_tls_secrets_new(share_of(reading->options).side, seed, &exhausted_alloc);
    if (!reading->secrets) return exhausted_tell();
    enum exit_status status = secrets_read(reading->secrets, reading->options->keylog);
    struct capan_tls_opener tls = capan_tls_opener(reading->secrets);
    const struct capan_config config = {.memory = share_of(reading->options).engine,
                                        .seed = seed,
                                        .shared_cache = reading->options->shared_cache,
                                        .no_http = reading->options->no_http,
                                        .hpack = &capan_hpack,
                                        .tls = &tls};
    if (status == EXIT_FINE) {
        reading->analysis = capan_analysis_new(&config, &sink, &exhausted_alloc);
        status = reading->analysis ? read_all(reading, capture) : exhausted_tell();
        secrets_tell_cut(reading->secrets, reading->name);
        capan_analysis_free(reading->analysis);
    }
    capan_tls_secrets_free(reading->secrets);
    return status;
}

static enum exit_status read_file(const struct options *options, struct capan_diff *diff, enum capan_diff_side side,
                                  uint64_t seed) {
    const char *file = options->files[side];
    struct reading reading = {
        .options = options, .diff = diff, .side = side, .name = strcmp(file, "-") == 0 ? "standard input" : file};
    const struct capan_capture_config config = {.filter = options->filter, .stop = signals_stop()};
    struct capan_capture *capture;
    char message[256];
    const enum capan_result result = capan_capture_open(&capture, file, &config, message);
    if (result != CAPAN_OK) {
        g_printerr("capan: %s: %s\n", reading.name, message);
        return result == CAPAN_USAGE ? EXIT_USAGE : result == CAPAN_NO_MEMORY ? EXIT_INTERNAL : EXIT_INPUT;
    }
    inputs_share(options, capture, false);
    const enum exit_status status = analyse(&reading, capture, seed);
    capan_capture_close(capture);
    return status;
}

static enum exit_status write_rows(const struct options *options, struct capan_diff *diff,
                                   struct capan_report *report) {
    const struct capan_diff_row *rows;
    size_t count;
    if (capan_diff_rows(diff, &rows, &count) != CAPAN_OK) return exhausted_tell();
    for (size_t i = 0; report && i < count; i++) capan_report_diff(report, &rows[i]);
    if (report) capan_report_flush(report);
    if (report && !count && options->format == CAPAN_TEXT) puts("Nothing differs by more than chance.");
    if (capan_diff_left_out(diff))
        g_printerr("capan: given up: %" G_GUINT64_FORMAT " exchanges or connections (more with --memory)\n",
                   capan_diff_left_out(diff));
    return count ? EXIT_FINDINGS : EXIT_FINE;
}

enum exit_status diff_files(const struct options *options, struct capan_report *report, uint64_t seed) {
    if (!options->files[1] || options->files[2]) {
        g_printerr("capan: diff takes two captures, before and after; try 'capan diff --help'\n");
        return EXIT_USAGE;
    }
    const struct capan_diff_config config = {.memory = share_of(options).keeper, .seed = seed};
    struct capan_diff *diff = capan_diff_new(&config, &exhausted_alloc);
    if (!diff) return exhausted_tell();
    enum exit_status status = read_file(options, diff, CAPAN_DIFF_BEFORE, seed);
    if (status == EXIT_FINE || status == EXIT_INPUT)
        status = worse(status, read_file(options, diff, CAPAN_DIFF_AFTER, seed));
    if (status == EXIT_FINE || status == EXIT_INPUT) status = worse(status, write_rows(options, diff, report));
    capan_diff_free(diff);
    return status;
}
