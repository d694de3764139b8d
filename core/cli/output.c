/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <sys/stat.h>

#include "exhausted.h"

static bool has_file(const struct options *options) {
    return options->output && options->command != COMMAND_OBJECTS && options->command != COMMAND_DATABASE &&
           options->command != COMMAND_SPLIT;
}

static bool is_same(const struct stat *a, const char *file) {
    struct stat b;
    return stat(file, &b) == 0 && a->st_dev == b.st_dev && a->st_ino == b.st_ino;
}

static bool is_read(const struct options *options) {
    struct stat output;
    if (stat(options->output, &output) != 0 || !S_ISREG(output.st_mode)) return false;
    for (char **file = options->files; *file; file++)
        if (is_same(&output, *file)) return true;
    return options->keylog && is_same(&output, options->keylog);
}

enum exit_status output_open(const struct options *options) {
    if (!has_file(options)) return EXIT_FINE;
    if (is_read(options)) {
        g_printerr("capan: %s: it is read, and would be written over\n", options->output);
        return EXIT_USAGE;
    }
    if (freopen(options->output, "w", stdout)) return EXIT_FINE;
    g_printerr("capan: %s: %s\n", options->output, g_strerror(errno));
    return EXIT_INTERNAL;
}

enum exit_status output_result(const struct options *options, bool written) {
    if (written) return EXIT_FINE;
    if (errno == ENOMEM) return exhausted_tell();
    g_printerr("capan: %s: %s\n", has_file(options) ? options->output : "standard output", g_strerror(errno));
    return EXIT_INTERNAL;
}
