/* SPDX-License-Identifier: MIT */
#include "fields.h"

#include <stdio.h>
#include <string.h>

#include "capan/rows.h"

/* A type's word in the manual, and itself in JSON Schema. */
static const struct {
    const char *word, *schema;
} types[CAPAN_VALUE_TYPE_COUNT] = {
    [CAPAN_VALUE_UNSIGNED] = {"integer", "\"type\": \"integer\""},
    [CAPAN_VALUE_SIGNED] = {"integer", "\"type\": \"integer\""},
    [CAPAN_VALUE_SECONDS] = {"seconds", "\"type\": \"number\""},
    [CAPAN_VALUE_MOMENT] = {"seconds", "\"type\": \"number\""},
    [CAPAN_VALUE_HUNDREDTHS] = {"number", "\"type\": \"number\""},
    [CAPAN_VALUE_BOOLEAN] = {"true", "\"const\": true"},
    [CAPAN_VALUE_TRUTH] = {"true or false", "\"type\": \"boolean\""},
    [CAPAN_VALUE_TOKEN] = {"word", "\"type\": \"string\""},
    [CAPAN_VALUE_WORD] = {"word", "\"type\": \"string\""},
    [CAPAN_VALUE_OCTETS] = {"text", "\"type\": \"string\""},
    [CAPAN_VALUE_TOKENS] = {"words", "\"type\": \"array\", \"items\": {\"type\": \"string\"}"},
    [CAPAN_VALUE_COUNTS] = {"counts", "\"type\": \"object\", \"additionalProperties\": {\"type\": \"integer\"}"},
    [CAPAN_VALUE_NUMBERS] = {"integers", "\"type\": \"array\", \"items\": {\"type\": \"integer\"}"},
    [CAPAN_VALUE_FACTS] = {"facts", "\"type\": \"object\", \"additionalProperties\": {\"type\": \"boolean\"}"},
    [CAPAN_VALUE_QUANTITIES] = {"quantities",
                                "\"type\": \"object\", \"additionalProperties\": {\"type\": \"object\", "
                                "\"additionalProperties\": false, \"properties\": {\"value\": {\"type\": \"integer\"}, "
                                "\"unit\": {\"type\": \"string\"}}}"},
    [CAPAN_VALUE_FIELDS] = {"object", "\"type\": \"object\", \"additionalProperties\": {\"type\": \"string\"}"},
};

/* The server's side is told by the client's. */
static bool is_other_side(const struct capan_column *column) {
    return strncmp(column->key, "s2c.", 4) == 0;
}

/* The key, the type's word and the sentence of each column that is printed. */
static void write_columns(const struct capan_table *table, void (*write)(const char *, const char *, const char *)) {
    for (const struct capan_column *column = table->columns; column < table->columns + table->count; column++)
        if (!is_other_side(column)) write(column->key, types[column->type].word, column->sentence);
}

static void write_markdown_column(const char *key, const char *type, const char *sentence) {
    printf("| `%s` | %s | %s |\n", key, type, sentence);
}

void fields_write_markdown(void) {
    printf("# The columns of capan %s\n\nThe plugin has the same names behind `capan.`.\n", capan_version());
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++) {
        printf("\n## %s\n\n| column | type | meaning |\n| --- | --- | --- |\n", capan_tables[i]->name);
        write_columns(capan_tables[i], write_markdown_column);
    }
    puts("\n`c2s` is what the client sent; `s2c` has the same for the server.");
}

static void write_man_column(const char *key, const char *type, const char *sentence) {
    printf(".TP\n.BR %s \" (%s)\"\n%s\n", key, type, sentence);
}

