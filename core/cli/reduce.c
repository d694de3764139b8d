/* SPDX-License-Identifier: MIT */
#include "reduce.h"

#include <errno.h>
#include <glib.h>

#include "exhausted.h"
#include "inputs.h"
#include "output.h"
#include "pcapng.h"
#include "secrets.h"
#include "segscript.h"
#include "share.h"
#include "signals.h"

enum { TIME_S = 60 /* for the trials */ };

struct reducing {
    const struct options *options;
    struct capan_reducer *reducer;
    struct capan_tls_secrets *secrets;
    struct capan_tls_opener tls;
    const char *name;
    gint64 until_us;
    enum capan_result kept; /* the worst */
};

static void keep(struct reducing *reducing, enum capan_result result) {
    if (reducing->kept == CAPAN_OK) reducing->kept = result;
}

static void on_tcp(void *context, const struct capan_packet *packet) {
    struct reducing *reducing = context;
    keep(reducing, capan_reducer_packet(reducing->reducer, packet, false));
}

static void on_icmp(void *context, const struct capan_packet *packet) {
    struct reducing *reducing = context;
    keep(reducing, capan_reducer_packet(reducing->reducer, packet, true));
}

static void on_secrets(void *context, struct capan_span lines) {
    const struct reducing *reducing = context;
    capan_tls_secrets_add(reducing->secrets, lines);
}

static bool is_expired(void *context) {
    const struct reducing *reducing = context;
    return signals_caught() || g_get_monotonic_time() > reducing->until_us;
}

static enum exit_status read_capture(struct reducing *reducing) {
    const struct capan_capture_sink sink = {.tcp = on_tcp, .icmp = on_icmp, .secrets = on_secrets, .context = reducing};
    struct capan_capture *capture;
    enum exit_status status = inputs_open(&capture, reducing->options, NULL);
    enum capan_result result = CAPAN_OK;
    if (!capture) return status;
    while (result == CAPAN_OK && reducing->kept == CAPAN_OK && !signals_caught())
        result = capan_capture_next(capture, &sink);
    if (result == CAPAN_NO_MEMORY || reducing->kept == CAPAN_NO_MEMORY) {
        status = exhausted_tell();
    } else if (reducing->kept != CAPAN_OK) {
        g_printerr("capan: %s: too much to be kept: choose a part by a filter (-f), or keep more by --memory\n",
                   reducing->name);
        status = EXIT_INTERNAL;
    } else if (result != CAPAN_END && result != CAPAN_OK) {
        g_printerr("capan: %s: %s\n", reducing->name, capan_capture_message(capture));
        if (status < EXIT_INPUT) status = EXIT_INPUT;
    }
    capan_capture_close(capture);
    return status;
}

/* --- what is left --- */

static enum exit_status worse(enum exit_status a, enum exit_status b) {
    return a > b ? a : b;
}

static enum exit_status complain(const struct reducing *reducing, const char *why) {
    g_printerr("capan: %s: %s: %s\n", reducing->name, reducing->options->finding, why);
    return EXIT_FINDINGS;
}

static bool write_packets(const struct reducing *reducing, const struct capan_reduced *reduced) {
    const struct capan_packet *packet;
    bool icmp, fine;
    char *comment = g_strdup_printf("capan %s reduce: %s %s, %s, at frame %u (%s); %u of %u packets, anonymised",
                                    capan_version(), capan_cause_lists[reduced->of].field, reduced->token->token,
                                    capan_certainties[reduced->certainty].token, reduced->frame_now,
                                    reduced->token->source, reduced->packets, reduced->packets_before);
    uint32_t at = 0;
    packet = capan_reducer_next(reducing->reducer, &at, &icmp);
    fine = pcapng_begin(stdout, comment, !packet || packet->ethernet ? PCAPNG_ETHERNET : PCAPNG_RAW, "");
    for (at = 0; fine && (packet = capan_reducer_next(reducing->reducer, &at, &icmp));)
        fine = pcapng_packet(stdout, packet, icmp, packet->frame == reduced->frame ? reduced->token->token : "");
    g_free(comment);
    return fine && fflush(stdout) == 0;
}

