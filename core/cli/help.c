/* SPDX-License-Identifier: MIT */
#include "help.h"

#include <glib.h>
#include <string.h>

#include "glossary.h"

enum { WIDTH = 80, INDENT = 4 };

static struct capan_span span_of_word(const char *word) {
    return (struct capan_span){(const uint8_t *)word, strlen(word)};
}

/* A paragraph behind a heading of one word or more, in lines of WIDTH. */
static void put_paragraph(const char *heading, const char *text) {
    int column = INDENT;
    if (!*text) return;
    char *whole = g_strconcat(heading, text, NULL), **words = g_strsplit(whole, " ", -1);
    g_print("%*s", INDENT - 1, "");
    for (char **word = words; *word; word++) {
        const int len = (int)g_utf8_strlen(*word, -1);
        if (column > INDENT && column + 1 + len > WIDTH) {
            g_print("\n%*s", INDENT - 1, "");
            column = INDENT;
        }
        g_print(" %s", *word);
        column += 1 + len;
    }
    g_print("\n");
    g_strfreev(words);
    g_free(whole);
}

/* --- words of lists --- */

/* The rows that have a word of this list: how to ask for it. */
static void put_example(const struct capan_token *list, const char *token) {
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++)
        for (size_t at = 0; at < capan_tables[i]->count; at++) {
            const struct capan_column *column = &capan_tables[i]->columns[at];
            if (column->tokens != list || column->type == CAPAN_VALUE_COUNTS) continue;
            g_print("%*scapan %s --where '%s==%s' FILE\n", INDENT, "", capan_tables[i]->name, column->key, token);
            return;
        }
}

static void put_token(const struct glossary_section *section, size_t at) {
    const struct capan_token *token = &section->tokens[at];
    const struct glossary_note *note = glossary_note_on(token->token);
    g_print("%s\n%*s%s: %s\n", token->token, INDENT, "", section->title, section->field);
    put_paragraph("Meaning: ", token->sentence);
    put_paragraph("Source: ", token->source);
    if (token->severity) put_paragraph("Severity: ", capan_severity_name(token->severity));
    if (section->blames) put_paragraph("Who: ", capan_blames[section->blames[at]].token);
    put_paragraph("But: ", note->differs);
    put_paragraph("Wireshark 4.0.17: ", note->wireshark);
    put_example(section->tokens, token->token);
}

static unsigned each_token(const char *word, void (*each)(const struct glossary_section *, size_t),
                           struct capan_nearest *nearest) {
    unsigned found = 0;
    for (size_t i = 0; i < glossary_section_count; i++)
        for (size_t at = 0; at < glossary_sections[i].count; at++) {
            const char *token = glossary_sections[i].tokens[at].token;
            if (nearest) capan_nearest_offer(nearest, span_of_word(token));
            if (strcmp(token, word) != 0) continue;
            if (each) each(&glossary_sections[i], at);
            found++;
        }
    return found;
}

/* --- columns --- */

static void put_column(const struct capan_table *table, const struct capan_column *column) {
    g_print("%s\n%*sA column of %s\n", column->key, INDENT, "", table->name);
    put_paragraph("Meaning: ", column->sentence);
    if (column->unit == CAPAN_UNIT_NS)
        put_paragraph("Unit: ", "s");
    else if (column->unit != CAPAN_UNIT_NONE)
        put_paragraph("Unit: ", capan_units[column->unit].token);
    if (column->words) put_paragraph("One of: ", column->words);
    for (size_t i = 0; i < column->token_count; i++)
        if (*column->tokens[i].token) g_print("%*s%s\n", 2 * INDENT, "", column->tokens[i].token);
}

static unsigned each_column(const char *word, void (*each)(const struct capan_table *, const struct capan_column *),
                            struct capan_nearest *nearest) {
    unsigned found = 0;
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++)
        for (size_t at = 0; at < capan_tables[i]->count; at++) {
            const struct capan_column *column = &capan_tables[i]->columns[at];
            if (nearest) capan_nearest_offer(nearest, span_of_word(column->key));
            if (strcmp(column->key, word) != 0) continue;
            if (each) each(capan_tables[i], column);
            found++;
        }
    return found;
}

/* --- any of them --- */

static const char *without_prefix(const char *word) {
    return g_str_has_prefix(word, "capan.") ? word + strlen("capan.") : word;
}

bool help_knows(const char *word) {
    return each_token(word, NULL, NULL) || each_column(without_prefix(word), NULL, NULL);
}

bool help_print(const char *word) {
    struct capan_nearest nearest = {.asked = span_of_word(word)};
    unsigned found = each_token(word, put_token, &nearest);
    found += each_column(without_prefix(word), put_column, &nearest);
    if (found) return true;
    g_printerr("capan: nothing is called '%s'", word);
    if (nearest.best.at) g_printerr("; nearest is '%.*s'", (int)nearest.best.len, (const char *)nearest.best.at);
    g_printerr("\n");
    return false;
}
