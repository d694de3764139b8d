/* SPDX-License-Identifier: MIT */
#include "cells.h"

#include <stdlib.h>

#include "bytes.h"
#include "out.h"

/* --- text that is made --- */

static bool grow(struct capan_cell_text *text, size_t more) {
    if (text->size - text->len >= more) return true;
    const size_t size = 2 * (text->size + more);
    char *at = realloc(text->at, size);
    if (!at) return false;
    text->at = at;
    text->size = size;
    return true;
}

static bool put(struct capan_cell_text *text, const void *at, size_t len) {
    if (!grow(text, len)) return false;
    if (len) memcpy(text->at + text->len, at, len);
    text->len += len;
    return true;
}

static bool put_number(struct capan_cell_text *text, uint64_t number) {
    char digits[24], *end = digits + sizeof digits, *at = end;
    do *--at = (char)('0' + number % 10);
    while (number /= 10);
    return put(text, at, (size_t)(end - at));
}

/* Tokens need no escapes. */
static bool put_token(struct capan_cell_text *text, const char *token) {
    return put(text, "\"", 1) && put(text, token, strlen(token)) && put(text, "\"", 1);
}

static bool put_comma(struct capan_cell_text *text) {
    return text->len == 1 || put(text, ",", 1);
}

static bool put_tokens(struct capan_cell_text *text, const struct capan_value *value) {
    uint64_t mask = value->as.tokens.mask;
    bool fine = put(text, "[", 1);
    for (const struct capan_token *token; fine && (token = capan_take_token(value->as.tokens.list, &mask));)
        fine = put_comma(text) && put_token(text, token->token);
    return fine && put(text, "]", 1);
}

static bool put_numbers(struct capan_cell_text *text, const struct capan_value *value) {
    bool fine = put(text, "[", 1);
    for (size_t i = 0; fine && i < value->as.numbers.count; i++)
        fine = put_comma(text) && put_number(text, value->as.numbers.at[i]);
    return fine && put(text, "]", 1);
}

static bool put_counts(struct capan_cell_text *text, const struct capan_value *value) {
    bool fine = put(text, "{", 1);
    for (size_t i = 0; fine && i < value->as.counts.count; i++) {
        if (!value->as.counts.at[i]) continue;
        fine = put_comma(text) && put_token(text, value->as.counts.list[i].token) && put(text, ":", 1) &&
               put_number(text, value->as.counts.at[i]);
    }
    return fine && put(text, "}", 1);
}

/* As Latin-1 where it is no UTF-8. */
static bool put_octets(struct capan_cell_text *text, struct capan_span octets) {
    const bool utf8 = capan_out_is_utf8(octets);
    bool fine = true;
    for (size_t i = 0; fine && i < octets.len; i++) {
        const uint8_t octet = octets.at[i];
        const uint8_t pair[] = {(uint8_t)(0xc0 | octet >> 6), (uint8_t)(0x80 | (octet & 0x3f))};
        if (octet == 0)
            fine = put(text, "\xef\xbf\xbd", 3);
        else if (utf8 || octet < 0x80)
            fine = put(text, &octet, 1);
        else
            fine = put(text, pair, sizeof pair);
    }
    return fine;
}

/* --- cells --- */

static int bind_made(sqlite3_stmt *statement, int parameter, const struct capan_cell_text *text, bool made) {
    if (!made) return SQLITE_NOMEM;
    return sqlite3_bind_text(statement, parameter, text->len ? text->at : "", (int)text->len, SQLITE_TRANSIENT);
}

int capan_cell_bind_octets(sqlite3_stmt *statement, int parameter, struct capan_span octets, bool copy,
                           struct capan_cell_text *text) {
    if (octets.len > INT32_MAX / 4) return SQLITE_TOOBIG;
    if (span_printable(octets) == octets.len)
        return sqlite3_bind_text(statement, parameter, octets.len ? (const char *)octets.at : "", (int)octets.len,
                                 copy ? SQLITE_TRANSIENT : SQLITE_STATIC);
    text->len = 0;
    return bind_made(statement, parameter, text, put_octets(text, octets));
}

static bool lies_in(const struct capan_row *row, struct capan_span octets) {
    const uintptr_t at = (uintptr_t)octets.at, begin = (uintptr_t)row->text;
    return at >= begin && at < begin + sizeof row->text;
}

static int bind_list(sqlite3_stmt *statement, int parameter, const struct capan_value *value,
                     struct capan_cell_text *text) {
    text->len = 0;
    if (value->type == CAPAN_VALUE_TOKENS) return bind_made(statement, parameter, text, put_tokens(text, value));
    if (value->type == CAPAN_VALUE_NUMBERS) return bind_made(statement, parameter, text, put_numbers(text, value));
    return bind_made(statement, parameter, text, put_counts(text, value));
}

int capan_cell_bind(sqlite3_stmt *statement, int parameter, const struct capan_column *column,
                    const struct capan_value *value, const struct capan_row *row, struct capan_cell_text *text) {
    switch (value->type) {
    case CAPAN_VALUE_UNSIGNED: return sqlite3_bind_int64(statement, parameter, (int64_t)value->as.number);
    case CAPAN_VALUE_SIGNED:
    case CAPAN_VALUE_SECONDS:
    case CAPAN_VALUE_MOMENT: return sqlite3_bind_int64(statement, parameter, value->as.integer);
    case CAPAN_VALUE_HUNDREDTHS: return sqlite3_bind_double(statement, parameter, (double)value->as.integer / 100);
    case CAPAN_VALUE_BOOLEAN:
    case CAPAN_VALUE_TRUTH: return sqlite3_bind_int(statement, parameter, value->as.truth);
    case CAPAN_VALUE_TOKEN: return sqlite3_bind_text(statement, parameter, value->as.token->token, -1, SQLITE_STATIC);
    case CAPAN_VALUE_WORD:
    case CAPAN_VALUE_OCTETS:
        return capan_cell_bind_octets(statement, parameter, value->as.octets, lies_in(row, value->as.octets), text);
    case CAPAN_VALUE_TOKENS:
    case CAPAN_VALUE_NUMBERS:
    case CAPAN_VALUE_COUNTS: return bind_list(statement, parameter, value, text);
    case CAPAN_VALUE_FIELDS: /* lie in their own table; no table here has facts or quantities */
    case CAPAN_VALUE_FACTS:
    case CAPAN_VALUE_QUANTITIES:
    case CAPAN_VALUE_ABSENT:
    case CAPAN_VALUE_TYPE_COUNT: break;
    }
    if (column->type == CAPAN_VALUE_BOOLEAN) return sqlite3_bind_int(statement, parameter, 0); /* absent when false */
    return sqlite3_bind_null(statement, parameter);
}

const char *capan_cell_type(const struct capan_column *column) {
    switch ((enum capan_value_type)column->type) {
    case CAPAN_VALUE_UNSIGNED:
    case CAPAN_VALUE_SIGNED:
    case CAPAN_VALUE_SECONDS:
    case CAPAN_VALUE_MOMENT:
    case CAPAN_VALUE_BOOLEAN:
    case CAPAN_VALUE_TRUTH: return "INTEGER";
    case CAPAN_VALUE_HUNDREDTHS: return "REAL";
    default: return "TEXT";
    }
}
