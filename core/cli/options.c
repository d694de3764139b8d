/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "choices.h"
#include "commands.h"
#include "commit.h"
#include "help.h"
#include "layout.h"
#include "parts.h"
#include "words.h"

enum { MEMORY_MAX_MIB = 1 << 20, THREADS_MAX = 1024 };

static bool complain(const char *what, const char *word) {
    g_printerr("capan: %s '%s'; try 'capan --help'\n", what, word);
    return false;
}

static bool complain_of_number(const char *option, int64_t number) {
    g_printerr("capan: %s does not take %" G_GINT64_FORMAT "; try 'capan --help'\n", option, number);
    return false;
}

static bool take_command(struct options *options, const char *word) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(word, commands[i].name) != 0) continue;
        options->command = (enum command)i;
        return true;
    }
    return false;
}

static enum exit_status print_help(char **words) {
    enum exit_status status = EXIT_FINE;
    for (; *words; words++)
        if (!help_print(*words)) status = EXIT_USAGE;
    return status;
}

/* "help" and "help COMMAND" become the option; "help WORD", and "explain WORD" where no file is called so, are answered
 * here. True: they were, with *status. */
static bool take_help(int argc, char **argv, enum exit_status *status) {
    static char option[] = "--help";
    struct options ignored;
    if (argc == 3 && strcmp(argv[1], "explain") == 0 && access(argv[2], F_OK) != 0 && help_knows(argv[2])) {
        *status = print_help(argv + 2);
        return true;
    }
    if (argc < 2 || strcmp(argv[1], "help") != 0) return false;
    if (argc > 2 && !(argc == 3 && take_command(&ignored, argv[2]))) {
        *status = print_help(argv + 2);
        return true;
    }
    if (argc == 3) argv[1] = argv[2];
    argv[argc - 1] = option;
    return false;
}

/* A first word that is no file may have been meant for a command. */
static bool check_files(const struct options *options, bool named) {
    const char *first = options->files[0];
    if (!first) {
        g_printerr("capan: which FILE? Try 'capan --help'\n");
        return false;
    }
    struct capan_nearest nearest = {.asked = {(const uint8_t *)first, strlen(first)}};
    if (named || options->interface || access(first, F_OK) == 0) return true;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        capan_nearest_offer(&nearest, (struct capan_span){(const uint8_t *)commands[i].name, strlen(commands[i].name)});
    if (!nearest.best.at) return true;
    g_printerr("capan: no command and no file is called '%s'; nearest is '%s'\n", first, (const char *)nearest.best.at);
    return false;
}

/* The first word of all may be a command. */
static bool take_first_command(struct options *options, int *argc, char **argv) {
    if (*argc < 2 || !take_command(options, argv[1])) return false;
    memmove(argv + 1, argv + 2, (size_t)(*argc - 1) * sizeof *argv);
    --*argc;
    return true;
}

/* Or the first one behind options. */
static bool take_late_command(struct options *options, struct words *words) {
    if (!words->rest || !take_command(options, words->rest[0])) return false;
    g_free(words->rest[0]);
    memmove(words->rest, words->rest + 1,
            (size_t)g_strv_length(words->rest + 1) * sizeof *words->rest + sizeof *words->rest);
    return true;
}

static GOptionContext *make_context(const struct options *options, bool named, struct words *words) {
    const struct command_row *command = &commands[options->command];
    char *usage = g_strconcat(named ? command->name : "[COMMAND]", " ", named ? command->files : usual_files, NULL);
    char *tail = named ? g_strconcat("Examples:\n", command->examples, NULL) : commands_describe();
    GOptionContext *context = g_option_context_new(usage);
    words_add(context, words);
    g_option_context_set_summary(context, named ? command->does : "Reads a packet capture the way an expert does.");
    g_option_context_set_description(context, tail);
    g_free(usage);
    g_free(tail);
    return context;
}

