/* SPDX-License-Identifier: MIT */
#include "inputs.h"

#include <glib.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signals.h"

enum { WORTH_A_THREAD = 8 << 20 /* octets of files */ };

static const char *file_name(const char *path) {
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

enum exit_status inputs_open(struct capan_capture **capture, const struct options *options,
                             struct capan_profile *profile) {
    const bool live = options->interface; /* filtered by the system; and what it gives is read to its end */
    const struct capan_capture_config config = {
        .filter = live ? NULL : options->filter, .stop = live ? -1 : signals_stop(), .profile = profile};
    enum exit_status status = EXIT_FINE;
    *capture = NULL;
    for (char **file = options->files; *file && !signals_caught() && status != EXIT_USAGE; file++) {
        char message[256];
        enum capan_result result = *capture ? capan_capture_add(*capture, *file, message)
                                            : capan_capture_open(capture, *file, &config, message);
        if (result == CAPAN_OK || signals_caught()) continue;
        g_printerr("capan: %s: %s\n", live ? options->interface : file_name(*file), message);
        status = MAX(status, result == CAPAN_USAGE       ? EXIT_USAGE
                             : result == CAPAN_NO_MEMORY ? EXIT_INTERNAL
                                                         : EXIT_INPUT);
    }
    return status;
}

/* A part that may lack packets is none to be judged. */
enum exit_status inputs_whole(const struct capan_capture *capture, const char *name) {
    const struct capan_slice *slice = capan_capture_slice(capture);
    if (!slice->part || slice->whole) return EXIT_FINE;
    g_printerr("capan: %s: part %u of %u of a split that did not come to its end\n", name, slice->part, slice->parts);
    return EXIT_INPUT;
}

char *inputs_name(const struct options *options) {
    char **files = options->files;
    if (options->interface) return g_strdup(options->interface);
    const guint count = g_strv_length(files);
    return count == 1 ? g_strdup(file_name(*files)) : g_strdup_printf("%s and %u more", file_name(*files), count - 1);
}

bool inputs_live(char *const *files) {
    struct stat about;
    while (*files && strcmp(*files, "-") != 0) files++;
    return *files && fstat(STDIN_FILENO, &about) == 0 && !S_ISREG(about.st_mode);
}

/* Small captures are read before a thread has begun; what a pipe brings is shown as it comes; and who wants some rows
 * is not to wait for what comes behind them. A profile is one thread's. */
static unsigned threads_for(const struct options *options, const struct capan_capture *capture) {
    uint64_t done, size;
    capan_capture_progress(capture, &done, &size);
    if (options->limit || options->profile) return 1;
    if (options->threads) return options->threads;
    return size < WORTH_A_THREAD || g_get_num_processors() < 2 ? 1 : UINT_MAX;
}

unsigned inputs_share(const struct options *options, struct capan_capture *capture, bool relayed) {
    const unsigned threads = threads_for(options, capture);
    if (threads >= (relayed ? WITH_READING : WITH_ROWS)) capan_capture_ahead(capture);
    return threads;
}
