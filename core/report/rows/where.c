/* SPDX-License-Identifier: MIT */
#include "where.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"
#include "nearest.h"

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

/* --- reading --- */

/* What is left of an expression, and where the message goes. */
struct reading {
    const struct capan_table *table;
    const char *at;
    char *message;
};

CAPAN_PRINTF(2, 3)
static bool refuse(const struct reading *reading, const char *format, ...) {
    va_list values;
    va_start(values, format);
    vsnprintf(reading->message, CAPAN_WHERE_MESSAGE, format, values);
    va_end(values);
    return false;
}

static int width(struct capan_span text) {
    return text.len < 64 ? (int)text.len : 64;
}

/* "...; nearest is 'syn'" */
static bool refuse_word(const struct reading *reading, struct capan_span word, const char *of, const char *name,
                        const struct nearest *nearest) {
    const char *at = (const char *)word.at;
    if (!nearest->best.at) return refuse(reading, "'%.*s' is no %s%s", width(word), at, of, name);
    return refuse(reading, "'%.*s' is no %s%s; nearest is '%.*s'", width(word), at, of, name, width(nearest->best),
                  (const char *)nearest->best.at);
}

static void skip_spaces(struct reading *reading) {
    reading->at += strspn(reading->at, " ");
}

static bool read_column(struct reading *reading, struct capan_where *where) {
    const struct capan_span name = {(const uint8_t *)reading->at, strcspn(reading->at, "=!<> &|")};
    struct nearest nearest = {.asked = name};
    if (!name.len) return refuse(reading, "a condition is missing: %s", *reading->at ? reading->at : "at the end");
    for (size_t i = 0; i < reading->table->count; i++) {
        const struct capan_span key = span_of(reading->table->columns[i].key);
        if (span_equal(key, name)) where->column = &reading->table->columns[i];
        capan_nearest_offer(&nearest, key);
    }
    reading->at += name.len;
    return where->column || refuse_word(reading, name, "column of ", reading->table->name, &nearest);
}

static bool read_sign(struct reading *reading, struct capan_where *where) {
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        const size_t len = strlen(signs[i].sign);
        if (strncmp(reading->at, signs[i].sign, len) != 0) continue;
        where->wanted = signs[i].wanted;
        reading->at += len;
        return true;
    }
    return refuse(reading, "no comparison behind '%s': == != < <= > >=", where->column->key);
}

static bool is_joint(const char *at) {
    return (at[0] == '&' && at[1] == '&') || (at[0] == '|' && at[1] == '|');
}

static bool read_text(struct reading *reading, struct capan_where *where) {
    const char *from = reading->at, *end = from;
    if (*from == '"') {
        end = strchr(++from, '"');
        if (!end) return refuse(reading, "the quotation behind '%s' does not end", where->column->key);
        reading->at = end + 1;
    } else {
        while (*end && !is_joint(end)) end++;
        reading->at = end;
        while (end > from && end[-1] == ' ') end--;
        if (end == from) return refuse(reading, "nothing to compare '%s' with", where->column->key);
    }
    where->text = (struct capan_span){(const uint8_t *)from, (size_t)(end - from)};
    return true;
}

/* Of a column that has few words; true where it is one of them. */
static bool is_among(const struct capan_column *column, const char *words, struct nearest *nearest) {
    for (size_t i = 0; i < column->token_count; i++) {
        if (span_equal(span_of(column->tokens[i].token), nearest->asked)) return true;
        capan_nearest_offer(nearest, span_of(column->tokens[i].token));
    }
    for (const char *at = words; at && *at; at += strspn(at, " ")) {
        const struct capan_span word = {(const uint8_t *)at, strcspn(at, " ")};
        if (span_equal(word, nearest->asked)) return true;
        capan_nearest_offer(nearest, word);
        at += word.len;
    }
    return false;
}

static bool check_word(const struct reading *reading, const struct capan_where *where, const char *words) {
    struct nearest nearest = {.asked = where->text};
    const uint8_t equality = where->wanted & CAPAN_EQUAL ? CAPAN_EQUAL : CAPAN_BELOW | CAPAN_ABOVE;
    if (where->wanted != equality) return refuse(reading, "'%s' has words: == and != alone", where->column->key);
    return is_among(where->column, words, &nearest) ||
           refuse_word(reading, where->text, "word of ", where->column->key, &nearest);
}

static bool check_number(const struct reading *reading, struct capan_where *where) {
    char text[64], *end;
    snprintf(text, sizeof text, "%.*s", width(where->text), (const char *)where->text.at);
    where->number = strtod(text, &end);
    const bool finite = where->number - where->number == 0;
    if (where->text.len < sizeof text && end != text && !*end && finite) return true;
    return refuse(reading, "'%s' is a number, not '%s'", where->column->key, text);
}

/* Whether any row can have such a value. */
static bool check(const struct reading *reading, struct capan_where *where) {
    const struct capan_column *column = where->column;
    switch (column->type) {
    case CAPAN_VALUE_UNSIGNED:
    case CAPAN_VALUE_SIGNED:
    case CAPAN_VALUE_SECONDS:
    case CAPAN_VALUE_HUNDREDTHS:
    case CAPAN_VALUE_NUMBERS: return check_number(reading, where);
    case CAPAN_VALUE_TRUTH:
    case CAPAN_VALUE_BOOLEAN: return check_word(reading, where, "true false");
    default: return (!column->tokens && !column->words) || check_word(reading, where, column->words);
    }
}