static bool take_format(struct options *options, const char *word) {
    if (options->command == COMMAND_PLOT) {
        options->plot.xplot = word && strcmp(word, "xplot") == 0;
        return !word || options->plot.xplot || strcmp(word, "svg") == 0 || complain("a plot cannot be had as", word);
    }
    options->partial = word && strcmp(word, "partial") == 0;
    if (options->partial) {
        options->format = options->command == COMMAND_HAR ? CAPAN_HAR : CAPAN_NDJSON;
        return parts_take_partial(options->command);
    }
    options->html = options->command == COMMAND_STITCH && word && strcmp(word, "html") == 0;
    int found = word && !options->html ? choice_find(choice_formats, CAPAN_JUNIT + 1, word) : 0;
    if (found < 0) return complain("no such format", word);
    options->format = !word && options->command == COMMAND_MERGE ? CAPAN_NDJSON : (enum capan_format)found;
    if (!commands[options->command].has_rows && options->format != CAPAN_TEXT)
        return complain("neither summary, har nor report can be had as", word);
    if (options->command == COMMAND_HAR) options->format = CAPAN_HAR;
    return true;
}

/* -1: all of them. */
static int find_chart(const char *word) {
    int found = word ? 0 : -1;
    while (word && found < CAPAN_CHART_COUNT && strcmp(capan_charts[found].token, word) != 0) found++;
    return found;
}

static bool take_plot(struct options *options, const struct words *words) {
    const char *word = words->chart ? words->chart : words->direction;
    if (word && options->command != COMMAND_PLOT) return complain("only plot draws", word);
    options->plot.chart = find_chart(words->chart);
    if (options->plot.chart == CAPAN_CHART_COUNT) return complain("no such chart", words->chart);
    options->plot.direction =
        words->direction ? choice_find(choice_directions, G_N_ELEMENTS(choice_directions), words->direction) : -1;
    return !words->direction || options->plot.direction >= 0 || complain("no such direction", words->direction);
}

/* Results for other programs are of places, and so is what a baseline knows. */
static bool take_pipeline(struct options *options, const struct words *words) {
    const bool results = options->format == CAPAN_SARIF || options->format == CAPAN_JUNIT;
    if (options->command != COMMAND_FINDINGS)
        return !results && !words->baseline
                   ? true
                   : complain("only findings are had as", results ? words->format : words->baseline);
    if (words->by && options->by != BY_CAUSE && options->by != BY_PLACE)
        return complain("findings are by cause or place, not by", words->by);
    if (results || words->baseline) options->by = BY_PLACE;
    options->baseline = g_strdup(words->baseline);
    return true;
}

static bool take_laboratory(struct options *options, const struct words *words) {
    const bool by_findings = options->command == COMMAND_FINDINGS, splits = options->command == COMMAND_SPLIT;
    const char *word = words->cache                           ? words->cache
                       : words->by && !by_findings && !splits ? words->by
                       : words->sets                          ? *words->sets
                                                              : NULL;
    if (!word && words->unsets) word = *words->unsets;
    if (word && options->command != COMMAND_WHATIF) return complain("only whatif has a cache to try with", word);
    int kind = words->cache ? choice_find(choice_caches, G_N_ELEMENTS(choice_caches), words->cache) : 0;
    if (kind < 0) return complain("no such cache", words->cache);
    int by = words->by ? choice_find(choice_bys, CHOICE_BYS, words->by) : BY_EXCHANGE;
    if (by < 0 || (by >= BY_CAUSE && !by_findings && !splits)) return complain("no such rows", words->by);
    options->shared_cache = words->shared_cache || kind == 1;
    options->by = (enum by)by;
    options->by_all = !words->by;
    options->sets = g_strdupv(words->sets);
    options->unsets = g_strdupv(words->unsets);
    return true;
}

static bool is_input(const char *word) {
    return strcmp(word, "-") == 0 || access(word, F_OK) == 0;
}

/* Commands that read their captures more than once, or more than one apart, cannot do so with what passes by. */
static bool check_interface(const struct options *options, const struct words *words) {
    static const bool of_files[COMMAND_COUNT] = {[COMMAND_PROVE] = true,
                                                 [COMMAND_DIFF] = true,
                                                 [COMMAND_STITCH] = true,
                                                 [COMMAND_REDUCE] = true,
                                                 [COMMAND_SQL] = true};
    if (!words->interface) return true;
    if (of_files[options->command]) return complain("nothing is captured for", commands[options->command].name);
    return !words->reads || complain("either a file is read or an interface, not also", words->reads[0]);
}

