/* SPDX-License-Identifier: MIT */
/* The command line, read and checked. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "capan/capan.h"
#include "choices.h"
#include "commands.h"
#include "fail_on.h"

/* Exit statuses, the worse the higher. A signal's is what a shell makes of it: 128 and its number. */
enum exit_status {
    EXIT_FINE,
    EXIT_FINDINGS,
    EXIT_USAGE,
    EXIT_INPUT,
    EXIT_INTERNAL,
    EXIT_INTERRUPTED = 130,
    EXIT_TERMINATED = 143
};

/* Nothing is read, only the plugin is copied to this user's Wireshark, or taken away. */
enum plugin { PLUGIN_STAYS, PLUGIN_COMES, PLUGIN_GOES };

struct options {
    enum plugin plugin;
    bool list_interfaces; /* likewise, only they are told */
    enum command command;
    char **files;           /* NULL at the end; at least one */
    char *finding, *script; /* of reduce: the token; a file for a script, or NULL */
    char *twin;             /* of explain: another capture of the same packets, or NULL */
    char *text;             /* of audit: the file with it; else NULL */
    char *question;         /* of sql: a view's name or SQL; NULL: which are known */
    char *proofs;           /* of prove: the file with them; else NULL */
    char *interface;        /* captured from, as the one of the files, standard input; or NULL */
    char *filter;           /* BPF or NULL */
    char *keylog;           /* file with TLS secrets, or NULL */
    char **wheres;          /* conditions on rows; NULL: none */
    char *columns;          /* keys with commas between; NULL: all */
    char *sort;             /* likewise, those that rows are sorted by, or NULL */
    uint64_t limit;         /* rows; 0: all */
    char **sets, **unsets;  /* changes to the fields of responses; NULL: none */
    enum by by;
    struct capan_plot plot;
    bool by_all; /* nothing was asked for */
    enum capan_format format;
    bool partial;          /* the rows are a part's, for merge */
    bool html;             /* of stitch: its text is a page, with ladders */
    int64_t stream, frame; /* -1: all */
    struct fail_on fail_on;
    char *baseline;        /* rows of known places, or NULL */
    uint64_t memory;       /* octets; 0 is the engine's own */
    char *output;          /* folder of objects, else a file for the results; NULL: standard output */
    uint32_t parts;        /* of split */
    char *key;             /* likewise, or NULL: by chance */
    unsigned threads;      /* 0: as the machine and the capture have it */
    uint64_t file_limit;   /* octets of one of its files */
    uint64_t output_limit; /* and of all of them */
    bool quiet, no_http, redact, shared_cache, no_sandbox, profile;
    struct capan_layout layout; /* decided: options, environment and terminal */
};

/* What to do after reading the command line: go on, or leave with *status (help and version were printed, or one line
 * says what is wrong). */
bool options_read(struct options *, int argc, char **argv, enum exit_status *status);
void options_free(struct options *);

#endif
