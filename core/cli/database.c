/* SPDX-License-Identifier: MIT */
#include "database.h"

#include <fcntl.h>
#include <glib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exhausted.h"
#include "share.h"

static enum exit_status complain(const char *path, enum capan_result result, const char *message) {
    if (result == CAPAN_NO_MEMORY) return exhausted_tell();
    g_printerr("capan: %s: %s\n", path, message);
    return result == CAPAN_USAGE ? EXIT_USAGE : EXIT_INTERNAL;
}

/* SQLite sorts large indices in files of its own: beside the database, where it may write. */
static bool open_folder(const struct options *options, struct database *database) {
    char *folder = g_path_get_dirname(options->output);
    database->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_setenv("SQLITE_TMPDIR", folder, TRUE);
    if (database->folder < 0) g_printerr("capan: %s: %s\n", folder, g_strerror(errno));
    g_free(folder);
    return database->folder >= 0;
}

static bool is_read(const struct options *options) {
    struct stat output, input;
    if (stat(options->output, &output) != 0) return false;
    for (char **file = options->files; *file; file++)
        if (stat(*file, &input) == 0 && input.st_dev == output.st_dev && input.st_ino == output.st_ino) return true;
    return false;
}

enum exit_status database_open(const struct options *options, struct database *database) {
    char message[CAPAN_DATABASE_MESSAGE];
    *database = (struct database){.folder = -1};
    if (options->command != COMMAND_DATABASE) return EXIT_FINE;
    if (is_read(options)) return complain(options->output, CAPAN_USAGE, "it is read as a capture");
    if (!open_folder(options, database)) return EXIT_INTERNAL;
    database->rows = capan_database_open(options->output, share_of(options).keeper, message);
    if (database->rows) return EXIT_FINE;
    database_close(database);
    return complain(options->output, exhausted_ask() ? CAPAN_NO_MEMORY : CAPAN_IO, message);
}

void database_tell_part(const struct options *options, const struct capan_slice *slice, const char *name) {
    if (options->command != COMMAND_DATABASE || g_strv_length(options->files) >= slice->parts) return;
    g_printerr(
        "capan: %s: of %u parts: as a capture of its own, with numbers of its own; all parts at once are the one "
        "capture that was split\n",
        name, slice->parts);
}

enum exit_status database_end(const struct options *options, struct database *database,
                              const struct capan_source *source) {
    char message[CAPAN_DATABASE_MESSAGE];
    if (!database->rows) return EXIT_FINE;
    const enum capan_result result = capan_database_close(database->rows, source, message);
    database->rows = NULL;
    return result == CAPAN_OK ? EXIT_FINE : complain(options->output, result, message);
}

void database_close(struct database *database) {
    if (database->rows) capan_database_discard(database->rows);
    if (database->folder >= 0) close(database->folder);
    *database = (struct database){.folder = -1};
}

enum exit_status database_ask(const struct options *options) {
    char message[CAPAN_DATABASE_MESSAGE];
    const struct capan_database_question question = {.path = options->files[0],
                                                     .what = options->question,
                                                     .format = options->format,
                                                     .limit = options->limit ? options->limit : UINT64_MAX,
                                                     .memory = share_of(options).keeper};
    const enum capan_result result = capan_database_ask(&question, stdout, message);
    return result == CAPAN_OK ? EXIT_FINE : complain(options->files[0], result, message);
}
