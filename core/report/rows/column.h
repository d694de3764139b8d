/* SPDX-License-Identifier: MIT */
/* How the tables of columns are written, and the values that their getters make. */
#ifndef COLUMN_H
#define COLUMN_H

#include <string.h>

#include "capan/report.h"

/* The type of value that each kind of reading gives. */
#define CAPAN_X(name, type) CAPAN_TYPE_OF_##name = CAPAN_VALUE_##type,
enum { CAPAN_READS(CAPAN_X) };
#undef CAPAN_X

/* Parts of a row of a table about CAPAN_ROW, the row's struct. A member that is read as it is: */
#define CAPAN_READ(how, number_unit, member)                                                                           \
    .type = CAPAN_TYPE_OF_##how, .unit = CAPAN_UNIT_##number_unit, .read = CAPAN_READ_##how,                           \
    .size = sizeof((CAPAN_ROW *)0)->member, .offset = offsetof(CAPAN_ROW, member)
/* Likewise of the struct of another type that a pointer in the row's struct is to. */
#define CAPAN_READ_BEHIND(how, number_unit, pointer, struct_type, member)                                              \
    .type = CAPAN_TYPE_OF_##how, .unit = CAPAN_UNIT_##number_unit, .read = CAPAN_READ_##how,                           \
    .size = sizeof((struct_type *)0)->member, .offset = offsetof(struct_type, member),                                 \
    .behind = 1 + offsetof(CAPAN_ROW, pointer)
/* One that is a row of a list, or a set of them: */
#define CAPAN_WORD(how, member, list) CAPAN_READ(how, NONE, member), CAPAN_LIST(list)
/* What a getter makes: */
#define CAPAN_MADE(value_type, number_unit, getter)                                                                    \
    .type = CAPAN_VALUE_##value_type, .unit = CAPAN_UNIT_##number_unit, .read = CAPAN_READ_BY_GET, .get = getter
#define CAPAN_LIST(list) .tokens = list, .token_count = sizeof(list) / sizeof *(list)
/* How Wireshark has it: label, type, display, rank, and what else of struct capan_wireshark_field is set, by name. */
#define CAPAN_WIRESHARK(its_label, its_type, its_display, ...)                                                         \
    .wireshark = {.label = its_label,                                                                                  \
                  .type = CAPAN_WIRESHARK_##its_type,                                                                  \
                  .display = CAPAN_DISPLAY_##its_display,                                                              \
                  .rank = __VA_ARGS__}

/* A table whose last columns, as many as extra says, stand in Wireshark's tree alone. */
#define CAPAN_TABLE(name, columns, extra)                                                                              \
    { name, columns, sizeof(columns) / sizeof *(columns) - (extra), sizeof(columns) / sizeof *(columns), NULL }

extern const struct capan_table capan_segment_table, capan_connection_table, capan_exchange_table, capan_finding_table,
    capan_page_table, capan_object_table, capan_proof_table, capan_whatif_table, capan_whatif_sum_table,
    capan_whatif_change_table, capan_etag_table, capan_stitch_table, capan_diff_table, capan_proved_table,
    capan_place_table, capan_claim_table;

/* Where the message lies whose content it is. */
static inline const struct capan_http_extent *object_extent(const struct capan_object *object) {
    return object->request ? &object->exchange->request : &object->exchange->response;
}

#define CAPAN_ABSENT ((struct capan_value){.type = CAPAN_VALUE_ABSENT})

