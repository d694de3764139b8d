/* SPDX-License-Identifier: MIT */
/* The grammar of conditions, by recursive descent: or, and, not, a condition or parentheses. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bytes.h"
#include "capan/nearest.h"
#include "where.h"

static const struct {
    const char *sign;
    uint8_t how, wanted;
} signs[] = {
    {"==", CAPAN_WHERE_ORDER, CAPAN_EQUAL},
    {"!=", CAPAN_WHERE_ORDER, CAPAN_BELOW | CAPAN_ABOVE},
    {"<=", CAPAN_WHERE_ORDER, CAPAN_BELOW | CAPAN_EQUAL},
    {">=", CAPAN_WHERE_ORDER, CAPAN_EQUAL | CAPAN_ABOVE},
    {"<", CAPAN_WHERE_ORDER, CAPAN_BELOW},
    {">", CAPAN_WHERE_ORDER, CAPAN_ABOVE},
    {"eq", CAPAN_WHERE_ORDER, CAPAN_EQUAL},
    {"ne", CAPAN_WHERE_ORDER, CAPAN_BELOW | CAPAN_ABOVE},
    {"le", CAPAN_WHERE_ORDER, CAPAN_BELOW | CAPAN_EQUAL},
    {"ge", CAPAN_WHERE_ORDER, CAPAN_EQUAL | CAPAN_ABOVE},
    {"lt", CAPAN_WHERE_ORDER, CAPAN_BELOW},
    {"gt", CAPAN_WHERE_ORDER, CAPAN_ABOVE},
    {"contains", CAPAN_WHERE_CONTAINS, CAPAN_EQUAL},
    {"matches", CAPAN_WHERE_MATCHES, CAPAN_EQUAL},
    {"~", CAPAN_WHERE_MATCHES, CAPAN_EQUAL},
};

static const struct joint {
    const char *sign, *word;
} joint_not = {"!", "not"}, joint_and = {"&&", "and"}, joint_or = {"||", "or"};

/* What is left of an expression, and what came of it. */
struct reading {
    const struct capan_table *table;
    const char *expression, *at;
    struct capan_wheres *wheres;
    struct capan_complaint *error;
    int depth;
};

/* --- what is wrong --- */

static struct capan_span rest_of_word(const char *at) {
    return (struct capan_span){(const uint8_t *)at, strcspn(at, " ")};
}

/* The word is the expression's. */
CAPAN_PRINTF(3, 4)
static bool refuse(const struct reading *reading, struct capan_span word, const char *format, ...) {
    va_list values;
    va_start(values, format);
    vsnprintf(reading->error->message, sizeof reading->error->message, format, values);
    va_end(values);
    reading->error->at = (size_t)((const char *)word.at - reading->expression);
    reading->error->len = word.len;
    return false;
}

static int width(struct capan_span text) {
    return text.len < 64 ? (int)text.len : 64;
}

/* "...; nearest is 'syn'" */
static bool refuse_word(const struct reading *reading, struct capan_span word, const char *of, const char *name,
                        const struct capan_nearest *nearest) {
    const char *at = (const char *)word.at;
    if (!nearest->best.at) return refuse(reading, word, "'%.*s' is no %s%s", width(word), at, of, name);
    return refuse(reading, word, "'%.*s' is no %s%s; nearest is '%.*s'", width(word), at, of, name,
                  width(nearest->best), (const char *)nearest->best.at);
}

/* --- words --- */

static void skip_spaces(struct reading *reading) {
    reading->at += strspn(reading->at, " ");
}

static size_t name_len(const char *at) {
    return strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
}

/* A sign, or a word that does not go on; it is passed. */
static bool take(struct reading *reading, const char *sign) {
    const size_t len = strlen(sign);
    skip_spaces(reading);
    if (strncmp(reading->at, sign, len) != 0) return false;
    if (name_len(sign) && name_len(reading->at) != len) return false;
    reading->at += len;
    return true;
}

static bool take_joint(struct reading *reading, const struct joint *joint) {
    return take(reading, joint->sign) || take(reading, joint->word);
}

static bool is_joint(const char *at) {
    return (at[0] == '&' && at[1] == '&') || (at[0] == '|' && at[1] == '|');
}

/* Where a text without quotes ends. */
static bool ends_text(const char *at) {
    return !*at || *at == ' ' || *at == ')' || *at == ',' || *at == '}' || is_joint(at);
}

static bool read_quoted(struct reading *reading, struct capan_where *where) {
    const char quote = *reading->at, *from = reading->at + 1, *end = strchr(from, quote);
    if (!end) return refuse(reading, rest_of_word(reading->at), "the quotation does not end");
    where->text = (struct capan_span){(const uint8_t *)from, (size_t)(end - from)};
    reading->at = end + 1;
    return true;
}

static bool read_text(struct reading *reading, struct capan_where *where) {
    const char *from;
    skip_spaces(reading);
    if (*reading->at == '"' || *reading->at == '\'') return read_quoted(reading, where);
    for (from = reading->at; !ends_text(reading->at);) reading->at++;
    where->text = (struct capan_span){(const uint8_t *)from, (size_t)(reading->at - from)};
    return where->text.len || refuse(reading, where->text, "nothing to compare '%s' with", where->column->key);
}