/* Before the captures stands a name of something else. */
static bool is_named_first(const struct options *options, const struct words *words) {
    return options->command == COMMAND_AUDIT || (options->command == COMMAND_DATABASE && !words->output);
}

/* Words behind the last file are a filter, as tcpdump has it. The first word is a file even when it is not there. */
static bool is_file(const struct options *options, const struct words *words, size_t before, const char *word) {
    if (words->interface) return before == 0 && is_named_first(options, words);
    return before == 0 || is_input(word);
}

static void take_rest(struct options *options, const struct words *words) {
    GPtrArray *files = g_ptr_array_new();
    for (char **at = words->reads; at && *at; at++) g_ptr_array_add(files, g_strdup(*at));
    char **at = words->rest;
    while (at && *at && is_file(options, words, files->len, *at)) g_ptr_array_add(files, g_strdup(*at++));
    if (words->interface) g_ptr_array_add(files, g_strdup("-"));
    if (at && *at)
        options->filter = g_strjoinv(" ", at);
    else if (words->filter)
        options->filter = g_strdup(words->filter);
    g_ptr_array_add(files, NULL);
    options->files = (char **)g_ptr_array_free(files, FALSE);
    options->interface = g_strdup(words->interface);
}

static bool check_inputs(const struct options *options) {
    unsigned count = 0;
    for (char **file = options->files; *file; file++) count += strcmp(*file, "-") == 0;
    return count < 2 || complain("standard input can be read once, not by each", "-");
}

/* What chooses among rows makes no sense where there are none, or where they are about the whole capture. */
static bool check_choice(const struct options *options, const struct words *words) {
    bool whole = options->command == COMMAND_SUMMARY || options->command == COMMAND_FINDINGS;
    if (whole && (words->stream != ANY || words->frame != ANY))
        return complain("no --stream or --frame can be chosen for the", commands[options->command].name);
    const bool files = options->command == COMMAND_OBJECTS, asks = options->command == COMMAND_SQL;
    static const bool whole_octets[COMMAND_COUNT] = {[COMMAND_OBJECTS] = true,
                                                     [COMMAND_DIFF] = true,
                                                     [COMMAND_PROVE] = true,
                                                     [COMMAND_AUDIT] = true,
                                                     [COMMAND_REDUCE] = true};
    if (words->redact && whole_octets[options->command])
        return complain("what was sent cannot be redacted in", commands[options->command].name);
    if (options->html && words->frame != ANY) return complain("a page shows no single", "--frame");
    bool rows = options->command == COMMAND_EXPLAIN ? options->format != CAPAN_TEXT
                                                    : commands[options->command].has_rows && !options->html;
    if (words->wheres && !rows && options->command != COMMAND_HAR)
        return complain("rows alone can be chosen by", words->wheres[0]);
    rows = rows && !files;
    if (asks && (words->wheres || words->columns)) return complain("SQL says which rows and columns, not", "--where");
    if (words->columns && !rows) return complain("rows alone have columns such as", words->columns);
    if (words->sort && (!rows || options->format == CAPAN_SARIF || options->format == CAPAN_JUNIT))
        return complain("rows alone can be sorted by", words->sort);
    if (words->sort && options->layout.clock == CAPAN_CLOCK_DELTA)
        return complain("rows in another order are not told by", words->time);
    if (words->limit != ANY && (words->limit < 1 || !rows)) return complain_of_number("--limit", words->limit);
    return true;
}

/* What another capture makes of one frame of one file. */
static bool take_twin(struct options *options, const struct words *words) {
    if (!words->twin) return true;
    if (options->command != COMMAND_EXPLAIN || options->format != CAPAN_TEXT || words->frame == ANY ||
        options->interface || options->files[1])
        return complain("explain --frame N of one file, as text, alone takes --twin", words->twin);
    options->twin = g_strdup(words->twin);
    return true;
}

