/* SPDX-License-Identifier: MIT */
#include "write.h"

#include "bytes.h"
#include "clock.h"

static uint8_t find_group(const struct capan_table *table, const struct capan_key *keys, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (keys[i].group_len == keys[at].group_len &&
            memcmp(table->columns[i].key, table->columns[at].key, keys[at].group_len) == 0)
            return keys[i].group;
    return (uint8_t)at;
}

void capan_keys_make(const struct capan_table *table, struct capan_key *keys) {
    for (size_t i = 0; i < table->count; i++) {
        const char *name = table->columns[i].key, *dot = strrchr(name, '.');
        keys[i].group_len = (uint8_t)(dot ? dot - name : 0);
        keys[i].len = (uint8_t)snprintf(keys[i].text, sizeof keys[i].text, ",\"%s\":", dot ? dot + 1 : name);
        keys[i].group = find_group(table, keys, i);
    }
}

static void put_comma(struct capan_out *out, bool *first) {
    if (!*first) out_char(out, ',');
    *first = false;
}

static void put_word_json(struct capan_out *out, struct capan_span word) {
    char *to = out_room(out);
    to[0] = '"';
    memcpy(to + 1, word.at, word.len);
    to[word.len + 1] = '"';
    out->len += word.len + 2;
}

static void put_tokens_json(struct capan_out *out, const struct capan_token *list, uint64_t mask) {
    bool first = true;
    out_char(out, '[');
    for (unsigned i = 0; mask; i++, mask >>= 1) {
        if (!(mask & 1)) continue;
        put_comma(out, &first);
        put_word_json(out, span_of(list[i].token));
    }
    out_char(out, ']');
}

static void put_numbers_json(struct capan_out *out, const uint32_t *at, size_t count) {
    out_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i) out_char(out, ',');
        capan_out_u64(out, at[i]);
    }
    out_char(out, ']');
}

/* A message of thousands of field lines is an attack: the first ones tell as much. */
enum { FIELDS_MAX = 64 };

static bool is_repeated(const struct capan_http_field *fields, size_t i) {
    for (size_t j = 0; j < i; j++)
        if (span_equal(fields[j].name, fields[i].name)) return true;
    return false;
}

/* Lines of one name are joined as RFC 9110 5.3 says. */
static void put_field_json(struct capan_out *out, const struct capan_http_field *fields, size_t count, size_t at) {
    capan_out_json(out, fields[at].name, CAPAN_LATIN1);
    out_octets(out, ":\"", 2);
    for (size_t i = at; i < count; i++) {
        if (!span_equal(fields[i].name, fields[at].name)) continue;
        if (i > at) out_octets(out, ", ", 2);
        capan_out_json_part(out, fields[i].value, CAPAN_LATIN1);
    }
    out_char(out, '"');
}

static void put_fields_json(struct capan_out *out, const struct capan_http_field *fields, size_t count) {
    bool first = true;
    if (count > FIELDS_MAX) count = FIELDS_MAX;
    out_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (is_repeated(fields, i)) continue;
        put_comma(out, &first);
        put_field_json(out, fields, count, i);
    }
    out_char(out, '}');
}

static void put_counts_json(struct capan_out *out, const struct capan_value *value) {
    bool first = true;
    out_char(out, '{');
    for (size_t i = 0; i < value->as.counts.count; i++) {
        if (!value->as.counts.at[i]) continue;
        put_comma(out, &first);
        put_word_json(out, span_of(value->as.counts.list[i].token));
        out_char(out, ':');
        capan_out_u64(out, value->as.counts.at[i]);
    }
    out_char(out, '}');
}

static void put_facts_json(struct capan_out *out, const struct capan_value *value) {
    bool first = true;
    out_char(out, '{');
    for (size_t i = 0; i < value->as.facts.count; i++) {
        put_comma(out, &first);
        put_word_json(out, span_of(value->as.facts.at[i].name));
        out_text(out, value->as.facts.at[i].holds ? ":true" : ":false");
    }
    out_char(out, '}');
}

/* {"since":{"value":21780000,"unit":"ns"}} */
static void put_quantities_json(struct capan_out *out, const struct capan_value *value) {
    bool first = true;
    out_char(out, '{');
    for (size_t i = 0; i < value->as.quantities.count; i++) {
        const struct capan_quantity *quantity = &value->as.quantities.at[i];
        put_comma(out, &first);
        put_word_json(out, span_of(quantity->name));
        out_text(out, ":{\"value\":");
        capan_out_i64(out, quantity->value);
        out_text(out, ",\"unit\":");
        put_word_json(out, span_of(capan_units[quantity->unit].token));
        out_char(out, '}');
    }
    out_char(out, '}');
}

