/* SPDX-License-Identifier: MIT */
/* Writes the reference of all verdicts from the lists that also make the enums, the words and the plugin's fields:
 * reference verdicts.md | verdicts.7 | fields.md | fields.5 | columns | schema. Not installed; its output is. */
#include <stdio.h>
#include <string.h>

#include "capan/capan.h"
#include "fields.h"
#include "glossary.h"

/* In a table's cell a bar would end it. */
static void put_cell(const char *text) {
    putchar(' ');
    for (; *text; text++) {
        if (*text == '|') putchar('\\');
        putchar(*text);
    }
    fputs(" |", stdout);
}

static void write_markdown_row(const struct capan_token *token, const uint8_t *blame) {
    printf("| `%s` | %s |", token->token, capan_severity_name(token->severity));
    put_cell(token->sentence);
    put_cell(token->source);
    if (blame) put_cell(capan_blames[*blame].token);
    put_cell(glossary_note_on(token->token)->differs);
    put_cell(glossary_note_on(token->token)->wireshark);
    putchar('\n');
}

static void write_markdown_section(const struct glossary_section *section) {
    printf("\n## %s: `%s`\n\n", section->title, section->field);
    printf("| token | severity | meaning | RFC |%s but | Wireshark 4.0.17 |\n", section->blames ? " who |" : "");
    printf("| --- | --- | --- | --- |%s --- | --- |\n", section->blames ? " --- |" : "");
    for (size_t i = 0; i < section->count; i++)
        write_markdown_row(&section->tokens[i], section->blames ? &section->blames[i] : NULL);
}

static void write_markdown(void) {
    printf("# The verdicts of capan %s\n\nGenerated from the lists in `core/include/capan/`.\n", capan_version());
    for (size_t i = 0; i < glossary_section_count; i++) write_markdown_section(&glossary_sections[i]);
}

/* roff's own characters at a line's start and its backslash. */
static void put_roff(const char *text) {
    if (*text == '.' || *text == '\'') fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
    }
}

static void write_man_entry(const struct capan_token *token, const uint8_t *blame) {
    const struct glossary_note *note = glossary_note_on(token->token);
    fputs(".TP\n.B ", stdout);
    put_roff(token->token);
    putchar('\n');
    put_roff(token->sentence);
    if (token->severity) printf(" [%s]", capan_severity_name(token->severity));
    if (*token->source) printf(" (%s)", token->source);
    if (blame) printf(" by: %s", capan_blames[*blame].token);
    putchar('\n');
    if (*note->differs) printf(".br\nBut: "), put_roff(note->differs), puts(".");
    if (*note->wireshark) printf(".br\nWireshark: "), put_roff(note->wireshark), puts(".");
}

static void write_man(void) {
    puts(".\\\" Generated from the lists in core/include/capan.");
    printf(".TH CAPAN-VERDICTS 7 \"\" \"capan %s\"\n", capan_version());
    puts(".SH NAME\ncapan-verdicts \\- what capan says of TCP segments, connections and HTTP exchanges");
    for (size_t i = 0; i < glossary_section_count; i++) {
        const struct glossary_section *section = &glossary_sections[i];
        printf(".SH \"%s: %s\"\n", section->title, section->field);
        for (size_t j = 0; j < section->count; j++)
            write_man_entry(&section->tokens[j], section->blames ? &section->blames[j] : NULL);
    }
    puts(".SH \"SEE ALSO\"\n.BR capan (1)");
}

static const struct {
    const char *name;
    void (*write)(void);
} pages[] = {
    {"verdicts.md", write_markdown}, {"verdicts.7", write_man},      {"fields.md", fields_write_markdown},
    {"fields.5", fields_write_man},  {"columns", fields_write_list}, {"schema", fields_write_schema},
};

int main(int argc, char **argv) {
    const char *stray = glossary_stray_note();
    if (stray) {
        fprintf(stderr, "reference: no list has '%s'\n", stray);
        return 1;
    }
    for (size_t i = 0; argc == 2 && i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(argv[1], pages[i].name) != 0) continue;
        pages[i].write();
        return fflush(stdout) == 0 ? 0 : 1;
    }
    fputs("usage: reference verdicts.md|verdicts.7|fields.md|fields.5|columns|schema\n", stderr);
    return 2;
}
