/* SPDX-License-Identifier: MIT */
/* What the command line says, word for word; options.c makes sense of it. */
#ifndef WORDS_H
#define WORDS_H

#include <glib.h>
#include <stdint.h>

#define ANY INT64_MIN /* a number that was not said */

/* What GOption fills in. Begins as WORDS_UNSAID. */
struct words {
    char **reads, **wheres, **rest, *interface, *filter, *keylog, *output, *columns, *sort, *format, *fail_on,
        *baseline, *finding, *twin, *script, *colour, *time, *chart, *direction, *cache, *by, *key, **sets, **unsets;
    int64_t stream, frame, limit, parts, memory, threads, file_limit, output_limit;
    gboolean quiet, no_http, redact, shared_cache, no_sandbox, profile, list_interfaces, install_plugin,
        uninstall_plugin, version;
};
#define WORDS_UNSAID                                                                                                   \
    { .stream = ANY, .frame = ANY, .limit = ANY, .parts = ANY, .file_limit = 256, .output_limit = 4096 }

/* All options, to be filled in where the context is parsed. */
void words_add(GOptionContext *, struct words *);
/* Calls each for all options, that of the words behind them included: it has no name. */
void words_each(void (*each)(void *context, const GOptionEntry *), void *context);
void words_free(struct words *);

#endif
