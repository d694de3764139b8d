/* SPDX-License-Identifier: MIT */
#include "column.h"

#include "bytes.h"

const struct capan_table *const capan_tables[CAPAN_ROWS_COUNT] = {
    [CAPAN_ROWS_SEGMENTS] = &capan_segment_table,
    [CAPAN_ROWS_CONNECTIONS] = &capan_connection_table,
    [CAPAN_ROWS_EXCHANGES] = &capan_exchange_table,
    [CAPAN_ROWS_FINDINGS] = &capan_finding_table,
    [CAPAN_ROWS_PAGES] = &capan_page_table,
    [CAPAN_ROWS_OBJECTS] = &capan_object_table,
    [CAPAN_ROWS_PROOFS] = &capan_proof_table,
    [CAPAN_ROWS_WHATIF] = &capan_whatif_table,
    [CAPAN_ROWS_WHATIF_SUMS] = &capan_whatif_sum_table,
    [CAPAN_ROWS_WHATIF_CHANGES] = &capan_whatif_change_table,
    [CAPAN_ROWS_ETAGS] = &capan_etag_table,
};

static uint64_t read_unsigned(const void *at, size_t size) {
    switch (size) {
    case 1: return *(const uint8_t *)at;
    case 2: return *(const uint16_t *)at;
    case 4: return *(const uint32_t *)at;
    default: return *(const uint64_t *)at;
    }
}

static struct capan_value integer_value(enum capan_value_type type, const void *at) {
    return (struct capan_value){.type = type, .as.integer = *(const int64_t *)at};
}

static struct capan_value integer_or_absent(enum capan_value_type type, const void *at) {
    return *(const int64_t *)at < 0 ? CAPAN_ABSENT : integer_value(type, at);
}

static struct capan_value endpoint_value(const struct capan_endpoint *endpoint, struct capan_row *row) {
    return value_octets(row->text, capan_endpoint_text(endpoint, true, row->text));
}

/* The struct that has the member; NULL there is none. */
static const uint8_t *holder_of(const struct capan_column *column, const struct capan_row *row) {
    const uint8_t *holder = row->base;
    if (column->behind) memcpy(&holder, holder + column->behind - 1, sizeof holder);
    return holder;
}

struct capan_value capan_column_value(const struct capan_column *column, struct capan_row *row) {
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
    case CAPAN_READ_ENDPOINT: return endpoint_value(at, row);
    case CAPAN_READ_BY_GET: return column->get(row);
    }
    return CAPAN_ABSENT;
}

const struct capan_column *capan_table_column(const struct capan_table *table, struct capan_span key) {
    for (size_t i = 0; i < table->count; i++)
        if (span_equal(key, span_of(table->columns[i].key))) return &table->columns[i];
    return NULL;
}
