/* SPDX-License-Identifier: MIT */
#include "split.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contain.h"
#include "exhausted.h"
#include "inputs.h"
#include "progress.h"
#include "signals.h"

#define MANIFEST "split.json"
enum { SECRETS_AT_ONCE = 1 << 20, PART_NAME = 32, OTHER_FILES = 64 };

struct splitting {
    const struct options *options;
    char *name; /* of what is read */
    int folder;
    FILE *files[CAPAN_SPLIT_PARTS_MAX], *manifest;
    struct capan_split *split;
    uint64_t id, key;
};

static enum exit_status worse(enum exit_status a, enum exit_status b) {
    return a > b ? a : b;
}

static enum exit_status complain(const struct splitting *splitting, const char *file) {
    const int reason = errno;
    g_printerr("capan: %s/%s: %s\n", splitting->options->output, file, g_strerror(reason));
    return reason == EEXIST ? EXIT_USAGE : EXIT_INTERNAL;
}

/* --- files --- */

static void name_part(char name[PART_NAME], uint32_t part) {
    g_snprintf(name, PART_NAME, "part-%03u.pcapng", part + 1);
}

/* Nothing is written over. */
static FILE *create(int folder, const char *name) {
    const int file = openat(folder, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0666);
    return file < 0 ? NULL : fdopen(file, "w");
}

/* Each part is an open file. */
static void raise_limit(uint32_t parts) {
    struct rlimit limit;
    const rlim_t wanted = parts + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = MIN(wanted, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
}

static enum exit_status open_files(struct splitting *splitting) {
    const char *path = splitting->options->output;
    char name[PART_NAME];
    if (mkdir(path, 0777) != 0 && errno != EEXIST) return complain(splitting, "");
    splitting->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (splitting->folder < 0) return complain(splitting, "");
    splitting->manifest = create(splitting->folder, MANIFEST);
    if (!splitting->manifest) return complain(splitting, MANIFEST);
    raise_limit(splitting->options->parts);
    for (uint32_t i = 0; i < splitting->options->parts; i++) {
        name_part(name, i);
        splitting->files[i] = create(splitting->folder, name);
        if (!splitting->files[i]) return complain(splitting, name);
    }
    return EXIT_FINE;
}

static enum exit_status close_files(struct splitting *splitting) {
    enum exit_status status = EXIT_FINE;
    char name[PART_NAME];
    for (uint32_t i = 0; i < splitting->options->parts && splitting->files[i]; i++) {
        name_part(name, i);
        if (fclose(splitting->files[i]) != 0) status = complain(splitting, name);
    }
    if (splitting->manifest && fclose(splitting->manifest) != 0) status = complain(splitting, MANIFEST);
    if (splitting->folder >= 0) close(splitting->folder);
    return status;
}

/* --- the manifest --- */

static uint64_t hash_of(const char *text) {
    guint8 digest[32];
    gsize len = sizeof digest;
    uint64_t hash;
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)text, -1);
    g_checksum_get_digest(sum, digest, &len);
    g_checksum_free(sum);
    memcpy(&hash, digest, sizeof hash);
    return GUINT64_FROM_LE(hash);
}

static void put_text(FILE *file, const char *text) {
    char *valid = g_utf8_make_valid(text, -1);
    fputc('"', file);
    for (const char *at = valid; *at; at++) {
        if (*at == '"' || *at == '\\') fputc('\\', file);
        if ((guchar)*at < ' ')
            fprintf(file, "\\u%04x", (guchar)*at);
        else
            fputc(*at, file);
    }
    fputc('"', file);
    g_free(valid);
}

static void write_files(const struct splitting *splitting, FILE *file) {
    char *const *read = splitting->options->files;
    fputs("  \"files\": [", file);
    for (size_t i = 0; read[i]; i++) {
        if (i) fputs(", ", file);
        put_text(file, read[i]);
    }
    fputs("],\n", file);
}

static void write_parts(const struct splitting *splitting, FILE *file) {
    char name[PART_NAME];
    fputs("  \"parts\": [\n", file);
    for (uint32_t i = 0; i < splitting->options->parts; i++) {
        name_part(name, i);
        fprintf(file, "    {\"part\": %u, \"file\": \"%s\", \"packets\": %" G_GUINT64_FORMAT "}%s\n", i + 1, name,
                capan_split_packets(splitting->split, i), i + 1 < splitting->options->parts ? "," : "");
    }
    fputs("  ]\n", file);
}