/* The first of the files of audit is the text. */
static bool take_text(struct options *options) {
    if (options->command != COMMAND_AUDIT) return true;
    const guint count = g_strv_length(options->files);
    if (count < 2) {
        g_printerr("capan: audit takes TEXT and FILE; try 'capan audit --help'\n");
        return false;
    }
    options->text = options->files[0];
    memmove(options->files, options->files + 1, count * sizeof *options->files);
    return true;
}

/* The first of the files of prove is that with the proofs. */
static bool take_proofs(struct options *options) {
    if (options->command != COMMAND_PROVE) return true;
    if (options->filter) return complain("prove reads no filter such as", options->filter);
    if (!options->files[0] || !options->files[1] || options->files[2]) {
        g_printerr("capan: prove takes PROOFS and one FILE; try 'capan prove --help'\n");
        return false;
    }
    options->proofs = options->files[0];
    options->files[0] = options->files[1];
    options->files[1] = NULL;
    return true;
}

/* Behind IN stands OUT, which need not be there, and looks like a filter then. */
static bool take_reduce(struct options *options, const struct words *words) {
    const bool reduces = options->command == COMMAND_REDUCE;
    if (!reduces && (words->finding || words->script))
        return complain("only reduce takes", words->finding ? words->finding : words->script);
    if (!reduces) return true;
    const guint count = g_strv_length(options->files);
    if (!words->output && options->filter && !words->filter) {
        options->output = options->filter;
        options->filter = NULL;
    } else if (!words->output && count > 1) {
        options->output = options->files[count - 1];
        options->files[count - 1] = NULL;
    }
    if (!words->finding || (!options->output && !words->output)) {
        g_printerr("capan: reduce takes --finding TOKEN, IN and OUT; try 'capan reduce --help'\n");
        return false;
    }
    options->finding = g_strdup(words->finding);
    options->script = g_strdup(words->script);
    return true;
}

/* Before the captures stands the database, which need not be there. */
static bool take_database(struct options *options, const struct words *words) {
    if (options->command != COMMAND_DATABASE || words->output) return true;
    options->output = options->files[0];
    memmove(options->files, options->files + 1, g_strv_length(options->files) * sizeof *options->files);
    if (options->files[0]) return true;
    g_printerr("capan: which FILE? database takes OUT and FILE...; try 'capan database --help'\n");
    return false;
}

/* Behind the database stands what it is asked: it looks like a filter, or is a file's name by chance. */
static bool take_question(struct options *options, const struct words *words) {
    if (options->command != COMMAND_SQL) return true;
    const guint count = g_strv_length(options->files);
    if (count + (options->filter != NULL) > 2 || words->filter)
        return complain("sql takes a database and one question, not",
                        words->filter ? words->filter : options->files[2]);
    options->question = count > 1 ? options->files[1] : options->filter;
    options->files[1] = NULL;
    options->filter = NULL;
    return true;
}

