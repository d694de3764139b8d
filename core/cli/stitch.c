/* SPDX-License-Identifier: MIT */
#include "stitch.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

#include "exhausted.h"
#include "inputs.h"
#include "share.h"
#include "signals.h"
#include "twins.h"

/* Two captures on their way; or one, and then the other is not there. */
struct pair {
    const struct options *options;
    struct capan_report *report;
    struct capan_stitch_note *note; /* NULL: rows are printed */
    struct capan_stitch *stitch;
    struct capan_capture *capture[CAPAN_STITCH_SIDES];
    const char *name[CAPAN_STITCH_SIDES];
    struct twins twins; /* of the frame that is asked for */
    uint32_t hop;       /* 0: there are no others */
    enum exit_status status;
    bool began, out_of_memory;
};

static enum exit_status worse(enum exit_status a, enum exit_status b) {
    return a > b ? a : b;
}

static bool is_wanted(const struct options *options, const struct capan_stitch_row *row) {
    const struct capan_stitch_connection *connection = row->connection;
    const bool tcp = connection && connection->protocol == CAPAN_STITCH_TCP;
    if (options->stream >= 0 && connection && (!tcp || !connection->in_a || options->stream != connection->stream_a))
        return false;
    if (options->frame < 0 || options->frame == row->a_frame) return true;
    return !options->twin && options->frame == row->b_frame;
}

/* People who ask for a frame are told what either capture makes of it. */
static bool tells_twins(const struct options *options) {
    return options->format == CAPAN_TEXT && options->frame >= 0 && !options->columns;
}

static void on_row(void *context, const struct capan_stitch_row *row) {
    struct pair *pair = context;
    struct capan_stitch_row numbered = *row;
    numbered.hop = pair->hop;
    const bool drawn = pair->options->html && pair->options->stream >= 0;
    if (pair->note && (!drawn || is_wanted(pair->options, row))) capan_stitch_note_row(pair->note, row);
    if (pair->note || !pair->report || !is_wanted(pair->options, row)) return;
    capan_report_stitch(pair->report, &numbered);
    if (tells_twins(pair->options)) twins_note(&pair->twins, row);
}

static void begin(struct pair *pair, const struct capan_packet *packet) {
    if (!pair->began && pair->report) capan_report_origin(pair->report, packet->time_ns);
    pair->began = true;
}

static void take(struct pair *pair, enum capan_stitch_side side, const struct capan_packet *packet) {
    begin(pair, packet);
    if (capan_stitch_packet(pair->stitch, side, packet) != CAPAN_OK) pair->out_of_memory = true;
}

static void on_tcp_a(void *context, const struct capan_packet *packet) {
    take(context, CAPAN_STITCH_A, packet);
}

static void on_tcp_b(void *context, const struct capan_packet *packet) {
    take(context, CAPAN_STITCH_B, packet);
}

static void on_tcp_self(void *context, const struct capan_packet *packet) {
    struct pair *pair = context;
    begin(pair, packet);
    if (capan_stitch_self(pair->stitch, packet) != CAPAN_OK) pair->out_of_memory = true;
}

static void take_datagram(struct pair *pair, enum capan_stitch_side side, const struct capan_packet *packet,
                          enum capan_stitch_protocol protocol) {
    const bool self = !pair->capture[CAPAN_STITCH_B];
    begin(pair, packet);
    if ((self ? capan_stitch_self_datagram(pair->stitch, packet, protocol)
              : capan_stitch_datagram(pair->stitch, side, packet, protocol)) != CAPAN_OK)
        pair->out_of_memory = true;
}

static void on_udp_a(void *context, const struct capan_packet *packet) {
    take_datagram(context, CAPAN_STITCH_A, packet, CAPAN_STITCH_UDP);
}

static void on_udp_b(void *context, const struct capan_packet *packet) {
    take_datagram(context, CAPAN_STITCH_B, packet, CAPAN_STITCH_UDP);
}

static void take_icmp(struct pair *pair, enum capan_stitch_side side, const struct capan_packet *packet) {
    capan_stitch_icmp(pair->stitch, side, packet);
    take_datagram(pair, side, packet, CAPAN_STITCH_ICMP);
}

static void on_icmp_a(void *context, const struct capan_packet *packet) {
    take_icmp(context, CAPAN_STITCH_A, packet);
}

static void on_icmp_b(void *context, const struct capan_packet *packet) {
    take_icmp(context, CAPAN_STITCH_B, packet);
}

static bool open_capture(struct pair *pair, enum capan_stitch_side side, const char *file) {
    char message[256];
    pair->name[side] = strcmp(file, "-") == 0 ? "standard input" : file;
    const struct capan_capture_config config = {
        .filter = pair->options->filter, .stop = signals_stop(), .datagrams = true};
    const enum capan_result result = capan_capture_open(&pair->capture[side], file, &config, message);
    if (result == CAPAN_OK) inputs_share(pair->options, pair->capture[side], false);
    if (result == CAPAN_OK) return true;
    pair->capture[side] = NULL;
    g_printerr("capan: %s: %s\n", pair->name[side], message);
    pair->status = result == CAPAN_USAGE ? EXIT_USAGE : result == CAPAN_NO_MEMORY ? EXIT_INTERNAL : EXIT_INPUT;
    return false;
}

