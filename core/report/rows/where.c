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

static bool begins(struct capan_span octets, const char *with) {
    return span_equal(span_cut(octets, 0, strlen(with)), span_of(with));
}

static struct capan_span trim(struct capan_span octets) {
    while (octets.len && octets.at[0] == ' ') octets = span_cut(octets, 1, SIZE_MAX);
    while (octets.len && octets.at[octets.len - 1] == ' ') octets.len--;
    return octets;
}

static bool is_quoted(struct capan_span text) {
    return text.len > 1 && text.at[0] == '"' && text.at[text.len - 1] == '"';
}

static bool read_number(struct capan_span text, double *number) {
    char digits[64], *end;
    size_t len = text.len < sizeof digits ? text.len : 0;
    if (len) memcpy(digits, text.at, len);
    digits[len] = 0;
    *number = strtod(digits, &end);
    return len && !*end;
}

static bool is_listed(const struct capan_column *column, struct capan_span token) {
    for (size_t i = 0; i < column->token_count; i++)
        if (span_equal(token, span_of(column->tokens[i].token))) return true;
    return false;
}

/* Can the column have that value at all? What is written wrong would else look like "there are none". */
static bool is_possible(const struct capan_column *column, struct capan_span text) {
    double number;
    switch (column->type) {
    case CAPAN_VALUE_UNSIGNED:
    case CAPAN_VALUE_SIGNED:
    case CAPAN_VALUE_SECONDS:
    case CAPAN_VALUE_HUNDREDTHS:
    case CAPAN_VALUE_NUMBERS: return read_number(text, &number);
    case CAPAN_VALUE_BOOLEAN: return span_equal(text, span_of("true")) || span_equal(text, span_of("false"));
    case CAPAN_VALUE_TOKEN:
    case CAPAN_VALUE_TOKENS:
    case CAPAN_VALUE_COUNTS: return is_listed(column, text);
    default: return text.len > 0;
    }
}

static enum capan_result read_condition(struct capan_condition *condition, const struct capan_table *table,
                                        struct capan_span text) {
    size_t len = 0;
    text = trim(text);
    while (len < text.len && !memchr("=!<> ", text.at[len], 5)) len++;
    *condition = (struct capan_condition){.column = capan_table_column(table, span_cut(text, 0, len))};
    if (!condition->column) return CAPAN_USAGE;
    struct capan_span sign = trim(span_cut(text, len, SIZE_MAX));
    if (!sign.len) return CAPAN_OK;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!begins(sign, signs[i].sign)) continue;
        struct capan_span value = trim(span_cut(sign, strlen(signs[i].sign), SIZE_MAX));
        condition->wanted = signs[i].wanted;
        condition->text = is_quoted(value) ? span_cut(value, 1, value.len - 2) : value;
        return is_possible(condition->column, condition->text) ? CAPAN_OK : CAPAN_USAGE;
    }
    return CAPAN_USAGE;
}

/* The octets before the next "&&" or "||" that no quotes enclose. */
static size_t condition_len(struct capan_span text) {
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '"') quoted = !quoted;
        struct capan_span rest = span_cut(text, i, SIZE_MAX);
        if (!quoted && (begins(rest, "&&") || begins(rest, "||"))) return i;
    }
    return text.len;
}

enum capan_result capan_where_read(struct capan_where *where, const struct capan_table *table, const char *expression) {
    struct capan_span rest = span_of(expression);
    bool or = true;
    for (where->count = 0; where->count < CAPAN_CONDITIONS_MAX;) {
        size_t len = condition_len(rest);
        struct capan_condition *condition = &where->conditions[where->count++];
        enum capan_result result = read_condition(condition, table, span_cut(rest, 0, len));
        condition->alternative = or ;
        if (result != CAPAN_OK || len == rest.len) return result;
        or = rest.at[len] == '|';
        rest = span_cut(rest, len + 2, SIZE_MAX);
    }
    return CAPAN_USAGE;
}

static uint8_t compare_octets(struct capan_span octets, struct capan_span text) {
    size_t common = octets.len < text.len ? octets.len : text.len;
    int order = common ? memcmp(octets.at, text.at, common) : 0;
    if (order == 0) order = octets.len < text.len ? -1 : octets.len > text.len;
    return order < 0 ? CAPAN_BELOW : order > 0 ? CAPAN_ABOVE : CAPAN_EQUAL;
}

static uint8_t compare_number(double number, struct capan_span text) {
    double bound;
    if (!read_number(text, &bound)) return 0;
    return number < bound ? CAPAN_BELOW : number > bound ? CAPAN_ABOVE : CAPAN_EQUAL;
}

