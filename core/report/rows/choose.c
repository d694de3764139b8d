/* SPDX-License-Identifier: MIT */
#include "choose.h"

#include <stdlib.h>

#include "bytes.h"
#include "capan/nearest.h"

enum { COLUMNS_MAX = 256 };

static enum capan_result refuse(struct capan_complaint *complaint, const char *names, struct capan_span name,
                                const char *why, struct capan_span nearest) {
    const int len = name.len < 64 ? (int)name.len : 64;
    snprintf(complaint->message, sizeof complaint->message, "'%.*s' %s%s%.*s", len, (const char *)name.at, why,
             nearest.at ? "; nearest is " : "", nearest.at ? (int)nearest.len : 0,
             nearest.at ? (const char *)nearest.at : "");
    complaint->at = (size_t)((const char *)name.at - names);
    complaint->len = name.len;
    return CAPAN_USAGE;
}

static struct capan_span without_prefix(struct capan_span name) {
    static const char prefix[] = "capan.";
    const bool has = name.len > strlen(prefix) && memcmp(name.at, prefix, strlen(prefix)) == 0;
    return has ? span_cut(name, strlen(prefix), SIZE_MAX) : name;
}

const struct capan_column *capan_choose_column(const struct capan_table *table, const char *names,
                                               struct capan_span name, struct capan_complaint *complaint) {
    struct capan_nearest nearest = {.asked = without_prefix(name)};
    for (size_t i = 0; i < table->count; i++) {
        const struct capan_span key = span_of(table->columns[i].key);
        if (span_equal(key, nearest.asked)) return &table->columns[i];
        capan_nearest_offer(&nearest, key);
    }
    refuse(complaint, names, name, "is no column", nearest.best);
    return NULL;
}

/* ranks[i]: 1 for the column that was named first; 0 it was not. */
static enum capan_result read_names(const struct capan_table *table, const char *names, uint16_t ranks[COLUMNS_MAX],
                                    uint16_t *count, struct capan_complaint *complaint) {
    for (const char *at = names;; at++) {
        at += strspn(at, " ");
        const struct capan_span name = {(const uint8_t *)at, strcspn(at, ", ")};
        const struct capan_column *column = capan_choose_column(table, names, name, complaint);
        if (!column) return CAPAN_USAGE;
        const size_t found = (size_t)(column - table->columns);
        if (ranks[found]) return refuse(complaint, names, name, "stands there twice", (struct capan_span){NULL, 0});
        ranks[found] = ++*count;
        at += strcspn(at, ",");
        if (!*at) return CAPAN_OK;
    }
}

enum capan_result capan_choose_columns(struct capan_column **chosen, uint16_t *count, const struct capan_table *table,
                                       const char *names, bool as_in_table, struct capan_complaint *complaint) {
    uint16_t ranks[COLUMNS_MAX] = {0}, next = 0;
    *count = 0;
    const enum capan_result result = read_names(table, names, ranks, count, complaint);
    if (result != CAPAN_OK) return result;
    *chosen = calloc(*count, sizeof **chosen);
    for (size_t i = 0; *chosen && i < table->count; i++)
        if (ranks[i]) (*chosen)[as_in_table ? next++ : ranks[i] - 1] = table->columns[i];
    return *chosen ? CAPAN_OK : CAPAN_NO_MEMORY;
}