static bool is_tcp(const struct capan_reduced *reduced) {
    return reduced->of == CAPAN_FINDING_TCP_KIND || reduced->of == CAPAN_FINDING_TCP_FLAG;
}

static enum exit_status write_all(const struct reducing *reducing, FILE *script) {
    struct capan_reduced reduced;
    capan_reducer_result(reducing->reducer, &reduced);
    if (!write_packets(reducing, &reduced)) return output_result(reducing->options, false);
    g_printerr("capan: %s: %u of %u packets give %s at frame %u (was %u), %u trials%s\n", reducing->name,
               reduced.packets, reduced.packets_before, reduced.token->token, reduced.frame_now, reduced.frame,
               reduced.trials, reduced.in_time ? "" : "; time ran out, fewer may do");
    if (!script) return EXIT_FINE;
    if (!is_tcp(&reduced)) return complain(reducing, "no script: it is not of TCP");
    return segscript_write(script, reducing->reducer, &reduced)
               ? EXIT_FINE
               : complain(reducing, "no script: it takes more than one connection's segments");
}

/* Without memory a trial, or a stand-in, may have come to anything. */
static enum exit_status write_smallest(struct reducing *reducing, FILE *script) {
    capan_reducer_narrow(reducing->reducer);
    const bool anonymised = capan_reducer_anonymise(reducing->reducer, (uint64_t)g_random_int() << 32 | g_random_int());
    if (exhausted_ask()) return exhausted_tell();
    if (!anonymised)
        return complain(reducing, "it does not outlive its anonymisation (inside TLS, or octets that matter); "
                                  "nothing is written");
    reducing->until_us = g_get_monotonic_time() + TIME_S * G_USEC_PER_SEC;
    capan_reducer_reduce(reducing->reducer, is_expired, reducing);
    return exhausted_ask() ? exhausted_tell() : write_all(reducing, script);
}

static enum exit_status reduce_capture(struct reducing *reducing, FILE *script) {
    const struct options *options = reducing->options;
    const uint32_t frame = options->frame < 0 ? 0 : (uint32_t)options->frame;
    enum exit_status status = read_capture(reducing);
    if (status > EXIT_INPUT) return status;
    const bool found = capan_reducer_find(reducing->reducer, options->finding, frame);
    if (exhausted_ask()) return exhausted_tell();
    if (!found) return worse(status, complain(reducing, frame ? "not at that frame" : "no such finding"));
    return worse(status, write_smallest(reducing, script));
}

enum exit_status reduce_open(const struct options *options, FILE **script) {
    *script = NULL;
    if (!options->script || (*script = fopen(options->script, "w"))) return EXIT_FINE;
    g_printerr("capan: %s: %s\n", options->script, g_strerror(errno));
    return EXIT_INTERNAL;
}

enum exit_status reduce(const struct options *options, FILE *script) {
    const uint64_t seed = (uint64_t)g_random_int() << 32 | g_random_int();
    char *name = inputs_name(options);
    struct reducing reducing = {.options = options, .name = name};
    reducing.secrets = capan_tls_secrets_new(share_of(options).side, seed, &exhausted_alloc);
    enum exit_status status = reducing.secrets ? secrets_read(reducing.secrets, options->keylog) : exhausted_tell();
    if (status == EXIT_FINE) {
        reducing.tls = capan_tls_opener(reducing.secrets);
        const struct capan_config config = {.memory = share_of(options).engine,
                                            .seed = seed,
                                            .shared_cache = options->shared_cache,
                                            .hpack = &capan_hpack,
                                            .tls = &reducing.tls};
        reducing.reducer = capan_reducer_new(&config, &exhausted_alloc);
        status = reducing.reducer ? reduce_capture(&reducing, script) : exhausted_tell();
    }
    capan_reducer_free(reducing.reducer);
    capan_tls_secrets_free(reducing.secrets);
    if (script && fclose(script) != 0 && status == EXIT_FINE) status = EXIT_INTERNAL;
    g_free(name);
    return status;
}
