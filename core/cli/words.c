/* SPDX-License-Identifier: MIT */
#include "words.h"

/* Where each option goes. */
static void with_entries(struct words *words, void (*use)(void *, const GOptionEntry *), void *context) {
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &words->format,
         "text (default), csv, json or ndjson; for merge partial, of findings also sarif or junit, of stitch html, of "
         "plot svg or xplot",
         "FORMAT"},
        {"read", 'r', 0, G_OPTION_ARG_FILENAME_ARRAY, &words->reads, "a capture to read, as FILE", "FILE"},
        {"interface", 'i', 0, G_OPTION_ARG_STRING, &words->interface,
         "capture from this network interface, until Ctrl-C or --limit, in place of FILE", "NAME"},
        {"list-interfaces", 0, 0, G_OPTION_ARG_NONE, &words->list_interfaces, "those that can be captured from", NULL},
        {"filter", 'f', 0, G_OPTION_ARG_STRING, &words->filter, "only packets that match, as BPF", "BPF"},
        {"keylog", 0, 0, G_OPTION_ARG_FILENAME, &words->keylog, "TLS secrets, as SSLKEYLOGFILE names them", "FILE"},
        {"stream", 0, 0, G_OPTION_ARG_INT64, &words->stream, "only TCP connection N (Wireshark's tcp.stream)", "N"},
        {"frame", 0, 0, G_OPTION_ARG_INT64, &words->frame, "only rows about frame N", "N"},
        {"where", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->wheres,
         "only rows for which it holds: 'tcp.kind==syn', 'len>999 and not (stream in {1, 5..9})'", "CONDITION"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words->output,
         "write to FILE, not to standard output; of objects (capan-objects) and split (capan-parts): the folder",
         "FILE"},
        {"columns", 0, 0, G_OPTION_ARG_STRING, &words->columns,
         "of rows only these, in this order: 'frame,tcp.kind' (text: with tabs between)", "NAMES"},
        {"sort", 0, 0, G_OPTION_ARG_STRING, &words->sort,
         "rows by these columns, when all are known: '-duration,stream' (- falls)", "NAMES"},
        {"limit", 0, 0, G_OPTION_ARG_INT64, &words->limit, "no more rows than N", "N"},
        {"file-limit", 0, 0, G_OPTION_ARG_INT64, &words->file_limit, "largest file of objects (256)", "MIB"},
        {"output-limit", 0, 0, G_OPTION_ARG_INT64, &words->output_limit, "all files of objects together (4096)", "MIB"},
        {"fail-on", 0, 0, G_OPTION_ARG_STRING, &words->fail_on,
         "exit 1 when there are findings of chat, note, warn or error, or louder, or so called", "LEVEL|TOKEN,..."},
        {"baseline", 0, 0, G_OPTION_ARG_FILENAME, &words->baseline, "known findings, rows of --by place", "FILE"},
        {"finding", 0, 0, G_OPTION_ARG_STRING, &words->finding, "of reduce: the finding's token", "TOKEN"},
        {"script", 0, 0, G_OPTION_ARG_FILENAME, &words->script, "of reduce: also as a segment script", "FILE"},
        {"twin", 0, 0, G_OPTION_ARG_FILENAME, &words->twin,
         "of explain --frame: another capture of the same traffic, and what it makes of that packet", "FILE"},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &words->quiet, "print no results", NULL},
        {"color", 0, 0, G_OPTION_ARG_STRING, &words->colour,
         "auto (default: on a terminal without NO_COLOR), always or never", "WHEN"},
        {"time", 0, 0, G_OPTION_ARG_STRING, &words->time,
         "moments in text and CSV: relative (text), utc, local, epoch (CSV) or delta (to the one before)", "HOW"},
        {"redact", 0, 0, G_OPTION_ARG_NONE, &words->redact,
         "pseudonyms for values in queries, credentials, cookies; addresses and names stay (reduce hides those)", NULL},
        {"no-http", 0, 0, G_OPTION_ARG_NONE, &words->no_http, "TCP only", NULL},
        {"shared-cache", 0, 0, G_OPTION_ARG_NONE, &words->shared_cache,
         "judge all clients as one cache shared by them (RFC 9111)", NULL},
        {"chart", 0, 0, G_OPTION_ARG_STRING, &words->chart,
         "of plot: time-sequence, outstanding, round-trips, throughput or window (all)", "WHAT"},
        {"direction", 0, 0, G_OPTION_ARG_STRING, &words->direction, "of plot: c2s or s2c (both)", "WHICH"},
        {"cache", 0, 0, G_OPTION_ARG_STRING, &words->cache, "of whatif: private (default; one a client) or shared",
         "KIND"},
        {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->sets,
         "as if responses had that field: '/img/*: Cache-Control: max-age=600'", "URLGLOB: FIELD: VALUE"},
        {"unset", 0, 0, G_OPTION_ARG_STRING_ARRAY, &words->unsets, "as if they lacked it", "URLGLOB: FIELD"},
        {"by", 0, 0, G_OPTION_ARG_STRING, &words->by,
         "rows of whatif: exchange, host, target or change; of findings: cause or place; of split: client or "
         "connection",
         "WHAT"},
        {"parts", 0, 0, G_OPTION_ARG_INT64, &words->parts, "of split: how many", "N"},
        {"key", 0, 0, G_OPTION_ARG_STRING, &words->key,
         "of split: equal ones send a client to the same part in every split (by chance)", "SECRET"},
        {"threads", 0, 0, G_OPTION_ARG_INT64, &words->threads,
         "at most so many (as there is work for; 1 for pipes and small files)", "N"},
        {"memory", 0, 0, G_OPTION_ARG_INT64, &words->memory, "budget for all that is kept (256)", "MIB"},
        {"profile", 0, 0, G_OPTION_ARG_NONE, &words->profile, "tell where the time went, on standard error", NULL},
        {"no-sandbox", 0, 0, G_OPTION_ARG_NONE, &words->no_sandbox, "keep all rights while reading", NULL},
        {"install-plugin", 0, 0, G_OPTION_ARG_NONE, &words->install_plugin,
         "copy plugin and profile to where this user's Wireshark looks, and say where", NULL},
        {"uninstall-plugin", 0, 0, G_OPTION_ARG_NONE, &words->uninstall_plugin, "take them away again", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &words->version, "print the version", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words->rest, NULL, NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    use(context, entries);
}

