/* SPDX-License-Identifier: MIT */
#include "parts.h"

#include <glib.h>

#include "capan/split.h"

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

bool parts_take_rows(enum command command) {
    static const bool merged[COMMAND_COUNT] = {
        [COMMAND_SEGMENTS] = true, [COMMAND_CONNECTIONS] = true, [COMMAND_EXCHANGES] = true, [COMMAND_PAGES] = true};
    return merged[command] || complain("only segments, connections, exchanges and pages are had as 'partial'");
}

bool parts_take_all(const struct words *words) {
    const bool chosen =
        words->wheres || words->sort || words->limit != ANY || words->stream != ANY || words->frame != ANY;
    return !chosen || complain("partial rows, which are to be merged, are all of them: none can be chosen");
}
