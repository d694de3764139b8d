/* SPDX-License-Identifier: MIT */
#include "column.h"

#include "bytes.h"

static uint64_t read_unsigned(const void *at, size_t size) {
    switch (size) {
    case 1: return *(const uint8_t *)at;
    case 2: return *(const uint16_t *)at;
    case 4: return *(const uint32_t *)at;
    default: return *(const uint64_t *)at;
    }
}

static struct capan_value tokens_value(const struct capan_token *list, uint64_t mask) {
    if (mask == 0) return CAPAN_ABSENT;
    return (struct capan_value){.type = CAPAN_VALUE_TOKENS, .as.tokens = {list, mask}};
}

static struct capan_value signed_value(int64_t number) {
    return (struct capan_value){.type = CAPAN_VALUE_SIGNED, .as.integer = number};
}

static struct capan_value span_value(struct capan_span span) {
    return span.len ? value_octets(span.at, span.len) : CAPAN_ABSENT;
}

static struct capan_value endpoint_value(const struct capan_endpoint *endpoint, struct capan_row *row) {
    return value_octets(row->text, capan_endpoint_text(endpoint, true, row->text));
}

struct capan_value capan_column_value(const struct capan_column *column, struct capan_row *row) {
    const void *at = (const uint8_t *)row->base + column->offset;
    uint64_t number;
    switch (column->type) {
    case CAPAN_COLUMN_COUNT: return value_number(read_unsigned(at, column->size));
    case CAPAN_COLUMN_NONZERO:
        number = read_unsigned(at, column->size);
        return number ? value_number(number) : CAPAN_ABSENT;
    case CAPAN_COLUMN_SIGNED: return signed_value(*(const int64_t *)at);
    case CAPAN_COLUMN_NOT_NEGATIVE: return *(const int64_t *)at < 0 ? CAPAN_ABSENT : signed_value(*(const int64_t *)at);
    case CAPAN_COLUMN_TIME: return value_seconds(*(const int64_t *)at);
    case CAPAN_COLUMN_DURATION: return *(const int64_t *)at < 0 ? CAPAN_ABSENT : value_seconds(*(const int64_t *)at);
    case CAPAN_COLUMN_HUNDREDTHS:
        if (*(const int64_t *)at < 0) return CAPAN_ABSENT;
        return (struct capan_value){.type = CAPAN_VALUE_HUNDREDTHS, .as.integer = *(const int64_t *)at};
    case CAPAN_COLUMN_BOOLEAN:
        return *(const bool *)at ? (struct capan_value){.type = CAPAN_VALUE_BOOLEAN, .as.truth = true} : CAPAN_ABSENT;
    case CAPAN_COLUMN_TOKEN: return value_word(column->tokens[read_unsigned(at, column->size)].token);
    case CAPAN_COLUMN_TOKEN_BUT_0:
        number = read_unsigned(at, column->size);
        return number ? value_word(column->tokens[number].token) : CAPAN_ABSENT;
    case CAPAN_COLUMN_TOKENS: return tokens_value(column->tokens, *(const uint64_t *)at);
    case CAPAN_COLUMN_SPAN: return span_value(*(const struct capan_span *)at);
    case CAPAN_COLUMN_ENDPOINT: return endpoint_value(at, row);
    case CAPAN_COLUMN_GETTER: return column->get(row);
    }
    return CAPAN_ABSENT;
}