static void add(void *context, const GOptionEntry *entries) {
    g_option_context_add_main_entries(context, entries, NULL);
}

void words_add(GOptionContext *context, struct words *words) {
    with_entries(words, add, context);
}

struct asker {
    void (*each)(void *, const GOptionEntry *);
    void *context;
};

static void ask_each(void *context, const GOptionEntry *entries) {
    const struct asker *asker = context;
    for (; entries->long_name; entries++) asker->each(asker->context, entries);
}

void words_each(void (*each)(void *, const GOptionEntry *), void *context) {
    struct words words;
    struct asker asker = {each, context};
    with_entries(&words, ask_each, &asker);
}

void words_free(struct words *words) {
    g_strfreev(words->reads);
    g_strfreev(words->wheres);
    g_strfreev(words->rest);
    g_free(words->interface);
    g_free(words->output);
    g_free(words->columns);
    g_free(words->sort);
    g_free(words->filter);
    g_free(words->keylog);
    g_free(words->format);
    g_free(words->fail_on);
    g_free(words->baseline);
    g_free(words->finding);
    g_free(words->script);
    g_free(words->twin);
    g_free(words->colour);
    g_free(words->time);
    g_free(words->cache);
    g_free(words->chart);
    g_free(words->direction);
    g_free(words->by);
    g_free(words->key);
    g_strfreev(words->sets);
    g_strfreev(words->unsets);
}
