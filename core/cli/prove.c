/* SPDX-License-Identifier: MIT */
#include "prove.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "exhausted.h"
#include "lines.h"
#include "share.h"
#include "signals.h"

struct proving {
    const struct options *options;
    struct capan_report *report;
    struct capan_prover *prover;
    uint64_t proofs, wrong, read, unread, damaged;
    enum capan_result kept;   /* CAPAN_UNSUPPORTED: packets are too many, CAPAN_NO_MEMORY likewise */
    GHashTable *unread_names; /* how often each was taken as it stands */
};

static void on_tcp(void *context, const struct capan_packet *packet) {
    struct proving *proving = context;
    if (proving->kept == CAPAN_OK) proving->kept = capan_prover_packet(proving->prover, packet);
}

static void on_icmp(void *context, const struct capan_packet *packet) {
    struct proving *proving = context;
    if (proving->kept == CAPAN_OK) proving->kept = capan_prover_icmp(proving->prover, packet);
}

static enum exit_status read_capture(struct proving *proving, const char *file) {
    const struct capan_capture_config config = {.stop = signals_stop()};
    const struct capan_capture_sink sink = {.tcp = on_tcp, .icmp = on_icmp, .context = proving};
    struct capan_capture *capture;
    char message[256];
    enum exit_status status = EXIT_FINE;
    enum capan_result result = capan_capture_open(&capture, file, &config, message);
    if (result != CAPAN_OK) {
        g_printerr("capan: %s: %s\n", file, message);
        return result == CAPAN_NO_MEMORY ? EXIT_INTERNAL : EXIT_INPUT;
    }
    do result = capan_capture_next(capture, &sink);
    while (result == CAPAN_OK && proving->kept == CAPAN_OK && !signals_caught());
    if (result == CAPAN_NO_MEMORY || proving->kept == CAPAN_NO_MEMORY)
        status = exhausted_tell();
    else if (proving->kept != CAPAN_OK) {
        g_printerr("capan: %s: too much to be kept: more is by --memory\n", file);
        status = EXIT_INTERNAL;
    } else if (result != CAPAN_END && result != CAPAN_OK) {
        g_printerr("capan: %s: %s\n", file, capan_capture_message(capture));
        status = EXIT_INPUT;
    }
    if (capan_prover_cut(proving->prover))
        g_printerr("capan: %s: given up: octets that do not fit (more with --memory)\n", file);
    capan_capture_close(capture);
    return status;
}

static void count_unread(struct proving *proving, const char *names) {
    char **words = g_strsplit(names, " ", -1);
    for (char **word = words; *word; word++) {
        if (!**word) continue;
        const gsize count = GPOINTER_TO_SIZE(g_hash_table_lookup(proving->unread_names, *word)) + 1;
        g_hash_table_replace(proving->unread_names, g_strdup(*word), GSIZE_TO_POINTER(count));
    }
    g_strfreev(words);
}

static bool is_wanted(const struct options *options, const struct capan_proved *proved) {
    return (options->frame < 0 || proved->frame == (uint64_t)options->frame) &&
           (options->stream < 0 || proved->stream == (uint64_t)options->stream);
}

/* A row of JSON stands in a line of its own, with a comma behind it. */
static enum exit_status check_line(struct proving *proving, char *line) {
    struct capan_proved proved;
    g_strstrip(line);
    const size_t len = strlen(line);
    if (len && line[len - 1] == ',') line[len - 1] = 0;
    if (!*line || strcmp(line, "[") == 0 || strcmp(line, "]") == 0 || strcmp(line, "[]") == 0) return EXIT_FINE;
    const struct capan_span row = {(const uint8_t *)line, strlen(line)};
    const enum capan_result result = capan_prover_check(proving->prover, row, &proved);
    if (result == CAPAN_NO_MEMORY) return exhausted_tell();
    if (result != CAPAN_OK) {
        if (proving->damaged++ == 0)
            g_printerr("capan: %s: row %" G_GUINT64_FORMAT " is no proof\n", proving->options->proofs, proved.number);
        return EXIT_INPUT;
    }
    if (!is_wanted(proving->options, &proved)) return EXIT_FINE;
    proving->proofs++;
    proving->wrong += !proved.holds;
    proving->read += proved.read;
    proving->unread += proved.unread;
    count_unread(proving, proved.unread_names);
    if (proving->report) capan_report_proved(proving->report, &proved);
    return proved.holds ? EXIT_FINE : EXIT_FINDINGS;
}

static enum exit_status check_lines(struct proving *proving, struct lines *lines) {
    enum exit_status status = EXIT_FINE;
    while (lines_next(lines)) {
        if (lines->odd) strcpy(lines->at, "!"); /* which is no proof */
        const enum exit_status its = check_line(proving, lines->at);
        if (its > status) status = its;
    }
    return status;
}

static gint by_count(gconstpointer left, gconstpointer right, gpointer table) {
    const gsize a = GPOINTER_TO_SIZE(g_hash_table_lookup(table, left)),
                b = GPOINTER_TO_SIZE(g_hash_table_lookup(table, right));
    return a != b ? (a < b ? 1 : -1) : strcmp(left, right);
}

/* For people: what it came to, and what frames alone cannot tell. */
static void tell(const struct proving *proving) {
    GList *names = g_hash_table_get_keys(proving->unread_names);
    names = g_list_sort_with_data(names, by_count, proving->unread_names);
    printf("%" G_GUINT64_FORMAT " proofs, %" G_GUINT64_FORMAT " do not hold; %" G_GUINT64_FORMAT
           " facts and numbers read again from frames, %" G_GUINT64_FORMAT " taken as they stand",
           proving->proofs, proving->wrong, proving->read, proving->unread);
    const char *between = ": ";
    for (const GList *name = names; name; name = name->next) {
        printf("%s%s %" G_GSIZE_FORMAT, between, (const char *)name->data,
               GPOINTER_TO_SIZE(g_hash_table_lookup(proving->unread_names, name->data)));
        between = ", ";
    }
    putchar('\n');
    g_list_free(names);
}

static enum exit_status check_all(struct proving *proving) {
    const char *name = proving->options->proofs;
    struct lines lines;
    enum exit_status status = lines_open(&lines, name, "");
    if (status != EXIT_FINE) return status;
    status = check_lines(proving, &lines);
    const enum exit_status read = lines_close(&lines, name, "");
    if (read > status) status = read;
    if (status == EXIT_INTERNAL) return status;
    if (!proving->proofs && !proving->damaged) {
        g_printerr("capan: %s: no proofs\n", name);
        return EXIT_INPUT;
    }
    if (proving->report) capan_report_flush(proving->report);
    if (proving->report && proving->options->format == CAPAN_TEXT) tell(proving);
    return status;
}

enum exit_status prove(const struct options *options, struct capan_report *report) {
    const uint64_t seed = (uint64_t)g_random_int() << 32 | g_random_int();
    struct proving proving = {.options = options,
                              .report = report,
                              .prover = capan_prover_new(share_of(options).keeper, seed, &exhausted_alloc)};
    if (!proving.prover) return exhausted_tell();
    proving.unread_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    enum exit_status status = read_capture(&proving, options->files[0]);
    if (status <= EXIT_INPUT) {
        const enum exit_status its = check_all(&proving);
        if (its > status) status = its;
    }
    g_hash_table_destroy(proving.unread_names);
    capan_prover_free(proving.prover);
    return status;
}
