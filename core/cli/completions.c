/* SPDX-License-Identifier: MIT */
/* Writes completion for a shell from the tables of commands, options, words and columns: completions bash|zsh|fish.
 * Not installed; its output is. */
#include <stdio.h>
#include <string.h>

#include "choices.h"
#include "commands.h"
#include "glossary.h"
#include "words.h"

#include "capan/capan.h"

/* --- what each shell is told --- */

static bool takes_file(const GOptionEntry *entry) {
    return entry->arg == G_OPTION_ARG_FILENAME || entry->arg == G_OPTION_ARG_FILENAME_ARRAY;
}

static bool takes_columns(const GOptionEntry *entry) {
    return g_str_equal(entry->long_name, "columns") || g_str_equal(entry->long_name, "sort") ||
           g_str_equal(entry->long_name, "where");
}

static void put_word(const char *word) {
    printf("%s ", word);
}

/* The rows of a command are called as it is, but for the proofs of explain and the claims of audit. */
static const struct capan_table *table_of(const char *command) {
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++)
        if (strcmp(capan_tables[i]->name, command) == 0) return capan_tables[i];
    if (strcmp(command, "audit") == 0) return capan_tables[CAPAN_ROWS_CLAIMS];
    return strcmp(command, "explain") == 0 ? capan_tables[CAPAN_ROWS_PROOFS] : NULL;
}

static void put_keys(const struct capan_table *table) {
    for (size_t i = 0; i < table->count; i++) put_word(table->columns[i].key);
}

static void put_helpful(void) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) put_word(commands[i].name);
    for (size_t i = 0; i < glossary_section_count; i++)
        for (size_t at = 0; at < glossary_sections[i].count; at++)
            if (*glossary_sections[i].tokens[at].token) put_word(glossary_sections[i].tokens[at].token);
}

/* As it stands within single quotes. */
static void put_quoted(const char *text, const char *escaped) {
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr(escaped, *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

/* --- bash --- */

static void bash_option(void *context, const GOptionEntry *entry) {
    (void)context;
    if (*entry->long_name) printf("--%s ", entry->long_name);
}

static void bash_value(void *context, const GOptionEntry *entry) {
    (void)context;
    if (!*entry->long_name || entry->arg == G_OPTION_ARG_NONE) return;
    fputs("        ", stdout);
    if (entry->short_name) printf("-%c | ", entry->short_name);
    printf("--%s) ", entry->long_name);
    if (g_str_equal(entry->long_name, "output"))
        puts("if [[ $command == objects ]]; then _filedir -d; else _filedir; fi; return ;;");
    else if (takes_file(entry))
        puts("_filedir; return ;;");
    else if (takes_columns(entry))
        puts("_capan_columns; return ;;");
    else {
        fputs("_capan_words '", stdout);
        choice_each(entry->long_name, put_word);
        puts("'; return ;;");
    }
}

static void write_bash(void) {
    puts("# SPDX-License-Identifier: MIT\n# bash completion for capan(1), generated from its tables\n"
         "# The words, also behind a comma or a minus.\n"
         "_capan_words() {\n    local before=''\n    [[ $cur == *,* ]] && before=${cur%,*},\n"
         "    local last=${cur##*,}\n"
         "    [[ $last == -* ]] && before+=- last=${last#-}\n"
         "    COMPREPLY=($(compgen -P \"$before\" -W \"$1\" -- \"$last\"))\n}\n"
         "_capan_columns() {\n    compopt -o nospace\n    case $command in");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct capan_table *table = table_of(commands[i].name);
        if (!table) continue;
        printf("        %s) _capan_words '", commands[i].name);
        put_keys(table);
        puts("' ;;");
    }
    fputs("    esac\n}\n_capan() {\n    local cur prev words cword command=summary word\n"
          "    _init_completion -s || return\n    for word in \"${words[@]:1:cword-1}\"; do\n"
          "        case $word in\n            help",
          stdout);
    for (size_t i = 0; i < COMMAND_COUNT; i++) printf(" | %s", commands[i].name);
    puts(") command=$word; break ;;\n        esac\n    done\n    case $prev in");
    words_each(bash_value, NULL);
    fputs("    esac\n    if [[ $cur == -* ]]; then\n        COMPREPLY=($(compgen -W '--help ", stdout);
    words_each(bash_option, NULL);
    fputs("' -- \"$cur\"))\n        return\n    fi\n    if [[ $command == help ]]; then\n        _capan_words '",
          stdout);
    put_helpful();
    fputs("'\n        return\n    fi\n    [[ $cword -eq 1 ]] && COMPREPLY=($(compgen -W 'help ", stdout);
    for (size_t i = 0; i < COMMAND_COUNT; i++) put_word(commands[i].name);
    puts("' -- \"$cur\"))\n    _filedir '@(pcap|pcapng|cap|ndjson|json)?(.gz|.zst)'\n}\ncomplete -F _capan capan");
}

/* --- zsh --- */

static void zsh_option(void *context, const GOptionEntry *entry) {
    (void)context;
    if (!*entry->long_name) return;
    const bool repeats = entry->arg == G_OPTION_ARG_STRING_ARRAY || entry->arg == G_OPTION_ARG_FILENAME_ARRAY;
    fputs("        ", stdout);
    if (entry->short_name && entry->arg == G_OPTION_ARG_NONE)
        printf("'(-%c --%s)'{-%c,--%s}'[", entry->short_name, entry->long_name, entry->short_name, entry->long_name);
    else if (entry->short_name)
        printf("'%s'{-%c+,--%s=}'[", repeats ? "*" : "", entry->short_name, entry->long_name);
    else
        printf("'%s--%s%s[", repeats ? "*" : "", entry->long_name, entry->arg == G_OPTION_ARG_NONE ? "" : "=");
    put_quoted(entry->description, "[]:");
    putchar(']');
    if (entry->arg != G_OPTION_ARG_NONE) {
        putchar(':');
        put_quoted(entry->arg_description, "[]:");
        if (takes_file(entry))
            fputs(":_files", stdout);
        else if (takes_columns(entry))
            fputs(":_capan_columns", stdout);
        else {
            fputs(":(", stdout);
            choice_each(entry->long_name, put_word);
            putchar(')');
        }
    }
    puts("' \\");
}

static void write_zsh(void) {
    puts("#compdef capan\n# SPDX-License-Identifier: MIT\n# zsh completion for capan(1), generated from its tables\n"
         "_capan_columns() {\n    local -a keys\n    case $words[2] in");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct capan_table *table = table_of(commands[i].name);
        if (!table) continue;
        printf("        %s) keys=(", commands[i].name);
        put_keys(table);
        puts(") ;;");
    }
    puts("    esac\n    compset -P '*,'\n    compset -P '-'\n    compadd -S '' -a keys\n}\n"
         "_capan_first() {\n    local -a commands=(");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        printf("        '%s:", commands[i].name);
        put_quoted(commands[i].does, "");
        puts("'");
    }
    fputs("        'help:What a command, a verdict or a column means.'\n    )\n"
          "    _describe command commands\n    _files -g '*.(pcap|pcapng|cap)(|.gz|.zst)'\n}\n"
          "_capan_rest() {\n    if [[ $words[2] == help ]]; then\n        compadd ",
          stdout);
    put_helpful();
    puts("\n    else\n        _files\n    fi\n}\n_capan() {\n    _arguments -s -S \\");
    words_each(zsh_option, NULL);
    puts("        '(- *)--help[print help]' \\\n        '1:command or FILE:_capan_first' \\\n        "
         "'*:FILE:_capan_rest'\n}\n"
         "_capan \"$@\"");
}