static inline struct capan_value value_number(uint64_t number) {
    return (struct capan_value){.type = CAPAN_VALUE_UNSIGNED, .as.number = number};
}
static inline struct capan_value value_seconds(int64_t ns) {
    return (struct capan_value){.type = CAPAN_VALUE_SECONDS, .as.integer = ns};
}
static inline struct capan_value value_moment(int64_t ns) {
    return (struct capan_value){.type = CAPAN_VALUE_MOMENT, .as.integer = ns};
}
static inline struct capan_value value_octets(const void *at, size_t len) {
    return (struct capan_value){.type = CAPAN_VALUE_OCTETS, .as.octets = {at, len}};
}
/* Absent when empty. */
static inline struct capan_value value_span(struct capan_span span) {
    return span.len ? value_octets(span.at, span.len) : CAPAN_ABSENT;
}
static inline struct capan_value value_text(const char *text) {
    return *text ? value_octets(text, strlen(text)) : CAPAN_ABSENT;
}
static inline struct capan_value value_word(const char *word) {
    return (struct capan_value){.type = CAPAN_VALUE_WORD, .as.octets = {(const uint8_t *)word, strlen(word)}};
}
static inline struct capan_value value_token(const struct capan_token *token) {
    return (struct capan_value){.type = CAPAN_VALUE_TOKEN, .as.token = token};
}
static inline struct capan_value value_tokens(const struct capan_token *list, uint64_t mask) {
    return mask ? (struct capan_value){.type = CAPAN_VALUE_TOKENS, .as.tokens = {list, mask}} : CAPAN_ABSENT;
}
static inline struct capan_value value_numbers(const uint32_t *at, size_t count) {
    return count ? (struct capan_value){.type = CAPAN_VALUE_NUMBERS, .as.numbers = {at, count}} : CAPAN_ABSENT;
}

/* --- what is read of a row --- */

static inline uint64_t read_unsigned(const void *at, size_t size) {
    switch (size) {
    case 1: return *(const uint8_t *)at;
    case 2: return *(const uint16_t *)at;
    case 4: return *(const uint32_t *)at;
    default: return *(const uint64_t *)at;
    }
}

static inline struct capan_value integer_value(enum capan_value_type type, const void *at) {
    return (struct capan_value){.type = type, .as.integer = *(const int64_t *)at};
}

static inline struct capan_value integer_or_absent(enum capan_value_type type, const void *at) {
    return *(const int64_t *)at < 0 ? CAPAN_ABSENT : integer_value(type, at);
}

/* The struct that has the member; NULL there is none. */
static inline const uint8_t *holder_of(const struct capan_column *column, const struct capan_row *row) {
    const uint8_t *holder = row->base;
    if (column->behind) memcpy(&holder, holder + column->behind - 1, sizeof holder);
    return holder;
}

/* In the row's own text. */
struct capan_value capan_endpoint_value(const struct capan_endpoint *, struct capan_row *);

/* capan_column_value for the writers, who ask for every column of every row. */
static inline struct capan_value column_value(const struct capan_column *column, struct capan_row *row) {
    const uint8_t *holder = holder_of(column, row);
    if (!holder) return CAPAN_ABSENT;
    const void *at = holder + column->offset;
    const enum capan_value_type type = (enum capan_value_type)column->type;
    uint64_t number;
    switch ((enum capan_read)column->read) {
    case CAPAN_READ_COUNT: return value_number(read_unsigned(at, column->size));
    case CAPAN_READ_NONZERO:
        number = read_unsigned(at, column->size);
        return number ? value_number(number) : CAPAN_ABSENT;
    case CAPAN_READ_SIGNED:
    case CAPAN_READ_MOMENT:
    case CAPAN_READ_TIME: return integer_value(type, at);
    case CAPAN_READ_NOT_NEGATIVE:
    case CAPAN_READ_DURATION:
    case CAPAN_READ_HUNDREDTHS: return integer_or_absent(type, at);
    case CAPAN_READ_BOOLEAN:
        return *(const bool *)at ? (struct capan_value){.type = CAPAN_VALUE_BOOLEAN, .as.truth = true} : CAPAN_ABSENT;
    case CAPAN_READ_TOKEN: return value_token(&column->tokens[read_unsigned(at, column->size)]);
    case CAPAN_READ_TOKEN_BUT_0:
        number = read_unsigned(at, column->size);
        return number ? value_token(&column->tokens[number]) : CAPAN_ABSENT;
    case CAPAN_READ_TOKENS: return value_tokens(column->tokens, *(const uint64_t *)at);
    case CAPAN_READ_SPAN: return value_span(*(const struct capan_span *)at);
    case CAPAN_READ_ENDPOINT: return capan_endpoint_value(at, row);
    case CAPAN_READ_BY_GET: return column->get(row);
    }
    return CAPAN_ABSENT;
}

#endif