static void put_hundredths(struct capan_out *out, int64_t signed_hundredths) {
    const uint64_t hundredths = (uint64_t)(signed_hundredths < 0 ? -signed_hundredths : signed_hundredths);
    if (signed_hundredths < 0) out_char(out, '-');
    capan_out_u64(out, hundredths / 100);
    out_char(out, '.');
    out_char(out, (char)('0' + hundredths / 10 % 10));
    out_char(out, (char)('0' + hundredths % 10));
}

static void put_json_value(struct capan_out *out, const struct capan_value *value) {
    switch (value->type) {
    case CAPAN_VALUE_ABSENT: break;
    case CAPAN_VALUE_UNSIGNED: capan_out_u64(out, value->as.number); break;
    case CAPAN_VALUE_SIGNED: capan_out_i64(out, value->as.integer); break;
    case CAPAN_VALUE_MOMENT:
    case CAPAN_VALUE_SECONDS: capan_out_seconds(out, value->as.integer, 9); break;
    case CAPAN_VALUE_HUNDREDTHS: put_hundredths(out, value->as.integer); break;
    case CAPAN_VALUE_TRUTH:
    case CAPAN_VALUE_BOOLEAN: out_text(out, value->as.truth ? "true" : "false"); break;
    case CAPAN_VALUE_TOKEN: put_word_json(out, span_of(value->as.token->token)); break;
    case CAPAN_VALUE_WORD: put_word_json(out, value->as.octets); break;
    case CAPAN_VALUE_OCTETS: capan_out_json(out, value->as.octets, CAPAN_UTF8_OR_LATIN1); break;
    case CAPAN_VALUE_TOKENS: put_tokens_json(out, value->as.tokens.list, value->as.tokens.mask); break;
    case CAPAN_VALUE_NUMBERS: put_numbers_json(out, value->as.numbers.at, value->as.numbers.count); break;
    case CAPAN_VALUE_COUNTS: put_counts_json(out, value); break;
    case CAPAN_VALUE_FIELDS: put_fields_json(out, value->as.fields.at, value->as.fields.count); break;
    case CAPAN_VALUE_FACTS: put_facts_json(out, value); break;
    case CAPAN_VALUE_QUANTITIES: put_quantities_json(out, value); break;
    case CAPAN_VALUE_TYPE_COUNT: break;
    }
}

/* The names of the objects that are open: the first len octets of name. */
struct groups {
    const char *name;
    size_t len;
};

static size_t common_groups(const struct groups *a, const struct groups *b) {
    size_t common = 0, shorter = a->len < b->len ? a->len : b->len;
    for (size_t i = 0; i <= shorter; i++) {
        bool end_a = i == a->len || a->name[i] == '.', end_b = i == b->len || b->name[i] == '.';
        if (end_a && end_b) common = i;
        if (i == shorter || a->name[i] != b->name[i]) break;
    }
    return common;
}

static void close_groups(struct capan_out *out, const struct groups *open, size_t keep) {
    if (open->len == keep) return;
    out_char(out, '}');
    for (size_t i = keep + 1; i < open->len; i++)
        if (open->name[i] == '.') out_char(out, '}');
}

static void open_groups(struct capan_out *out, const struct groups *open, size_t from, bool *first) {
    for (size_t start = from ? from + 1 : 0; start < open->len;) {
        size_t end = start;
        while (end < open->len && open->name[end] != '.') end++;
        put_comma(out, first);
        out_char(out, '"');
        out_octets(out, open->name + start, end - start);
        out_octets(out, "\":{", 3);
        *first = true;
        start = end + 1;
    }
}

static void change_groups(struct capan_out *out, struct groups *open, struct groups next, bool *first) {
    size_t common = common_groups(open, &next);
    if (open->len != common) *first = false;
    close_groups(out, open, common);
    open_groups(out, &next, common, first);
    *open = next;
}

/* Copies all of the array: a fixed size is a few instructions, the exact one a call. */
static void put_key(struct capan_out *out, const struct capan_key *key, bool first) {
    memcpy(out_room(out), key->text + first, sizeof key->text - 1);
    out->len += key->len - (size_t)first;
}

void capan_write_json(struct capan_out *out, const struct capan_table *table, const struct capan_key *keys,
                      struct capan_row *row) {
    struct groups open = {"", 0};
    uint8_t group = keys[0].group_len ? UINT8_MAX : keys[0].group; /* that is open: the outermost */
    bool first = true;
    const size_t count = table->width ? table->width(row) : table->count;
    out_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        struct capan_value value = column_value(&table->columns[i], row);
        if (value.type == CAPAN_VALUE_ABSENT) continue;
        if (keys[i].group != group)
            change_groups(out, &open, (struct groups){table->columns[i].key, keys[i].group_len}, &first);
        group = keys[i].group;
        put_key(out, &keys[i], first);
        first = false;
        put_json_value(out, &value);
    }
    change_groups(out, &open, (struct groups){"", 0}, &first);
    out_char(out, '}');
}

