/* SPDX-License-Identifier: MIT */
#include "sort.h"

#include <stdlib.h>

#include "alloc.h"
#include "bytes.h"
#include "choose.h"

enum { TEXT_MAX = 1024 /* octets of a value that rows are sorted by */ };

enum capan_result capan_sort_read(struct capan_sorter *sorter, const struct capan_table *table, const char *names,
                                  struct capan_complaint *complaint) {
    for (const char *at = names;; at++) {
        at += strspn(at, " ");
        const bool falls = *at == '-';
        const struct capan_span name = {(const uint8_t *)at + falls, strcspn(at + falls, ", ")};
        const struct capan_column *column = capan_choose_column(table, names, name, complaint);
        if (!column) return CAPAN_USAGE;
        if (sorter->count == CAPAN_SORTS_MAX) {
            snprintf(complaint->message, sizeof complaint->message, "no more than %d columns", CAPAN_SORTS_MAX);
            complaint->at = (size_t)(at - names);
            complaint->len = name.len;
            return CAPAN_USAGE;
        }
        sorter->falls[sorter->count] = falls;
        sorter->by[sorter->count++] = column;
        at += strcspn(at, ",");
        if (!*at) return CAPAN_OK;
    }
}

/* --- keys --- */

static int64_t clamped(uint64_t number) {
    return number > INT64_MAX ? INT64_MAX : (int64_t)number;
}

static int64_t lowest_bit(uint64_t mask) {
    int64_t at = 0;
    for (; mask && !(mask & 1); mask >>= 1) at++;
    return at;
}

static int64_t sum_of(const uint32_t *at, size_t count) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += at[i];
    return clamped(sum);
}

/* Its place among all that it can be. */
static int64_t place_of(const char *words, struct capan_span word) {
    const char *at = words;
    while (strncmp(at, (const char *)word.at, word.len) != 0 || (at[word.len] && at[word.len] != ' ')) {
        at += strcspn(at, " ");
        if (!*at) break;
        at++;
    }
    return at - words;
}

/* A list goes by its first item, words by their place in their list, counts by their sum. */
static struct capan_sort_key key_of(const struct capan_column *column, const struct capan_value *value) {
    switch (value->type) {
    case CAPAN_VALUE_UNSIGNED: return (struct capan_sort_key){.number = clamped(value->as.number)};
    case CAPAN_VALUE_SIGNED:
    case CAPAN_VALUE_SECONDS:
    case CAPAN_VALUE_MOMENT:
    case CAPAN_VALUE_HUNDREDTHS: return (struct capan_sort_key){.number = value->as.integer};
    case CAPAN_VALUE_BOOLEAN:
    case CAPAN_VALUE_TRUTH: return (struct capan_sort_key){.number = value->as.truth};
    case CAPAN_VALUE_TOKEN: return (struct capan_sort_key){.number = value->as.token - column->tokens};
    case CAPAN_VALUE_TOKENS: return (struct capan_sort_key){.number = lowest_bit(value->as.tokens.mask)};
    case CAPAN_VALUE_NUMBERS: return (struct capan_sort_key){.number = value->as.numbers.at[0]};
    case CAPAN_VALUE_COUNTS:
        return (struct capan_sort_key){.number = sum_of(value->as.counts.at, value->as.counts.count)};
    case CAPAN_VALUE_FIELDS:
        if (value->as.fields.count) return (struct capan_sort_key){.text = value->as.fields.at[0].name};
        break;
    case CAPAN_VALUE_FACTS: return (struct capan_sort_key){.number = clamped(value->as.facts.count)};
    case CAPAN_VALUE_QUANTITIES: return (struct capan_sort_key){.number = clamped(value->as.quantities.count)};
    case CAPAN_VALUE_WORD:
        if (column->words) return (struct capan_sort_key){.number = place_of(column->words, value->as.octets)};
        return (struct capan_sort_key){.text = value->as.octets};
    case CAPAN_VALUE_OCTETS: return (struct capan_sort_key){.text = span_cut(value->as.octets, 0, TEXT_MAX)};
    case CAPAN_VALUE_ABSENT:
    case CAPAN_VALUE_TYPE_COUNT: break;
    }
    return (struct capan_sort_key){.absent = true};
}