/* --- conditions --- */

static bool read_column(struct reading *reading, struct capan_where *where) {
    static const char prefix[] = "capan.";
    skip_spaces(reading);
    if (strncmp(reading->at, prefix, strlen(prefix)) == 0) reading->at += strlen(prefix);
    const struct capan_span name = {(const uint8_t *)reading->at, name_len(reading->at)};
    struct capan_nearest nearest = {.asked = name};
    if (!name.len) return refuse(reading, rest_of_word(reading->at), "a condition is missing");
    for (size_t i = 0; i < reading->table->count; i++) {
        const struct capan_span key = span_of(reading->table->columns[i].key);
        if (span_equal(key, name)) where->column = &reading->table->columns[i];
        capan_nearest_offer(&nearest, key);
    }
    reading->at += name.len;
    return where->column || refuse_word(reading, name, "column of ", reading->table->name, &nearest);
}

/* Of a column that has few words; true where it is one of them. */
static bool is_among(const struct capan_column *column, const char *words, struct capan_nearest *nearest) {
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
    struct capan_nearest nearest = {.asked = where->text};
    const uint8_t equality = where->wanted & CAPAN_EQUAL ? CAPAN_EQUAL : CAPAN_BELOW | CAPAN_ABOVE;
    if (where->wanted != equality)
        return refuse(reading, where->text, "'%s' has words: no < and no >", where->column->key);
    return is_among(where->column, words, &nearest) ||
           refuse_word(reading, where->text, "word of ", where->column->key, &nearest);
}

static bool check_number(const struct reading *reading, struct capan_where *where) {
    char text[64], *end;
    snprintf(text, sizeof text, "%.*s", width(where->text), (const char *)where->text.at);
    where->number = strtod(text, &end);
    const bool finite = where->number - where->number == 0;
    if (where->how == CAPAN_WHERE_ORDER && where->text.len < sizeof text && end != text && !*end && finite) return true;
    return refuse(reading, where->text, "'%s' is a number, not '%s'", where->column->key, text);
}

static bool is_number(const struct capan_column *column) {
    switch (column->type) {
    case CAPAN_VALUE_UNSIGNED:
    case CAPAN_VALUE_SIGNED:
    case CAPAN_VALUE_MOMENT:
    case CAPAN_VALUE_SECONDS:
    case CAPAN_VALUE_HUNDREDTHS:
    case CAPAN_VALUE_NUMBERS: return true;
    default: return false;
    }
}

static bool compile(const struct reading *reading, struct capan_where *where) {
    char message[160] = "there are no patterns";
    const struct capan_matcher *matcher = reading->wheres->matcher;
    where->pattern = matcher ? matcher->compile(where->text, message, sizeof message) : NULL;
    return where->pattern || refuse(reading, where->text, "'matches': %s", message);
}

/* Whether any row can have such a value. */
static bool check(const struct reading *reading, struct capan_where *where) {
    const struct capan_column *column = where->column;
    if (is_number(column)) return check_number(reading, where);
    if (where->how == CAPAN_WHERE_MATCHES) return compile(reading, where);
    if (where->how == CAPAN_WHERE_CONTAINS) return true;
    if (column->type == CAPAN_VALUE_TRUTH || column->type == CAPAN_VALUE_BOOLEAN)
        return check_word(reading, where, "true false");
    return (!column->tokens && !column->words) || check_word(reading, where, column->words);
}

static bool take_sign(struct reading *reading, struct capan_where *where) {
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!take(reading, signs[i].sign)) continue;
        where->how = signs[i].how;
        where->wanted = signs[i].wanted;
        return true;
    }
    return false;
}

/* --- nodes --- */

static bool add(struct reading *reading, const struct capan_where_node *node, uint16_t *at) {
    struct capan_wheres *wheres = reading->wheres;
    if (wheres->count == CAPAN_WHERE_NODES_MAX)
        return refuse(reading, rest_of_word(reading->at), "more than %d conditions and joints", CAPAN_WHERE_NODES_MAX);
    *at = wheres->count;
    wheres->nodes[wheres->count++] = *node;
    return true;
}

/* left becomes the joined node. */
static bool join(struct reading *reading, enum capan_where_is is, uint16_t *left, uint16_t right) {
    return add(reading, &(struct capan_where_node){.is = (uint8_t)is, .left = *left, .right = right}, left);
}

/* A pattern belongs to the condition, which is freed with all that were added. */
static bool add_condition(struct reading *reading, const struct capan_where *where, uint16_t *at) {
    struct capan_where_node node = {.is = CAPAN_WHERE_CONDITION, .condition = *where};
    if (reading->wheres->count < CAPAN_WHERE_NODES_MAX && !check(reading, &node.condition)) return false;
    return add(reading, &node, at);
}

