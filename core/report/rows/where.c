/* SPDX-License-Identifier: MIT */
#include "where.h"

#include "bytes.h"

/* A condition, and who knows its pattern. */
struct asked {
    const struct capan_where *where;
    const struct capan_matcher *matcher;
};

static uint8_t order(struct capan_span octets, struct capan_span text) {
    const size_t common = min_size(octets.len, text.len);
    int order = common ? memcmp(octets.at, text.at, common) : 0;
    if (order == 0) order = octets.len < text.len ? -1 : octets.len > text.len;
    return order < 0 ? CAPAN_BELOW : order > 0 ? CAPAN_ABOVE : CAPAN_EQUAL;
}

static bool contains(struct capan_span octets, struct capan_span text) {
    for (size_t at = 0; at + text.len <= octets.len; at++)
        if (memcmp(octets.at + at, text.at, text.len) == 0) return true;
    return false;
}

/* What contains or matches is as good as equal. */
static uint8_t compare_octets(const struct asked *asked, struct capan_span octets) {
    const struct capan_where *where = asked->where;
    switch (where->how) {
    case CAPAN_WHERE_CONTAINS: return contains(octets, where->text) ? CAPAN_EQUAL : 0;
    case CAPAN_WHERE_MATCHES: return asked->matcher->matches(where->pattern, octets) ? CAPAN_EQUAL : 0;
    default: return order(octets, where->text);
    }
}

static uint8_t compare_number(double number, double bound) {
    return number < bound ? CAPAN_BELOW : number > bound ? CAPAN_ABOVE : CAPAN_EQUAL;
}

/* All that the items of a list are to the text. */
static uint8_t compare_tokens(const struct asked *asked, const struct capan_token *list, uint64_t mask) {
    uint8_t met = 0;
    for (unsigned i = 0; mask; i++, mask >>= 1)
        if (mask & 1) met |= compare_octets(asked, span_of(list[i].token));
    return met;
}

static uint8_t compare_numbers(const uint32_t *at, size_t count, double bound) {
    uint8_t met = 0;
    for (size_t i = 0; i < count; i++) met |= compare_number(at[i], bound);
    return met;
}

/* A field is asked for by its name: request_fields==if-none-match. */
static uint8_t compare_fields(const struct asked *asked, const struct capan_http_field *at, size_t count) {
    uint8_t met = 0;
    for (size_t i = 0; i < count; i++) met |= compare_octets(asked, at[i].name);
    return met;
}

/* A token is there when it was counted: outcomes==not-modified. */
static uint8_t compare_counts(const struct asked *asked, const struct capan_value *value) {
    uint8_t met = 0;
    for (size_t i = 0; i < value->as.counts.count; i++)
        if (value->as.counts.at[i]) met |= compare_octets(asked, span_of(value->as.counts.list[i].token));
    return met;
}

/* A fact is there when it holds: facts==evidence. */
static uint8_t compare_facts(const struct asked *asked, const struct capan_value *value) {
    uint8_t met = 0;
    for (size_t i = 0; i < value->as.facts.count; i++)
        if (value->as.facts.at[i].holds) met |= compare_octets(asked, span_of(value->as.facts.at[i].name));
    return met;
}

static uint8_t compare_quantities(const struct asked *asked, const struct capan_value *value) {
    uint8_t met = 0;
    for (size_t i = 0; i < value->as.quantities.count; i++)
        met |= compare_octets(asked, span_of(value->as.quantities.at[i].name));
    return met;
}

static uint8_t compare(const struct asked *asked, const struct capan_value *value) {
    const struct capan_where *where = asked->where;
    switch (value->type) {
    case CAPAN_VALUE_ABSENT: return 0;
    case CAPAN_VALUE_UNSIGNED: return compare_number((double)value->as.number, where->number);
    case CAPAN_VALUE_SIGNED: return compare_number((double)value->as.integer, where->number);
    case CAPAN_VALUE_MOMENT:
    case CAPAN_VALUE_SECONDS: return compare_number((double)value->as.integer / 1e9, where->number);
    case CAPAN_VALUE_HUNDREDTHS: return compare_number((double)value->as.integer / 1e2, where->number);
    case CAPAN_VALUE_TRUTH:
    case CAPAN_VALUE_BOOLEAN: return compare_octets(asked, span_of(value->as.truth ? "true" : "false"));
    case CAPAN_VALUE_TOKEN: return compare_octets(asked, span_of(value->as.token->token));
    case CAPAN_VALUE_WORD:
    case CAPAN_VALUE_OCTETS: return compare_octets(asked, value->as.octets);
    case CAPAN_VALUE_TOKENS: return compare_tokens(asked, value->as.tokens.list, value->as.tokens.mask);
    case CAPAN_VALUE_NUMBERS: return compare_numbers(value->as.numbers.at, value->as.numbers.count, where->number);
    case CAPAN_VALUE_COUNTS: return compare_counts(asked, value);
    case CAPAN_VALUE_FIELDS: return compare_fields(asked, value->as.fields.at, value->as.fields.count);
    case CAPAN_VALUE_FACTS: return compare_facts(asked, value);
    case CAPAN_VALUE_QUANTITIES: return compare_quantities(asked, value);
    case CAPAN_VALUE_TYPE_COUNT: break;
    }
    return 0;
}

static bool condition_holds(const struct asked *asked, struct capan_row *row) {
    const struct capan_where *where = asked->where;
    struct capan_value value = capan_column_value(where->column, row);
    if (where->wanted && where->column->type == CAPAN_VALUE_BOOLEAN) value.type = CAPAN_VALUE_BOOLEAN; /* false */
    if (where->wanted == 0) return value.type != CAPAN_VALUE_ABSENT;
    const uint8_t met = compare(asked, &value);
    if (where->wanted == (CAPAN_BELOW | CAPAN_ABOVE)) return !(met & CAPAN_EQUAL);
    return (met & where->wanted) != 0;
}

static bool holds(const struct capan_wheres *wheres, unsigned at, struct capan_row *row) {
    const struct capan_where_node *node = &wheres->nodes[at];
    switch (node->is) {
    case CAPAN_WHERE_NOT: return !holds(wheres, node->left, row);
    case CAPAN_WHERE_AND: return holds(wheres, node->left, row) && holds(wheres, node->right, row);
    case CAPAN_WHERE_OR: return holds(wheres, node->left, row) || holds(wheres, node->right, row);
    default: return condition_holds(&(struct asked){&node->condition, wheres->matcher}, row);
    }
}

bool capan_where_holds(const struct capan_wheres *wheres, struct capan_row *row) {
    return !wheres->root || holds(wheres, wheres->root - 1u, row);
}

void capan_where_free(struct capan_wheres *wheres) {
    for (size_t i = 0; i < wheres->count; i++)
        if (wheres->nodes[i].condition.pattern) wheres->matcher->free(wheres->nodes[i].condition.pattern);
}
