/* SPDX-License-Identifier: MIT */
#include "where.h"

#include <stdlib.h>

#include "bytes.h"

static const struct {
    const char *sign;
    uint8_t wanted;
} signs[] = {
    {"==", CAPAN_EQUAL},
    {"!=", CAPAN_BELOW | CAPAN_ABOVE},
    {"<=", CAPAN_BELOW | CAPAN_EQUAL},
    {">=", CAPAN_ABOVE | CAPAN_EQUAL},
    {"<", CAPAN_BELOW},
    {">", CAPAN_ABOVE},
};

static const struct capan_column *find_column(const struct capan_table *table, const char *name, size_t len) {
    for (size_t i = 0; i < table->count; i++)
        if (strlen(table->columns[i].key) == len && memcmp(table->columns[i].key, name, len) == 0)
            return &table->columns[i];
    return NULL;
}

enum capan_result capan_where_read(struct capan_where *where, const struct capan_table *table, const char *expression) {
    size_t len = strcspn(expression, "=!<> ");
    const char *sign = expression + len + strspn(expression + len, " ");
    *where = (struct capan_where){.column = find_column(table, expression, len), .text = ""};
    if (!where->column) return CAPAN_USAGE;
    if (*sign == '\0') return CAPAN_OK;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t width = strlen(signs[i].sign);
        if (strncmp(sign, signs[i].sign, width) != 0) continue;
        where->wanted = signs[i].wanted;
        where->text = sign + width + strspn(sign + width, " ");
        return *where->text ? CAPAN_OK : CAPAN_USAGE;
    }
    return CAPAN_USAGE;
}

static uint8_t compare_octets(struct capan_span octets, const char *text) {
    size_t len = strlen(text), common = octets.len < len ? octets.len : len;
    int order = common ? memcmp(octets.at, text, common) : 0;
    if (order == 0) order = octets.len < len ? -1 : octets.len > len;
    return order < 0 ? CAPAN_BELOW : order > 0 ? CAPAN_ABOVE : CAPAN_EQUAL;
}

static uint8_t compare_number(double number, const char *text) {
    double bound = strtod(text, NULL);
    return number < bound ? CAPAN_BELOW : number > bound ? CAPAN_ABOVE : CAPAN_EQUAL;
}

/* All that the items of a list are to the text. */
static uint8_t compare_tokens(const struct capan_token *list, uint64_t mask, const char *text) {
    uint8_t met = 0;
    for (unsigned i = 0; mask; i++, mask >>= 1)
        if (mask & 1) met |= compare_octets(span_of(list[i].token), text);
    return met;
}

static uint8_t compare_numbers(const uint32_t *at, size_t count, const char *text) {
    uint8_t met = 0;
    for (size_t i = 0; i < count; i++) met |= compare_number(at[i], text);
    return met;
}

/* A field is asked for by its name: request_fields==if-none-match. */
static uint8_t compare_fields(const struct capan_http_field *at, size_t count, const char *text) {
    uint8_t met = 0;
    for (size_t i = 0; i < count; i++) met |= compare_octets(at[i].name, text);
    return met;
}

/* A token is there when it was counted: outcomes==not-modified. */
static uint8_t compare_counts(const struct capan_value *value, const char *text) {
    uint8_t met = 0;
    for (size_t i = 0; i < value->as.counts.count; i++)
        if (value->as.counts.at[i]) met |= compare_octets(span_of(value->as.counts.list[i].token), text);
    return met;
}

static uint8_t compare(const struct capan_value *value, const char *text) {
    switch (value->type) {
    case CAPAN_VALUE_ABSENT: return 0;
    case CAPAN_VALUE_UNSIGNED: return compare_number((double)value->as.number, text);
    case CAPAN_VALUE_SIGNED: return compare_number((double)value->as.integer, text);
    case CAPAN_VALUE_SECONDS: return compare_number((double)value->as.integer / 1e9, text);
    case CAPAN_VALUE_HUNDREDTHS: return compare_number((double)value->as.integer / 1e2, text);
    case CAPAN_VALUE_BOOLEAN: return compare_octets(span_of(value->as.truth ? "true" : "false"), text);
    case CAPAN_VALUE_TOKEN: return compare_octets(span_of(value->as.token->token), text);
    case CAPAN_VALUE_WORD:
    case CAPAN_VALUE_OCTETS: return compare_octets(value->as.octets, text);
    case CAPAN_VALUE_TOKENS: return compare_tokens(value->as.tokens.list, value->as.tokens.mask, text);
    case CAPAN_VALUE_NUMBERS: return compare_numbers(value->as.numbers.at, value->as.numbers.count, text);
    case CAPAN_VALUE_COUNTS: return compare_counts(value, text);
    case CAPAN_VALUE_FIELDS: return compare_fields(value->as.fields.at, value->as.fields.count, text);
    case CAPAN_VALUE_TYPE_COUNT: break;
    }
    return 0;
}

bool capan_where_holds(const struct capan_where *where, struct capan_row *row) {
    struct capan_value value = capan_column_value(where->column, row);
    if (where->wanted == 0) return value.type != CAPAN_VALUE_ABSENT;
    uint8_t met = compare(&value, where->text);
    if (where->wanted == (CAPAN_BELOW | CAPAN_ABOVE)) return !(met & CAPAN_EQUAL);
    return (met & where->wanted) != 0;
}
