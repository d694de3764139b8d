/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <glib.h>

#include "capan/split.h"

/* Those that have partial rows: rows that are ordered, or what they read of verdicts, to be told again. */
static const enum {
    NONE,
    ROWS,
    EXTRACTS
} partials[COMMAND_COUNT] = {
    [COMMAND_SEGMENTS] = ROWS, [COMMAND_CONNECTIONS] = ROWS,  [COMMAND_EXCHANGES] = ROWS,   [COMMAND_PAGES] = ROWS,
    [COMMAND_HAR] = ROWS,      [COMMAND_FINDINGS] = EXTRACTS, [COMMAND_SUMMARY] = EXTRACTS, [COMMAND_ETAGS] = EXTRACTS,
};

static bool complain(const char *what) {
    g_printerr("capan: %s; try 'capan --help'\n", what);
    return false;
}

bool parts_take(enum command command, const struct words *words, enum by *by) {
    const bool splits = command == COMMAND_SPLIT;
    if (!splits) return (words->parts == ANY && !words->key) || complain("only split takes --parts and --key");
    if (words->by && *by < BY_CLIENT) return complain("parts are by client or connection");
    if (!words->by) *by = BY_CLIENT;
    return (words->parts >= 1 && words->parts <= CAPAN_SPLIT_PARTS_MAX) || complain("split takes --parts N, 1 to 1000");
}

bool parts_take_partial(enum command command) {
    return partials[command] != NONE ||
           complain("only segments, connections, exchanges, pages, summary, findings, etags and har are had as "
                    "'partial'; other commands take all parts at once");
}

bool parts_take_all(enum command command, bool partial, enum by by, const struct words *words) {
    const bool merges = command == COMMAND_MERGE;
    if (!partial && !merges) return true;
    if (words->wheres || words->sort || words->limit != ANY || words->stream != ANY || words->frame != ANY ||
        (words->columns && merges))
        return complain("rows of parts, which are merged, are all of them: none can be chosen");
    if (by == BY_PLACE) return complain("findings by place take all parts at once: they do not add up");
    if (words->shared_cache) return complain("a cache that all clients share takes all parts at once");
    return !words->redact || complain("pseudonyms take all parts at once: each run has its own");
}

bool parts_are_extracts(enum command command) {
    return partials[command] == EXTRACTS;
}