void capan_write_csv_header(struct capan_out *out, const struct capan_table *table) {
    for (size_t i = 0; i < table->count; i++) {
        if (i) out_char(out, ',');
        out_text(out, table->columns[i].key);
    }
    out_char(out, '\n');
}

static void put_tokens_csv(struct capan_out *out, const struct capan_token *list, uint64_t mask) {
    bool first = true;
    for (unsigned i = 0; mask; i++, mask >>= 1) {
        if (!(mask & 1)) continue;
        if (!first) out_char(out, ' ');
        first = false;
        out_text(out, list[i].token);
    }
}

static void put_numbers_csv(struct capan_out *out, const uint32_t *at, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i) out_char(out, ' ');
        capan_out_u64(out, at[i]);
    }
}

/* One cell: "first-fetch=3 not-modified=1". */
static void put_counts_csv(struct capan_out *out, const struct capan_value *value) {
    const char *between = "";
    for (size_t i = 0; i < value->as.counts.count; i++) {
        if (!value->as.counts.at[i]) continue;
        out_text(out, between);
        out_text(out, value->as.counts.list[i].token);
        out_char(out, '=');
        capan_out_u64(out, value->as.counts.at[i]);
        between = " ";
    }
}

/* One cell: "evidence !timer". */
static void put_facts_csv(struct capan_out *out, const struct capan_value *value) {
    for (size_t i = 0; i < value->as.facts.count; i++) {
        if (i) out_char(out, ' ');
        if (!value->as.facts.at[i].holds) out_char(out, '!');
        out_text(out, value->as.facts.at[i].name);
    }
}

/* One cell: "since=21780000 sacked_to=14601". */
static void put_quantities_csv(struct capan_out *out, const struct capan_value *value) {
    for (size_t i = 0; i < value->as.quantities.count; i++) {
        if (i) out_char(out, ' ');
        out_text(out, value->as.quantities.at[i].name);
        out_char(out, '=');
        capan_out_i64(out, value->as.quantities.at[i].value);
    }
}

/* One cell: the field lines as received, with bars between them. */
static void put_fields_csv(struct capan_out *out, const struct capan_http_field *fields, size_t count) {
    out_char(out, '"');
    for (size_t i = 0; i < count && i < FIELDS_MAX; i++) {
        if (i) out_octets(out, " | ", 3);
        (i ? capan_out_csv_part : capan_out_csv_first)(out, fields[i].name, CAPAN_LATIN1);
        out_octets(out, ": ", 2);
        capan_out_csv_part(out, fields[i].value, CAPAN_LATIN1);
    }
    out_char(out, '"');
}

static void put_csv_value(struct capan_out *out, const struct capan_value *value, int64_t origin_ns) {
    switch (value->type) {
    case CAPAN_VALUE_MOMENT: capan_clock_put(out, value->as.integer, origin_ns); break;
    case CAPAN_VALUE_TOKEN: out_text(out, value->as.token->token); break;
    case CAPAN_VALUE_WORD: out_octets(out, value->as.octets.at, value->as.octets.len); break;
    case CAPAN_VALUE_OCTETS: capan_out_csv(out, value->as.octets, CAPAN_UTF8_OR_LATIN1); break;
    case CAPAN_VALUE_TOKENS: put_tokens_csv(out, value->as.tokens.list, value->as.tokens.mask); break;
    case CAPAN_VALUE_NUMBERS: put_numbers_csv(out, value->as.numbers.at, value->as.numbers.count); break;
    case CAPAN_VALUE_COUNTS: put_counts_csv(out, value); break;
    case CAPAN_VALUE_FIELDS: put_fields_csv(out, value->as.fields.at, value->as.fields.count); break;
    case CAPAN_VALUE_FACTS: put_facts_csv(out, value); break;
    case CAPAN_VALUE_QUANTITIES: put_quantities_csv(out, value); break;
    default: put_json_value(out, value); break;
    }
}

void capan_write_csv(struct capan_out *out, const struct capan_table *table, struct capan_row *row) {
    for (size_t i = 0; i < table->count; i++) {
        struct capan_value value = column_value(&table->columns[i], row);
        if (i) out_char(out, ',');
        put_csv_value(out, &value, row->origin_ns);
    }
    out_char(out, '\n');
}

void capan_write_tabs_header(struct capan_out *out, const struct capan_table *table) {
    for (size_t i = 0; i < table->count; i++) {
        out_text(out, table->columns[i].key);
        out_char(out, i + 1 < table->count ? '\t' : '\n');
    }
}

void capan_write_tabs(struct capan_out *out, const struct capan_table *table, struct capan_row *row) {
    for (size_t i = 0; i < table->count; i++) {
        const struct capan_value value = capan_column_value(&table->columns[i], row);
        if (value.type == CAPAN_VALUE_OCTETS)
            capan_out_printable(out, value.as.octets, 0);
        else
            put_csv_value(out, &value, row->origin_ns);
        out_char(out, i + 1 < table->count ? '\t' : '\n');
    }
}
