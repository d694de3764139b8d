/* SPDX-License-Identifier: MIT */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRATCH "capan-" /* behind a dot, before what mkdtemp() makes of XXXXXX */
enum { NUMBERED = 48 };  /* room for two numbers */

static void name_scratch(char name[NUMBERED], uint64_t number, unsigned stage) {
    g_snprintf(name, NUMBERED, "%" G_GUINT64_FORMAT "+%u", number, stage);
}

int folder_open_scratch(const struct folder *folder, uint64_t number, unsigned stage) {
    char name[NUMBERED];
    name_scratch(name, number, stage);
    return openat(folder->scratch, name, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
}

void folder_remove_scratch(const struct folder *folder, uint64_t number, unsigned stage) {
    char name[NUMBERED];
    name_scratch(name, number, stage);
    unlinkat(folder->scratch, name, 0);
}

int folder_create(struct folder *folder, char name[SAFE_NAME]) {
    int file;
    while ((file = openat(folder->file, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0666)) < 0 &&
           errno == EEXIST)
        safe_names_take(folder->names, name);
    return file;
}

/* The empty file of that name is ours: to be written over is what it was made for, and its mode is what a new file
 * gets here. */
bool folder_adopt(struct folder *folder, uint64_t number, unsigned stage, int file, char name[SAFE_NAME]) {
    char scratch[NUMBERED];
    struct stat about;
    int made = folder_create(folder, name);
    if (made < 0) return false;
    bool known = fstat(made, &about) == 0;
    close(made);
    name_scratch(scratch, number, stage);
    if (known && fchmod(file, about.st_mode & 0777) == 0 && renameat(folder->scratch, scratch, folder->file, name) == 0)
        return true;
    int reason = errno;
    unlinkat(folder->file, name, 0);
    errno = reason;
    return false;
}

/* --- what earlier runs left --- */

static bool is_scratch_file(const char *name) {
    return g_ascii_isdigit(name[0]) && strspn(name, "0123456789+") == strlen(name);
}

static bool is_scratch_folder(const char *name) {
    return strncmp(name, "." SCRATCH, sizeof SCRATCH) == 0 && strlen(name) == sizeof SCRATCH + 6;
}

static void empty(int scratch) {
    DIR *folder = fdopendir(scratch);
    if (!folder) {
        close(scratch);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder));)
        if (is_scratch_file(entry->d_name)) unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
}

/* Whoever has it locked is still at work. */
static void remove_leftover(const struct folder *folder, const char *name) {
    int scratch = openat(folder->file, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (scratch < 0) return;
    if (flock(scratch, LOCK_EX | LOCK_NB) != 0) {
        close(scratch);
        return;
    }
    empty(scratch);
    unlinkat(folder->file, name, AT_REMOVEDIR);
}

/* What is there is never written over, whatever its letters' case. */
static bool look_around(struct folder *folder) {
    DIR *entries = opendir(folder->path);
    if (!entries) return false;
    for (struct dirent *entry; (entry = readdir(entries));) {
        if (is_scratch_folder(entry->d_name)) remove_leftover(folder, entry->d_name);
        safe_names_add(folder->names, entry->d_name);
    }
    closedir(entries);
    return true;
}

static bool open_scratch_folder(struct folder *folder) {
    char *path = g_strdup_printf("%s/." SCRATCH "XXXXXX", folder->path);
    if (mkdtemp(path)) {
        folder->scratch_name = g_path_get_basename(path);
        folder->scratch = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    }
    int reason = errno;
    g_free(path);
    errno = reason;
    if (folder->scratch < 0) return false;
    flock(folder->scratch, LOCK_EX | LOCK_NB); /* where there are no locks, nobody removes it either */
    return true;
}

bool folder_open(struct folder *folder, const char *path) {
    *folder = (struct folder){.path = path, .file = -1, .scratch = -1, .names = safe_names_new()};
    if (mkdir(path, 0777) != 0 && errno != EEXIST) return false;
    folder->file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder->file >= 0 && look_around(folder) && open_scratch_folder(folder);
}

void folder_close(struct folder *folder) {
    if (folder->scratch_name) unlinkat(folder->file, folder->scratch_name, AT_REMOVEDIR);
    if (folder->scratch >= 0) close(folder->scratch);
    if (folder->file >= 0) close(folder->file);
    safe_names_free(folder->names);
    g_free(folder->scratch_name);
}