/* All that the items of a list are to the text. */
static uint8_t compare_tokens(const struct capan_token *list, uint64_t mask, struct capan_span text) {
    uint8_t met = 0;
    for (unsigned i = 0; mask; i++, mask >>= 1)
        if (mask & 1) met |= compare_octets(span_of(list[i].token), text);
    return met;
}

static uint8_t compare_numbers(const uint32_t *at, size_t count, struct capan_span text) {
    uint8_t met = 0;
    for (size_t i = 0; i < count; i++) met |= compare_number(at[i], text);
    return met;
}

/* A field is asked for by its name: request_fields==if-none-match. */
static uint8_t compare_fields(const struct capan_http_field *at, size_t count, struct capan_span text) {
    uint8_t met = 0;
    for (size_t i = 0; i < count; i++) met |= compare_octets(at[i].name, text);
    return met;
}

/* A token is there when it was counted: outcomes==not-modified. */
static uint8_t compare_counts(const struct capan_value *value, struct capan_span text) {
    uint8_t met = 0;
    for (size_t i = 0; i < value->as.counts.count; i++)
        if (value->as.counts.at[i]) met |= compare_octets(span_of(value->as.counts.list[i].token), text);
    return met;
}

/* A fact is there when it holds: facts==evidence. */
static uint8_t compare_facts(const struct capan_value *value, struct capan_span text) {
    uint8_t met = 0;
    for (size_t i = 0; i < value->as.facts.count; i++)
        if (value->as.facts.at[i].holds) met |= compare_octets(span_of(value->as.facts.at[i].name), text);
    return met;
}

static uint8_t compare_quantities(const struct capan_value *value, struct capan_span text) {
    uint8_t met = 0;
    for (size_t i = 0; i < value->as.quantities.count; i++)
        met |= compare_octets(span_of(value->as.quantities.at[i].name), text);
    return met;
}

static uint8_t compare(const struct capan_value *value, struct capan_span text) {
    switch (value->type) {
    case CAPAN_VALUE_ABSENT: return 0;
    case CAPAN_VALUE_UNSIGNED: return compare_number((double)value->as.number, text);
    case CAPAN_VALUE_SIGNED: return compare_number((double)value->as.integer, text);
    case CAPAN_VALUE_SECONDS: return compare_number((double)value->as.integer / 1e9, text);
    case CAPAN_VALUE_HUNDREDTHS: return compare_number((double)value->as.integer / 1e2, text);
    case CAPAN_VALUE_TRUTH:
    case CAPAN_VALUE_BOOLEAN: return compare_octets(span_of(value->as.truth ? "true" : "false"), text);
    case CAPAN_VALUE_TOKEN: return compare_octets(span_of(value->as.token->token), text);
    case CAPAN_VALUE_WORD:
    case CAPAN_VALUE_OCTETS: return compare_octets(value->as.octets, text);
    case CAPAN_VALUE_TOKENS: return compare_tokens(value->as.tokens.list, value->as.tokens.mask, text);
    case CAPAN_VALUE_NUMBERS: return compare_numbers(value->as.numbers.at, value->as.numbers.count, text);
    case CAPAN_VALUE_COUNTS: return compare_counts(value, text);
    case CAPAN_VALUE_FIELDS: return compare_fields(value->as.fields.at, value->as.fields.count, text);
    case CAPAN_VALUE_FACTS: return compare_facts(value, text);
    case CAPAN_VALUE_QUANTITIES: return compare_quantities(value, text);
    case CAPAN_VALUE_TYPE_COUNT: break;
    }
    return 0;
}

static bool condition_holds(const struct capan_condition *condition, struct capan_row *row) {
    struct capan_value value = capan_column_value(condition->column, row);
    if (condition->wanted == 0) return value.type != CAPAN_VALUE_ABSENT;
    uint8_t met = compare(&value, condition->text);
    if (condition->wanted == (CAPAN_BELOW | CAPAN_ABOVE)) return !(met & CAPAN_EQUAL);
    return (met & condition->wanted) != 0;
}

bool capan_where_holds(const struct capan_where *where, struct capan_row *row) {
    bool holds = false;
    for (size_t i = 0; i < where->count; i++) {
        const struct capan_condition *condition = &where->conditions[i];
        if (condition->alternative && holds) return true;
        if (condition->alternative || holds) holds = condition_holds(condition, row);
    }
    return holds;
}