static bool read_joint(struct reading *reading, struct capan_where *where) {
    skip_spaces(reading);
    where->joint = CAPAN_WHERE_END;
    if (!*reading->at) return true;
    if (!is_joint(reading->at)) return refuse(reading, "neither && nor || before '%.64s'", reading->at);
    where->joint = *reading->at == '&' ? CAPAN_WHERE_AND : CAPAN_WHERE_OR;
    reading->at += 2;
    return true;
}

static bool read_condition(struct reading *reading, struct capan_where *where) {
    *where = (struct capan_where){.text = {(const uint8_t *)"", 0}};
    skip_spaces(reading);
    if (!read_column(reading, where)) return false;
    skip_spaces(reading);
    if (*reading->at && !is_joint(reading->at)) {
        if (!read_sign(reading, where)) return false;
        skip_spaces(reading);
        if (!read_text(reading, where) || !check(reading, where)) return false;
    }
    return read_joint(reading, where);
}

enum capan_result capan_where_read(struct capan_wheres *wheres, const struct capan_table *table, const char *expression,
                                   char message[CAPAN_WHERE_MESSAGE]) {
    struct reading reading = {table, expression, message};
    const struct capan_where *last;
    do {
        if (wheres->count == CAPAN_WHERES_MAX) {
            refuse(&reading, "more than %d conditions", CAPAN_WHERES_MAX);
            return CAPAN_USAGE;
        }
        if (!read_condition(&reading, &wheres->at[wheres->count])) return CAPAN_USAGE;
        last = &wheres->at[wheres->count++];
    } while (last->joint != CAPAN_WHERE_END);
    return CAPAN_OK;
}

/* --- asking --- */

static uint8_t compare_octets(struct capan_span octets, struct capan_span text) {
    const size_t common = min_u64(octets.len, text.len);
    int order = common ? memcmp(octets.at, text.at, common) : 0;
    if (order == 0) order = octets.len < text.len ? -1 : octets.len > text.len;
    return order < 0 ? CAPAN_BELOW : order > 0 ? CAPAN_ABOVE : CAPAN_EQUAL;
}

static uint8_t compare_number(double number, double bound) {
    return number < bound ? CAPAN_BELOW : number > bound ? CAPAN_ABOVE : CAPAN_EQUAL;
}

/* All that the items of a list are to the text. */
static uint8_t compare_tokens(const struct capan_token *list, uint64_t mask, struct capan_span text) {
    uint8_t met = 0;
    for (unsigned i = 0; mask; i++, mask >>= 1)
        if (mask & 1) met |= compare_octets(span_of(list[i].token), text);
    return met;
}

static uint8_t compare_numbers(const uint32_t *at, size_t count, double bound) {
    uint8_t met = 0;
    for (size_t i = 0; i < count; i++) met |= compare_number(at[i], bound);
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

static uint8_t compare(const struct capan_value *value, const struct capan_where *where) {
    const struct capan_span text = where->text;
    switch (value->type) {
    case CAPAN_VALUE_ABSENT: return 0;
    case CAPAN_VALUE_UNSIGNED: return compare_number((double)value->as.number, where->number);
    case CAPAN_VALUE_SIGNED: return compare_number((double)value->as.integer, where->number);
    case CAPAN_VALUE_SECONDS: return compare_number((double)value->as.integer / 1e9, where->number);
    case CAPAN_VALUE_HUNDREDTHS: return compare_number((double)value->as.integer / 1e2, where->number);
    case CAPAN_VALUE_TRUTH:
    case CAPAN_VALUE_BOOLEAN: return compare_octets(span_of(value->as.truth ? "true" : "false"), text);
    case CAPAN_VALUE_TOKEN: return compare_octets(span_of(value->as.token->token), text);
    case CAPAN_VALUE_WORD:
    case CAPAN_VALUE_OCTETS: return compare_octets(value->as.octets, text);
    case CAPAN_VALUE_TOKENS: return compare_tokens(value->as.tokens.list, value->as.tokens.mask, text);
    case CAPAN_VALUE_NUMBERS: return compare_numbers(value->as.numbers.at, value->as.numbers.count, where->number);
    case CAPAN_VALUE_COUNTS: return compare_counts(value, text);
    case CAPAN_VALUE_FIELDS: return compare_fields(value->as.fields.at, value->as.fields.count, text);
    case CAPAN_VALUE_FACTS: return compare_facts(value, text);
    case CAPAN_VALUE_QUANTITIES: return compare_quantities(value, text);
    case CAPAN_VALUE_TYPE_COUNT: break;
    }
    return 0;
}

static bool holds(const struct capan_where *where, struct capan_row *row) {
    struct capan_value value = capan_column_value(where->column, row);
    if (where->wanted && where->column->type == CAPAN_VALUE_BOOLEAN) value.type = CAPAN_VALUE_BOOLEAN; /* false */
    if (where->wanted == 0) return value.type != CAPAN_VALUE_ABSENT;
    const uint8_t met = compare(&value, where);
    if (where->wanted == (CAPAN_BELOW | CAPAN_ABOVE)) return !(met & CAPAN_EQUAL);
    return (met & where->wanted) != 0;
}

bool capan_where_holds(const struct capan_wheres *wheres, struct capan_row *row) {
    bool any = false, all = true; /* of the expression, of those joined by && */
    for (size_t i = 0; i < wheres->count; i++) {
        const struct capan_where *where = &wheres->at[i];
        all = all && holds(where, row);
        if (where->joint == CAPAN_WHERE_AND) continue;
        any = any || all;
        all = true;
        if (where->joint == CAPAN_WHERE_OR) continue;
        if (!any) return false;
        any = false;
    }
    return true;
}
