/* SPDX-License-Identifier: MIT */
/* Rows as tables of columns. One table per kind of row is the one source of the CSV header and the JSON keys;
 * the names are the plugin's without "capan.". */
#ifndef COLUMN_H
#define COLUMN_H

#include <string.h>

#include "capan/report.h"

/* What is handed to a getter. Only the members of the row's own kind are set. */
struct capan_row {
    const void *base; /* the struct that column offsets count from */
    const struct capan_segment *segment;
    const struct capan_exchange *exchange;
    const struct capan_connection *connection; /* the segment's, or the row itself */
    const struct capan_finding *finding;
    const struct capan_page *page;
    const struct capan_object *object;
    const uint32_t *acks;
    const char *file;                         /* NULL: only one is read */
    int64_t origin_ns;                        /* what relative times count from */
    char text[CAPAN_EXPLAIN_TEXT];            /* for getters that make text */
    uint32_t numbers[CAPAN_HTTP_INTERIM_MAX]; /* and for those that make lists */
};

enum capan_value_type {
    CAPAN_VALUE_ABSENT,
    CAPAN_VALUE_UNSIGNED,
    CAPAN_VALUE_SIGNED,
    CAPAN_VALUE_SECONDS,
    CAPAN_VALUE_BOOLEAN,
    CAPAN_VALUE_HUNDREDTHS,
    CAPAN_VALUE_WORD,
    CAPAN_VALUE_OCTETS,
    CAPAN_VALUE_TOKENS,
    CAPAN_VALUE_NUMBERS,
    CAPAN_VALUE_FIELDS,
    CAPAN_VALUE_COUNTS
};

struct capan_value {
    enum capan_value_type type;
    union {
        uint64_t number;
        int64_t integer; /* also nanoseconds and hundredths */
        bool truth;
        struct capan_span octets; /* a WORD's need no escapes: ASCII without quotes, commas, controls */
        struct {
            const struct capan_token *list;
            uint64_t mask;
        } tokens;
        struct {
            const uint32_t *at;
            size_t count;
        } numbers;
        struct {
            const struct capan_http_field *at;
            size_t count;
        } fields;
        struct {
            const struct capan_token *list;
            const uint32_t *at;
            size_t count;
        } counts; /* a number per token */
    } as;
};

/* How a column's value is read from the row's struct. */
enum capan_column_type {
    CAPAN_COLUMN_COUNT,        /* unsigned, always there */
    CAPAN_COLUMN_NONZERO,      /* unsigned, absent when 0: frame numbers above all */
    CAPAN_COLUMN_SIGNED,       /* int64_t, always there */
    CAPAN_COLUMN_NOT_NEGATIVE, /* int64_t, absent when below 0 */
    CAPAN_COLUMN_TIME,         /* int64_t nanoseconds, always there */
    CAPAN_COLUMN_DURATION,     /* int64_t nanoseconds, absent when below 0 */
    CAPAN_COLUMN_HUNDREDTHS,   /* int64_t, absent when below 0 */
    CAPAN_COLUMN_BOOLEAN,      /* absent when false */
    CAPAN_COLUMN_TOKEN,        /* a number in the list tokens */
    CAPAN_COLUMN_TOKEN_BUT_0,  /* likewise, absent when 0 */
    CAPAN_COLUMN_TOKENS,       /* uint64_t, a bit per token, absent when 0 */
    CAPAN_COLUMN_SPAN,         /* struct capan_span, absent when empty */
    CAPAN_COLUMN_ENDPOINT,     /* struct capan_endpoint */
    CAPAN_COLUMN_GETTER        /* get says */
};

struct capan_column {
    const char *name;
    enum capan_column_type type;
    size_t offset, size;
    const struct capan_token *tokens;
    struct capan_value (*get)(struct capan_row *);
};

/* Rows of a table of columns of CAPAN_ROW, the row's struct: a member read as it is, one that counts in a list of
 * tokens, and what a getter makes. */
#define CAPAN_READ(name, type, member) CAPAN_WORD(name, type, member, NULL)
#define CAPAN_WORD(name, type, member, list)                                                                           \
    { name, CAPAN_COLUMN_##type, offsetof(CAPAN_ROW, member), sizeof((CAPAN_ROW *)0)->member, list, NULL }
#define CAPAN_MADE(name, getter)                                                                                       \
    { name, CAPAN_COLUMN_GETTER, 0, 0, NULL, getter }

struct capan_text;

/* One kind of row: its columns for scripts, and the lines that people get. */
struct capan_row_kind {
    const struct capan_column *columns;
    size_t count;
    void (*text)(struct capan_text *, struct capan_row *);
};
extern const struct capan_row_kind capan_segment_rows, capan_exchange_rows, capan_connection_rows, capan_finding_rows,
    capan_page_rows, capan_object_rows;

/* The value of one column; spans in it are valid until the next call with this row. */
struct capan_value capan_column_value(const struct capan_column *, struct capan_row *);

#define CAPAN_ABSENT ((struct capan_value){.type = CAPAN_VALUE_ABSENT})

static inline struct capan_value value_number(uint64_t number) {
    return (struct capan_value){.type = CAPAN_VALUE_UNSIGNED, .as.number = number};
}
static inline struct capan_value value_seconds(int64_t ns) {
    return (struct capan_value){.type = CAPAN_VALUE_SECONDS, .as.integer = ns};
}
static inline struct capan_value value_octets(const void *at, size_t len) {
    return (struct capan_value){.type = CAPAN_VALUE_OCTETS, .as.octets = {at, len}};
}
static inline struct capan_value value_word(const char *word) {
    return (struct capan_value){.type = CAPAN_VALUE_WORD, .as.octets = {(const uint8_t *)word, strlen(word)}};
}
/* Absent when empty. */
static inline struct capan_value value_text(const char *text) {
    return *text ? value_octets(text, strlen(text)) : CAPAN_ABSENT;
}
static inline struct capan_value value_numbers(const uint32_t *at, size_t count) {
    return count ? (struct capan_value){.type = CAPAN_VALUE_NUMBERS, .as.numbers = {at, count}} : CAPAN_ABSENT;
}

#endif