static const char *range_in(struct capan_span text) {
    for (size_t i = 1; i + 2 < text.len; i++)
        if (text.at[i] == '.' && text.at[i + 1] == '.') return (const char *)text.at + i;
    return NULL;
}

/* One of a set: a text, or of numbers FROM..TO. */
static bool read_member(struct reading *reading, struct capan_where where, uint16_t *at) {
    where.wanted = CAPAN_EQUAL;
    if (!read_text(reading, &where)) return false;
    const char *dots = is_number(where.column) ? range_in(where.text) : NULL;
    if (!dots) return add_condition(reading, &where, at);
    struct capan_where to = where;
    const size_t len = (size_t)(dots - (const char *)where.text.at);
    uint16_t right;
    to.text = span_cut(where.text, len + 2, SIZE_MAX);
    to.wanted = CAPAN_BELOW | CAPAN_EQUAL;
    where.text.len = len;
    where.wanted = CAPAN_EQUAL | CAPAN_ABOVE;
    return add_condition(reading, &where, at) && add_condition(reading, &to, &right) &&
           join(reading, CAPAN_WHERE_AND, at, right);
}

static bool read_set(struct reading *reading, const struct capan_where *where, uint16_t *at) {
    uint16_t right;
    if (!take(reading, "{")) return refuse(reading, rest_of_word(reading->at), "'in' has a set behind it: {A, B}");
    if (!read_member(reading, *where, at)) return false;
    while (!take(reading, "}")) {
        take(reading, ",");
        if (!read_member(reading, *where, &right) || !join(reading, CAPAN_WHERE_OR, at, right)) return false;
    }
    return true;
}

static bool is_joint_word(const char *at) {
    const size_t len = name_len(at);
    return (len == 3 && strncmp(at, "and", len) == 0) || (len == 2 && strncmp(at, "or", len) == 0);
}

static bool read_condition(struct reading *reading, uint16_t *at) {
    struct capan_where where = {.text = {(const uint8_t *)"", 0}};
    if (!read_column(reading, &where)) return false;
    if (take(reading, "in")) return read_set(reading, &where, at);
    if (take_sign(reading, &where)) return read_text(reading, &where) && add_condition(reading, &where, at);
    skip_spaces(reading);
    if (*reading->at && *reading->at != ')' && !is_joint(reading->at) && !is_joint_word(reading->at))
        return refuse(reading, rest_of_word(reading->at),
                      "no comparison behind '%s': == != < <= > >= contains matches in", where.column->key);
    return add(reading, &(struct capan_where_node){.condition = where}, at);
}

static bool read_or(struct reading *, uint16_t *at);

static bool read_not(struct reading *reading, uint16_t *at) {
    const char *from = reading->at;
    if (reading->depth == CAPAN_WHERE_DEPTH_MAX)
        return refuse(reading, rest_of_word(from), "nested more than %d deep", CAPAN_WHERE_DEPTH_MAX);
    reading->depth++;
    bool read;
    if (take_joint(reading, &joint_not)) {
        read = read_not(reading, at) && join(reading, CAPAN_WHERE_NOT, at, 0);
    } else if (take(reading, "(")) {
        from = reading->at - 1;
        read =
            read_or(reading, at) &&
            (take(reading, ")") || refuse(reading, (struct capan_span){(const uint8_t *)from, 1}, "it is not closed"));
    } else {
        read = read_condition(reading, at);
    }
    reading->depth--;
    return read;
}

static bool read_joined(struct reading *reading, uint16_t *at, const struct joint *joint, enum capan_where_is is,
                        bool (*read)(struct reading *, uint16_t *)) {
    uint16_t right;
    if (!read(reading, at)) return false;
    while (take_joint(reading, joint))
        if (!read(reading, &right) || !join(reading, is, at, right)) return false;
    return true;
}

static bool read_and(struct reading *reading, uint16_t *at) {
    return read_joined(reading, at, &joint_and, CAPAN_WHERE_AND, read_not);
}

static bool read_or(struct reading *reading, uint16_t *at) {
    return read_joined(reading, at, &joint_or, CAPAN_WHERE_OR, read_and);
}

static bool read_all(struct reading *reading, uint16_t *root) {
    if (!read_or(reading, root)) return false;
    skip_spaces(reading);
    if (*reading->at)
        return refuse(reading, rest_of_word(reading->at), "neither 'and' nor 'or' before '%.64s'", reading->at);
    uint16_t before = reading->wheres->root;
    if (!before) return true;
    before--;
    if (!join(reading, CAPAN_WHERE_AND, &before, *root)) return false;
    *root = before;
    return true;
}

enum capan_result capan_where_read(struct capan_wheres *wheres, const struct capan_table *table, const char *expression,
                                   struct capan_complaint *error) {
    struct reading reading = {
        .table = table, .expression = expression, .at = expression, .wheres = wheres, .error = error};
    uint16_t root;
    if (!read_all(&reading, &root)) return CAPAN_USAGE;
    wheres->root = (uint16_t)(root + 1);
    return CAPAN_OK;
}