static bool check(struct options *options, const struct words *words, bool named) {
    if (!take_format(options, words->format) || !take_plot(options, words)) return false;
    const bool tells_moments =
        options->command != COMMAND_PLOT && (options->format == CAPAN_TEXT || options->format == CAPAN_CSV);
    if (!layout_take(&options->layout, words, tells_moments)) return false;
    if (words->fail_on && !fail_on_read(words->fail_on, &options->fail_on)) return false;
    if (words->threads < 0 || words->threads > THREADS_MAX) return complain_of_number("--threads", words->threads);
    if (words->memory < 0 || words->memory > MEMORY_MAX_MIB) return complain_of_number("--memory", words->memory);
    if (words->file_limit < 1 || words->file_limit > MEMORY_MAX_MIB)
        return complain_of_number("--file-limit", words->file_limit);
    if (words->output_limit < 1 || words->output_limit > MEMORY_MAX_MIB)
        return complain_of_number("--output-limit", words->output_limit);
    if (words->stream < 0 && words->stream != ANY) return complain_of_number("--stream", words->stream);
    if ((words->frame < 1 || words->frame > UINT32_MAX) && words->frame != ANY)
        return complain_of_number("--frame", words->frame);
    if (!check_choice(options, words) || !take_laboratory(options, words) || !take_pipeline(options, words))
        return false;
    if (!check_interface(options, words)) return false;
    take_rest(options, words);
    if (!check_files(options, named)) return false;
    if (options->filter && words->filter && strcmp(options->filter, words->filter) != 0)
        return complain("neither a file, nor can there be a second filter:", options->filter);
    if (!check_inputs(options) || !take_proofs(options) || !take_text(options) || !take_reduce(options, words))
        return false;
    if (!take_twin(options, words) || !take_database(options, words) || !take_question(options, words) ||
        !parts_take(options->command, words, &options->by) ||
        !parts_take_all(options->command, options->partial, options->by, words))
        return false;
    options->stream = words->stream == ANY ? -1 : words->stream;
    options->frame = words->frame == ANY ? -1 : words->frame;
    options->memory = (uint64_t)words->memory << 20;
    options->threads = (unsigned)words->threads;
    options->wheres = g_strdupv(words->wheres);
    if (options->command == COMMAND_SPLIT && !words->output) options->output = g_strdup("capan-parts");
    options->parts = words->parts == ANY ? 0 : (uint32_t)words->parts;
    options->key = g_strdup(words->key);
    if (!options->output)
        options->output =
            g_strdup(words->output || options->command != COMMAND_OBJECTS ? words->output : "capan-objects");
    options->columns = g_strdup(words->columns);
    options->sort = g_strdup(words->sort);
    options->limit = words->limit == ANY ? 0 : (uint64_t)words->limit;
    options->file_limit = (uint64_t)words->file_limit << 20;
    options->output_limit = (uint64_t)words->output_limit << 20;
    options->keylog = g_strdup(words->keylog);
    options->quiet = words->quiet;
    options->no_http = words->no_http;
    options->redact = words->redact;
    options->no_sandbox = words->no_sandbox;
    options->profile = words->profile;
    return true;
}

/* Words are converted to UTF-8: what fails then but for the octets themselves had no memory. */
static bool is_exhausted(const GError *error) {
    return error->domain == G_CONVERT_ERROR && error->code != G_CONVERT_ERROR_ILLEGAL_SEQUENCE &&
           error->code != G_CONVERT_ERROR_PARTIAL_INPUT;
}

bool options_read(struct options *options, int argc, char **argv, enum exit_status *status) {
    struct words words = WORDS_UNSAID;
    GError *error = NULL;
    *options = (struct options){0};
    if (take_help(argc, argv, status)) return false;
    *status = EXIT_USAGE;
    bool named = take_first_command(options, &argc, argv), go_on = false;
    GOptionContext *context = make_context(options, named, &words);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        g_printerr("capan: %s; try 'capan --help'\n", error->message);
        if (is_exhausted(error)) *status = EXIT_INTERNAL;
        g_error_free(error);
    } else if (words.version) {
        g_print("capan %s%s%s\n", capan_version(), *CAPAN_COMMIT ? "-" : "", CAPAN_COMMIT);
        *status = EXIT_FINE;
    } else if (words.install_plugin || words.uninstall_plugin) {
        options->plugin = words.install_plugin ? PLUGIN_COMES : PLUGIN_GOES;
        go_on = true;
    } else if (words.list_interfaces) {
        go_on = options->list_interfaces = true;
    } else {
        if (!named) named = take_late_command(options, &words);
        go_on = check(options, &words, named);
    }
    g_option_context_free(context);
    words_free(&words);
    return go_on;
}

void options_free(struct options *options) {
    g_strfreev(options->files);
    g_strfreev(options->wheres);
    g_strfreev(options->sets);
    g_strfreev(options->unsets);
    g_free(options->output);
    g_free(options->columns);
    g_free(options->sort);
    g_free(options->proofs);
    g_free(options->text);
    g_free(options->question);
    g_free(options->baseline);
    g_free(options->finding);
    g_free(options->script);
    g_free(options->twin);
    g_free(options->interface);
    g_free(options->filter);
    g_free(options->keylog);
    g_free(options->key);
}