static void end_capture(struct pair *pair, enum capan_stitch_side side, enum capan_result result) {
    capan_stitch_end(pair->stitch, side);
    if (result == CAPAN_END) return;
    g_printerr("capan: %s: %s\n", pair->name[side], capan_capture_message(pair->capture[side]));
    pair->status = worse(pair->status, result == CAPAN_NO_MEMORY ? EXIT_INTERNAL : EXIT_INPUT);
}

static void read_both(struct pair *pair) {
    const struct capan_capture_sink sinks[CAPAN_STITCH_SIDES] = {
        {.tcp = pair->capture[CAPAN_STITCH_B] ? on_tcp_a : on_tcp_self,
         .icmp = on_icmp_a,
         .udp = on_udp_a,
         .context = pair},
        {.tcp = on_tcp_b, .icmp = on_icmp_b, .udp = on_udp_b, .context = pair}};
    bool open[CAPAN_STITCH_SIDES] = {true, pair->capture[CAPAN_STITCH_B] != NULL};
    while ((open[CAPAN_STITCH_A] || open[CAPAN_STITCH_B]) && !signals_caught()) {
        enum capan_stitch_side side = capan_stitch_next(pair->stitch);
        if (!open[side]) side = side == CAPAN_STITCH_A ? CAPAN_STITCH_B : CAPAN_STITCH_A;
        const enum capan_result result = capan_capture_next(pair->capture[side], &sinks[side]);
        if (result == CAPAN_OK) continue;
        open[side] = false;
        end_capture(pair, side, result);
    }
}

static void tell_reading(struct pair *pair) {
    struct capan_stitch_totals totals;
    capan_stitch_count(pair->stitch, &totals);
    if (totals.given_up)
        g_printerr("capan: given up: %" G_GUINT64_FORMAT " packets or connections were decided early, for memory\n",
                   totals.given_up);
    if (exhausted_ask() || pair->out_of_memory) {
        if (pair->report) capan_report_partial(pair->report, capan_result_text(CAPAN_NO_MEMORY));
        fprintf(stderr, "capan: %s; not everything was held against each other\n", capan_result_text(CAPAN_NO_MEMORY));
        pair->status = EXIT_INTERNAL;
    } else if (signals_caught()) {
        g_printerr("capan: interrupted by a signal; what was read until then is told\n");
        pair->status = signals_caught() == SIGINT ? EXIT_INTERRUPTED : EXIT_TERMINATED;
    }
}

/* What is written for people, at the end. */
static void close_note(struct pair *pair) {
    struct capan_stitch_totals totals;
    capan_stitch_count(pair->stitch, &totals);
    const bool self = !pair->capture[CAPAN_STITCH_B];
    if (capan_stitch_note_close(pair->note, pair->name[0], self ? NULL : pair->name[1], &totals)) return;
    if (errno == ENOMEM) {
        pair->status = exhausted_tell();
    } else {
        g_printerr("capan: standard output: %s\n", g_strerror(errno));
        pair->status = EXIT_INTERNAL;
    }
}

/* People are told what all comes to, unless they ask for rows. */
static bool wants_note(const struct options *options) {
    return options->format == CAPAN_TEXT && !options->wheres && options->frame < 0 && !options->quiet;
}

static void stitch(struct pair *pair, uint64_t seed) {
    const struct capan_stitch_config config = {
        .memory = share_of(pair->options).keeper, .seed = seed, .row = on_row, .context = pair};
    pair->stitch = capan_stitch_new(&config, &exhausted_alloc);
    if (wants_note(pair->options)) pair->note = capan_stitch_note_new(stdout, &pair->options->layout);
    if (pair->note && pair->options->html) capan_stitch_note_draws(pair->note);
    if (!pair->stitch || (wants_note(pair->options) && !pair->note)) {
        pair->status = exhausted_tell();
        return;
    }
    read_both(pair);
    capan_stitch_finish(pair->stitch);
    tell_reading(pair);
    if (pair->report) capan_report_flush(pair->report);
    if (pair->note) close_note(pair);
}

/* b: NULL when a is stitched with itself. */
static enum exit_status stitch_pair(const struct options *options, struct capan_report *report, const char *a,
                                    const char *b, uint32_t hop, uint64_t seed) {
    struct pair pair = {.options = options, .report = report, .hop = hop, .status = EXIT_FINE};
    if (open_capture(&pair, CAPAN_STITCH_A, a) && (!b || open_capture(&pair, CAPAN_STITCH_B, b))) stitch(&pair, seed);
    capan_stitch_free(pair.stitch);
    for (int i = 0; i < CAPAN_STITCH_SIDES; i++)
        if (pair.capture[i]) capan_capture_close(pair.capture[i]);
    const char *const files[CAPAN_STITCH_SIDES] = {a, b ? b : a};
    if (report && pair.status < EXIT_INTERNAL)
        pair.status = worse(pair.status, twins_tell(&pair.twins, options, report, files));
    return pair.status;
}

enum exit_status stitch_files(const struct options *options, struct capan_report *report, uint64_t seed) {
    char **files = options->files;
    enum exit_status status = EXIT_FINE;
    if (options->html && files[1] && files[2]) {
        g_printerr("capan: a page is of two captures; try 'capan stitch --help'\n");
        return EXIT_USAGE;
    }
    if (!files[1]) return stitch_pair(options, report, files[0], NULL, 0, seed);
    for (uint32_t i = 0; files[i + 1] && !signals_caught(); i++)
        status = worse(status, stitch_pair(options, report, files[i], files[i + 1], files[2] ? i + 1 : 0, seed));
    return status;
}
