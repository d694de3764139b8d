/* SPDX-License-Identifier: MIT */
/* What each command is called, does, and is used like. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stdbool.h>

enum command {
    COMMAND_SUMMARY,
    COMMAND_SEGMENTS,
    COMMAND_CONNECTIONS,
    COMMAND_EXCHANGES,
    COMMAND_PAGES,
    COMMAND_FINDINGS,
    COMMAND_EXPLAIN,
    COMMAND_HAR,
    COMMAND_OBJECTS,
    COMMAND_PLOT,
    COMMAND_REPORT,
    COMMAND_WHATIF,
    COMMAND_ETAGS,
    COMMAND_PROVE,
    COMMAND_AUDIT,
    COMMAND_STITCH,
    COMMAND_DIFF,
    COMMAND_REDUCE,
    COMMAND_DATABASE,
    COMMAND_SQL,
    COMMAND_SPLIT,
    COMMAND_MERGE,
    COMMAND_COUNT
};

struct command_row {
    const char *name, *does, *examples;
    const char *files; /* what stands behind it */
    bool has_rows;     /* which can be had in formats, chosen, and cut to columns */
};
extern const char usual_files[];
extern const struct command_row commands[COMMAND_COUNT];

/* All of them, for people. To be freed. */
char *commands_describe(void);

#endif
