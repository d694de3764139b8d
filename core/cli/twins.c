/* SPDX-License-Identifier: MIT */
#include "twins.h"

#include <glib.h>
#include <string.h>

#include "exhausted.h"
#include "share.h"
#include "signals.h"

static bool has(const struct twins *twins, int side, uint32_t frame) {
    for (size_t i = 0; i < twins->count[side]; i++)
        if (twins->frames[side][i] == frame) return true;
    return false;
}

static void add(struct twins *twins, int side, uint32_t frame) {
    if (!frame || twins->count[side] == TWINS_MAX || has(twins, side, frame)) return;
    twins->frames[side][twins->count[side]++] = frame;
}

void twins_note(struct twins *twins, const struct capan_stitch_row *row) {
    add(twins, CAPAN_STITCH_A, row->a_frame);
    add(twins, CAPAN_STITCH_B, row->b_frame ? row->b_frame : row->damaged_frame);
}

/* One capture on its second way. */
struct rereading {
    const struct twins *twins;
    struct capan_report *report;
    struct capan_analysis *analysis;
    const char *file;
    int side;
    size_t left; /* frames that have had no verdict yet */
    bool out_of_memory;
};

static void on_segment(void *context, const struct capan_segment *segment, const uint32_t *acks,
                       const struct capan_connection *connection) {
    struct rereading *rereading = context;
    (void)acks, (void)connection;
    if (!rereading->left || !has(rereading->twins, rereading->side, segment->frame)) return;
    capan_report_sighted(rereading->report, (enum capan_stitch_side)rereading->side, rereading->file, segment);
    rereading->left--;
}

static void on_tcp(void *context, const struct capan_packet *packet) {
    struct rereading *rereading = context;
    uint64_t serial;
    if (capan_analysis_segment(rereading->analysis, packet, CAPAN_STREAM_AUTO, &serial) != CAPAN_OK)
        rereading->out_of_memory = true;
}

static void on_icmp(void *context, const struct capan_packet *packet) {
    capan_analysis_icmp(((struct rereading *)context)->analysis, packet);
}

static enum exit_status reread(struct rereading *rereading, const struct options *options) {
    const struct capan_capture_config config = {.filter = options->filter, .stop = signals_stop()};
    const struct capan_capture_sink sink = {.tcp = on_tcp, .icmp = on_icmp, .context = rereading};
    struct capan_capture *capture;
    char message[256];
    const enum capan_result result = capan_capture_open(&capture, rereading->file, &config, message);
    if (result != CAPAN_OK) {
        g_printerr("capan: %s: %s\n", rereading->file, message);
        return result == CAPAN_NO_MEMORY ? EXIT_INTERNAL : EXIT_INPUT;
    }
    while (rereading->left && !signals_caught() && capan_capture_next(capture, &sink) == CAPAN_OK) {
    }
    capan_analysis_finish(rereading->analysis);
    capan_capture_close(capture);
    return rereading->out_of_memory || exhausted_ask() ? exhausted_tell() : EXIT_FINE;
}

static enum exit_status tell_side(struct rereading *rereading, const struct options *options, uint64_t seed) {
    const struct capan_config config = {.memory = share_of(options).engine, .seed = seed, .no_http = true};
    const struct capan_sink sink = {.segment = on_segment, .context = rereading};
    rereading->analysis = capan_analysis_new(&config, &sink, &exhausted_alloc);
    const enum exit_status status = rereading->analysis ? reread(rereading, options) : exhausted_tell();
    capan_analysis_free(rereading->analysis);
    return status;
}

enum exit_status twins_tell(const struct twins *twins, const struct options *options, struct capan_report *report,
                            const char *const files[CAPAN_STITCH_SIDES]) {
    enum exit_status status = EXIT_FINE;
    for (int side = 0; side < CAPAN_STITCH_SIDES; side++) {
        struct rereading rereading = {
            .twins = twins, .report = report, .file = files[side], .side = side, .left = twins->count[side]};
        if (!rereading.left) continue;
        if (strcmp(files[side], "-") == 0) {
            g_printerr("capan: standard input cannot be read again for its verdict\n");
            continue;
        }
        const enum exit_status told = tell_side(&rereading, options, (uint64_t)g_random_int() << 32 | g_random_int());
        if (told > status) status = told;
    }
    return status;
}
