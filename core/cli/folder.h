/* SPDX-License-Identifier: MIT */
/* The folder that objects are written to, and a scratch folder inside it for what is under way. A file gets its name
 * when it is complete, so that a run that was killed leaves nothing half under a name. */
#ifndef FOLDER_H
#define FOLDER_H

#include "safename.h"

struct folder {
    const char *path;
    int file, scratch; /* both open, -1 not */
    char *scratch_name;
    struct safe_names *names;
};

/* Opens path, which stays the caller's; it is made where it is not there, and nothing in it is written over. What runs
 * that were killed left of their scratch folders is removed; those of runs that go on are locked. False: errno says
 * why. To be closed in any case. */
bool folder_open(struct folder *, const char *path);
void folder_close(struct folder *);

/* A new, empty file of that name, or of one with a number where it is taken; open for writing. -1: errno says why. */
int folder_create(struct folder *, char name[SAFE_NAME]);

/* The files under way have two numbers: what they are of, and how often it was decoded. */
int folder_open_scratch(const struct folder *, uint64_t number, unsigned stage);
void folder_remove_scratch(const struct folder *, uint64_t number, unsigned stage);
/* Such a file, open as file, becomes one of that name, as folder_create(). False: errno says why. */
bool folder_adopt(struct folder *, uint64_t number, unsigned stage, int file, char name[SAFE_NAME]);

#endif
