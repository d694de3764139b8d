/* SPDX-License-Identifier: MIT */
/* The columns as manual page, Markdown and JSON Schema. */
#include <stdio.h>

#include "fields.h"

static const char *const type_words[] = {"integer", "seconds",  "number", "word",   "text",
                                         "true",    "integers", "words",  "object", "counts"};

void fields_write_markdown(void) {
    printf("# The columns of capan %s\n\nThe plugin has the same names behind `capan.`.\n", capan_version());
    for (const struct field_list *list = field_lists; list < field_lists + field_list_count; list++) {
        printf("\n## %s\n\n| column | type | meaning |\n| --- | --- | --- |\n", list->title);
        for (size_t i = 0; i < list->count; i++)
            printf("| `%s` | %s | %s |\n", list->fields[i].name, type_words[list->fields[i].type],
                   list->fields[i].sentence);
    }
    puts("\n`c2s` is what the client sent; `s2c` has the same for the server.");
}

void fields_write_man(void) {
    puts(".\\\" Generated from core/cli/fields.c.");
    printf(".TH CAPAN-FIELDS 5 \"\" \"capan %s\"\n.SH NAME\n", capan_version());
    puts("capan-fields \\- the columns of capan's rows, in CSV and JSON");
    puts(".SH DESCRIPTION\nThe Wireshark plugin has the same names behind\n.BR capan. .");
    puts("In JSON they nest by their dots.");
    puts("What the client sent is\n.IR c2s ;\n.I s2c\nhas the same for the server.");
    for (const struct field_list *list = field_lists; list < field_lists + field_list_count; list++) {
        printf(".SH %s\n", list->title);
        for (size_t i = 0; i < list->count; i++)
            printf(".TP\n.BR %s \" (%s)\"\n%s\n", list->fields[i].name, type_words[list->fields[i].type],
                   list->fields[i].sentence);
    }
    puts(".SH \"SEE ALSO\"\n.BR capan (1),\n.BR capan-verdicts (7)");
}

/* JSON Schema (2020-12), one object per kind of row. */

static const char *const schema_types[] = {
    [FIELD_INTEGER] = "\"type\": \"integer\"",
    [FIELD_SECONDS] = "\"type\": \"number\"",
    [FIELD_NUMBER] = "\"type\": \"number\"",
    [FIELD_WORD] = "\"type\": \"string\"",
    [FIELD_TEXT] = "\"type\": \"string\"",
    [FIELD_TRUE] = "\"const\": true",
    [FIELD_INTEGERS] = "\"type\": \"array\", \"items\": {\"type\": \"integer\"}",
    [FIELD_WORDS] = "\"type\": \"array\", \"items\": {\"type\": \"string\"}",
    [FIELD_COUNTS] = "\"type\": \"object\", \"additionalProperties\": {\"type\": \"integer\"}",
    [FIELD_OBJECT] = "\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}",
};

/* True when an earlier column lies in the same object: the first len octets of the name. */
static bool is_begun(const struct capan_row_kind *rows, size_t at, size_t len) {
    for (size_t i = 0; i < at; i++)
        if (strncmp(rows->columns[i].name, rows->columns[at].name, len) == 0) return true;
    return false;
}

/* The members of the object whose name is the first len octets of prefix (with its dot); len 0 is the row. */
static void write_members(const struct field_list *list, const char *prefix, size_t len, int indent) {
    const char *comma = "";
    for (size_t i = 0; i < list->rows->count; i++) {
        const char *name = list->rows->columns[i].name, *dot;
        if (strncmp(name, prefix, len) != 0) continue;
        dot = strchr(name + len, '.');
        if (dot && is_begun(list->rows, i, (size_t)(dot - name) + 1)) continue;
        printf("%s\n%*s\"%.*s\": {", comma, indent, "", dot ? (int)(dot - name - (ptrdiff_t)len) : 99, name + len);
        comma = ",";
        if (dot) {
            printf("\"type\": \"object\", \"additionalProperties\": false, \"properties\": {");
            write_members(list, name, (size_t)(dot - name) + 1, indent + 2);
            printf("\n%*s}}", indent, "");
        } else {
            const struct field *field = field_find(list, name);
            printf("%s, \"description\": \"%s\"}", schema_types[field->type], field->sentence);
        }
    }
}

void fields_write_schema(void) {
    printf("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n");
    printf("  \"title\": \"rows of capan %s\",\n  \"$defs\": {", capan_version());
    for (const struct field_list *list = field_lists; list < field_lists + field_list_count; list++) {
        printf("%s\n    \"%s\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": {",
               list == field_lists ? "" : ",", list->title);
        printf("\n      \"file\": {\"type\": \"string\"},");
        write_members(list, "", 0, 6);
        printf("\n    }}");
    }
    puts("\n  }\n}");
}