/* Empty until here: a split that did not come to its end has none. */
static void write_manifest(const struct splitting *splitting, const struct capan_capture_totals *totals) {
    FILE *file = splitting->manifest;
    char key[2 * sizeof(uint64_t) + 1];
    g_snprintf(key, sizeof key, "%016" G_GINT64_MODIFIER "x", splitting->key);
    const uint64_t shown = hash_of(key); /* of two splits it tells whether they had the same */
    fprintf(file, "{\n  \"capan\": \"%s\",\n  \"split\": \"%016" G_GINT64_MODIFIER "x\",\n", capan_version(),
            splitting->id);
    fprintf(file, "  \"by\": \"%s\",\n  \"key\": \"%016" G_GINT64_MODIFIER "x\",\n", choice_bys[splitting->options->by],
            shown);
    fprintf(file, "  \"frames\": %" G_GUINT64_FORMAT ",\n  \"octets\": %" G_GUINT64_FORMAT ",\n", totals->frames,
            totals->octets);
    write_files(splitting, file);
    write_parts(splitting, file);
    fputs("}\n", file);
}

/* --- reading --- */

/* Whole lines, as many at once as a block may have. */
static enum exit_status take_keylog(const struct splitting *splitting, const struct capan_capture_sink *sink) {
    const char *path = splitting->options->keylog;
    char *text;
    gsize len;
    if (!path) return EXIT_FINE;
    if (!g_file_get_contents(path, &text, &len, NULL)) {
        g_printerr("capan: %s: %s\n", path, g_strerror(errno));
        return EXIT_INPUT;
    }
    for (gsize from = 0, to; from < len; from = to) {
        to = MIN(len, from + SECRETS_AT_ONCE);
        const char *line = to < len ? g_strrstr_len(text + from, (gssize)(to - from), "\n") : NULL;
        if (line) to = (gsize)(line + 1 - text);
        sink->secrets(sink->context, (struct capan_span){(const uint8_t *)text + from, to - from});
    }
    g_free(text);
    return EXIT_FINE;
}

static enum capan_result read_all(const struct splitting *splitting, struct capan_capture *capture,
                                  const struct capan_capture_sink *sink) {
    struct progress progress;
    enum capan_result result;
    progress_begin(&progress, splitting->name, capture, false);
    do {
        result = capan_capture_next(capture, sink);
        progress_step(&progress);
    } while (result == CAPAN_OK && !signals_caught() && capan_split_is_fine(splitting->split));
    progress_end(&progress);
    return result;
}

static enum exit_status tell(const struct splitting *splitting, const struct capan_capture *capture) {
    struct capan_capture_totals totals;
    capan_capture_count(capture, &totals);
    write_manifest(splitting, &totals);
    if (capan_split_forgotten(splitting->split))
        g_printerr("capan: %s: more connections than are kept; of %" G_GUINT64_FORMAT
                   " that were silent for longest, what came later may be in another part\n",
                   splitting->name, capan_split_forgotten(splitting->split));
    return EXIT_FINE;
}

/* A part of what was not read to its end is not called whole, as is none of what a signal ended. */
static enum exit_status end(const struct splitting *splitting, struct capan_capture *capture,
                            enum capan_result result) {
    if (signals_caught()) {
        g_printerr("capan: %s: interrupted by a signal; the parts are not whole\n", splitting->name);
        return signals_caught() == SIGINT ? EXIT_INTERRUPTED : EXIT_TERMINATED;
    }
    const enum capan_result written = capan_split_finish(splitting->split);
    if (written == CAPAN_NO_MEMORY || result == CAPAN_NO_MEMORY) return exhausted_tell();
    if (written != CAPAN_OK) return complain(splitting, "part-*.pcapng");
    const enum exit_status status = tell(splitting, capture);
    if (result == CAPAN_END) return status;
    g_printerr("capan: %s: %s\n", splitting->name, capan_capture_message(capture));
    return EXIT_INPUT;
}

static enum exit_status split_capture(struct splitting *splitting) {
    const struct options *options = splitting->options;
    const struct capan_split_config config = {.by = options->by == BY_CONNECTION ? CAPAN_SPLIT_BY_CONNECTION
                                                                                 : CAPAN_SPLIT_BY_CLIENT,
                                              .parts = options->parts,
                                              .key = splitting->key,
                                              .id = splitting->id,
                                              .files = splitting->files};
    struct capan_capture *capture;
    enum exit_status status = inputs_open(&capture, options, NULL);
    if (!capture) return status;
    splitting->split = capan_split_new(&config, &exhausted_alloc);
    if (splitting->split) {
        const struct capan_capture_sink sink = capan_split_sink(splitting->split);
        status = worse(status, take_keylog(splitting, &sink));
        status = worse(status, end(splitting, capture, read_all(splitting, capture, &sink)));
    } else {
        status = exhausted_tell();
    }
    capan_split_free(splitting->split);
    capan_capture_close(capture);
    return status;
}

static uint64_t by_chance(void) {
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

enum exit_status split_files(const struct options *options) {
    struct splitting splitting = {.options = options, .folder = -1, .id = by_chance()};
    splitting.key = options->key ? hash_of(options->key) : by_chance();
    enum exit_status status = open_files(&splitting);
    splitting.name = inputs_name(options);
    if (status == EXIT_FINE) {
        contain(options, -1);
        status = split_capture(&splitting);
    }
    status = worse(status, close_files(&splitting));
    g_free(splitting.name);
    return status;
}