static int compare_texts(struct capan_span a, struct capan_span b) {
    const size_t common = a.len < b.len ? a.len : b.len;
    const int order = common ? memcmp(a.at, b.at, common) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_keys(const struct capan_sort_key *a, const struct capan_sort_key *b) {
    if (a->text.len || b->text.len) return compare_texts(a->text, b->text);
    return (a->number > b->number) - (a->number < b->number);
}

/* A heap keeps the last row on top: whatever its size, sorting takes no memory beside the rows and no long time. */
static bool is_before(const struct capan_sorter *sorter, const struct capan_sorted *a, const struct capan_sorted *b) {
    for (unsigned i = 0; i < sorter->count; i++) {
        const struct capan_sort_key *left = &a->keys[i], *right = &b->keys[i];
        if (left->absent != right->absent) return right->absent;
        const int order = left->absent ? 0 : compare_keys(left, right);
        if (order) return sorter->falls[i] ? order > 0 : order < 0;
    }
    return a->serial < b->serial;
}

static void sink(struct capan_sorter *sorter, size_t at, size_t count) {
    struct capan_sorted **rows = sorter->rows, *row = rows[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_before(sorter, rows[child], rows[child + 1])) child++;
        if (!is_before(sorter, row, rows[child])) break;
        rows[at] = rows[child];
    }
    rows[at] = row;
}

static void rise(struct capan_sorter *sorter, size_t at) {
    struct capan_sorted **rows = sorter->rows, *row = rows[at];
    for (size_t parent; at && is_before(sorter, rows[parent = (at - 1) / 2], row); at = parent) rows[at] = rows[parent];
    rows[at] = row;
}

static void drop_last(struct capan_sorter *sorter) {
    struct capan_sorted *last = sorter->rows[0];
    sorter->taken -= last->size;
    sorter->rows[0] = sorter->rows[--sorter->rows_count];
    if (sorter->rows_count) sink(sorter, 0, sorter->rows_count);
    free(last);
}

/* Behind the row in its memory. */
static struct capan_span copy(uint8_t **to, struct capan_span octets) {
    const struct capan_span copied = {*to, octets.len};
    if (octets.len) memcpy(*to, octets.at, octets.len);
    *to += octets.len;
    return copied;
}

static struct capan_sorted *new_row(const struct capan_sorter *sorter, struct capan_row *row, struct capan_span as) {
    uint8_t texts[CAPAN_SORTS_MAX * TEXT_MAX], *to = texts;
    struct capan_sort_key keys[CAPAN_SORTS_MAX];
    for (unsigned i = 0; i < sorter->count; i++) {
        const struct capan_value value = capan_column_value(sorter->by[i], row);
        keys[i] = key_of(sorter->by[i], &value);
        keys[i].text = copy(&to, keys[i].text); /* the next value may lie in the same place */
    }
    const size_t size = sizeof(struct capan_sorted) + (size_t)(to - texts) + as.len;
    struct capan_sorted *made = malloc(size);
    if (!made) return NULL;
    made->size = size + sizeof made;
    to = (uint8_t *)(made + 1);
    for (unsigned i = 0; i < sorter->count; i++) {
        made->keys[i] = keys[i];
        made->keys[i].text = copy(&to, keys[i].text);
    }
    made->as = copy(&to, as);
    return made;
}

enum capan_result capan_sort_keep(struct capan_sorter *sorter, struct capan_row *row, struct capan_span as,
                                  uint64_t stream, size_t named_len) {
    struct capan_sorted *made = new_row(sorter, row, as);
    if (!made || capan_reserve(&capan_libc, (void **)&sorter->rows, &sorter->rows_capacity, sorter->rows_count + 1,
                               sizeof(struct capan_sorted *)) != CAPAN_OK) {
        free(made);
        return CAPAN_NO_MEMORY;
    }
    made->serial = sorter->serial++;
    made->stream = stream;
    made->named_len = named_len;
    sorter->taken += made->size;
    sorter->rows[sorter->rows_count++] = made;
    rise(sorter, sorter->rows_count - 1);
    while (sorter->rows_count > sorter->limit) drop_last(sorter);
    while (sorter->taken > sorter->memory && sorter->rows_count > 1) {
        drop_last(sorter);
        sorter->limit = sorter->rows_count;
        sorter->cut = true;
    }
    return CAPAN_OK;
}

void capan_sort_end(struct capan_sorter *sorter) {
    for (size_t count = sorter->rows_count; count > 1;) {
        struct capan_sorted *last = sorter->rows[0];
        sorter->rows[0] = sorter->rows[--count];
        sorter->rows[count] = last;
        sink(sorter, 0, count);
    }
}

void capan_sort_free(struct capan_sorter *sorter) {
    for (size_t i = 0; i < sorter->rows_count; i++) free(sorter->rows[i]);
    free(sorter->rows);
    sorter->rows = NULL;
    sorter->rows_count = sorter->rows_capacity = 0;
}