void fields_write_man(void) {
    puts(".\\\" Generated from core/report/rows.");
    printf(".TH CAPAN-FIELDS 5 \"\" \"capan %s\"\n.SH NAME\n", capan_version());
    puts("capan-fields \\- the columns of capan's rows, in CSV and JSON");
    puts(".SH DESCRIPTION\nThe Wireshark plugin has the same names behind\n.BR capan. .");
    puts("In JSON they nest by their dots.");
    puts("What the client sent is\n.IR c2s ;\n.I s2c\nhas the same for the server.");
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++) {
        printf(".SH %s\n", capan_tables[i]->name);
        write_columns(capan_tables[i], write_man_column);
    }
    puts(".SH \"SEE ALSO\"\n.BR capan (1),\n.BR capan-verdicts (7)");
}

/* True when an earlier column lies in the same object: the first len octets of the key. */
static bool is_begun(const struct capan_table *table, size_t at, size_t len) {
    for (size_t i = 0; i < at; i++)
        if (strncmp(table->columns[i].key, table->columns[at].key, len) == 0) return true;
    return false;
}

/* The members of the object whose name is the first len octets of prefix (with its dot); len 0 is the row. */
static void write_members(const struct capan_table *table, const char *prefix, size_t len, int indent) {
    const char *comma = "";
    for (size_t i = 0; i < table->count; i++) {
        const struct capan_column *column = &table->columns[i];
        const char *key = column->key, *dot;
        if (strncmp(key, prefix, len) != 0) continue;
        dot = strchr(key + len, '.');
        if (dot && is_begun(table, i, (size_t)(dot - key) + 1)) continue;
        printf("%s\n%*s\"%.*s\": {", comma, indent, "", dot ? (int)(dot - key - (ptrdiff_t)len) : 99, key + len);
        comma = ",";
        if (dot) {
            printf("\"type\": \"object\", \"additionalProperties\": false, \"properties\": {");
            write_members(table, key, (size_t)(dot - key) + 1, indent + 2);
            printf("\n%*s}}", indent, "");
        } else {
            printf("%s, \"description\": \"%s\"}", types[column->type].schema, column->sentence);
        }
    }
}

void fields_write_schema(void) {
    printf("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n");
    printf("  \"title\": \"rows of capan %s\",\n  \"$defs\": {", capan_version());
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++) {
        printf("%s\n    \"%s\": {\"type\": \"object\", \"additionalProperties\": false, \"properties\": {",
               i ? "," : "", capan_tables[i]->name);
        write_members(capan_tables[i], "", 0, 6);
        printf("\n    }}");
    }
    puts("\n  }\n}");
}

static void write_tokens(const struct capan_column *column) {
    for (size_t i = 0; i < column->token_count; i++) printf("%s\"%s\"", i ? ", " : "", column->tokens[i].token);
}

static void write_wireshark(const struct capan_column *column) {
    static const char *const wireshark_types[CAPAN_WIRESHARK_TYPE_COUNT] = {
        "", "uint8", "uint32", "uint64", "int64", "double", "boolean", "string", "framenum", "relative_time"};
    static const char *const on[] = {"end", "request", "both"};
    const struct capan_wireshark_field *field = &column->wireshark;
    printf(", \"field\": \"capan.%s\", \"label\": \"%s\", \"wireshark\": \"%s\", \"rank\": %u, \"on\": \"%s\", "
           "\"proof\": %s, \"but_0\": %s",
           field->name ? field->name : column->key, field->label, wireshark_types[field->type], field->rank,
           on[field->on], field->proof ? "true" : "false", field->but_0 ? "true" : "false");
}

void fields_write_list(void) {
    for (size_t i = 0; i < CAPAN_ROWS_COUNT; i++) {
        const struct capan_table *table = capan_tables[i];
        for (size_t at = 0; at < table->tree_count; at++) {
            const struct capan_column *column = &table->columns[at];
            printf("{\"table\": \"%s\", \"key\": \"%s\", \"printed\": %s, \"type\": \"%s\", \"unit\": \"%s\", "
                   "\"sentence\": \"%s\", \"tokens\": [",
                   table->name, column->key, at < table->count ? "true" : "false", types[column->type].word,
                   capan_units[column->unit].token, column->sentence);
            write_tokens(column);
            putchar(']');
            if (column->wireshark.type) write_wireshark(column);
            puts("}");
        }
    }
}