/* --- fish --- */

static void fish_option(void *context, const GOptionEntry *entry) {
    (void)context;
    if (!*entry->long_name) return;
    fputs("complete -c capan", stdout);
    if (entry->short_name) printf(" -s %c", entry->short_name);
    printf(" -l %s", entry->long_name);
    if (entry->arg != G_OPTION_ARG_NONE) printf(takes_file(entry) ? " -r -F" : " -x");
    if (takes_columns(entry)) {
        fputs(" -a '(__capan_columns)'", stdout);
    } else if (entry->arg == G_OPTION_ARG_STRING) {
        fputs(" -a '", stdout);
        choice_each(entry->long_name, put_word);
        putchar('\'');
    }
    fputs(" -d '", stdout);
    for (const char *at = entry->description; *at; at++) printf(strchr("'\\", *at) ? "\\%c" : "%c", *at);
    puts("'");
}

static void write_fish(void) {
    puts("# SPDX-License-Identifier: MIT\n# fish completion for capan(1), generated from its tables\n"
         "function __capan_columns\n    set -l before (commandline -ct | string match -r '.*,-?|^-?$|^-')\n"
         "    set -l keys\n    switch (commandline -opc)[2]");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const struct capan_table *table = table_of(commands[i].name);
        if (!table) continue;
        printf("        case %s\n            set keys ", commands[i].name);
        put_keys(table);
        putchar('\n');
    }
    puts("    end\n    printf '%s\\n' \"$before\"$keys\nend");
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        printf("complete -c capan -n __fish_use_subcommand -a %s -d '", commands[i].name);
        for (const char *at = commands[i].does; *at; at++) printf(strchr("'\\", *at) ? "\\%c" : "%c", *at);
        puts("'");
    }
    puts("complete -c capan -n __fish_use_subcommand -a help -d 'What a command, a verdict or a column means.'");
    fputs("complete -c capan -n '__fish_seen_subcommand_from help' -f -a '", stdout);
    put_helpful();
    puts("'");
    words_each(fish_option, NULL);
}

int main(int argc, char **argv) {
    static const struct {
        const char *shell;
        void (*write)(void);
    } shells[] = {{"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};
    for (size_t i = 0; argc == 2 && i < sizeof shells / sizeof *shells; i++) {
        if (strcmp(argv[1], shells[i].shell) != 0) continue;
        shells[i].write();
        return fflush(stdout) == 0 ? 0 : 1;
    }
    fputs("usage: completions bash|zsh|fish\n", stderr);
    return 2;
}
