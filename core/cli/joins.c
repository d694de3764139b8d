/* SPDX-License-Identifier: MIT */
#include "joins.h"

#include <glib.h>

#include "value.h"

enum { WHOLES_MAX = 256, SPANS_MAX = 1024 };

#define WHOLE (UINT64_C(1) << 63) /* contents are counted from 1 */

/* Sorted, and apart from each other. */
struct join {
    uint64_t number;
    size_t count;
    struct {
        uint64_t start, end;
    } spans[SPANS_MAX];
};

struct joins {
    GHashTable *named, *numbered; /* "SHA-256 of what is common" and number, both to join, which numbered owns */
    uint64_t count;
};

struct joins *joins_new(void) {
    struct joins *joins = g_new0(struct joins, 1);
    joins->named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    joins->numbered = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return joins;
}

void joins_free(struct joins *joins) {
    g_hash_table_destroy(joins->named);
    g_hash_table_destroy(joins->numbered);
    g_free(joins);
}

/* --- what a response says --- */

/* A number up to that octet, which is taken off, too. False: there is no such number. */
static bool take_number(struct capan_span *rest, char end, uint64_t *number) {
    size_t i = 0;
    *number = 0;
    for (; i < rest->len && g_ascii_isdigit(rest->at[i]); i++) {
        if (*number > (UINT64_MAX >> 1) / 10 - 1) return false;
        *number = *number * 10 + (uint64_t)(rest->at[i] - '0');
    }
    if (!i || (end ? i == rest->len || rest->at[i] != (uint8_t)end : i != rest->len)) return false;
    *rest = (struct capan_span){rest->at + i, rest->len - i};
    if (end) rest->at++, rest->len--;
    return true;
}

/* "bytes 500-999/1000" (RFC 9110 14.4). */
static bool read_range(struct capan_span value, struct piece *piece) {
    uint64_t last;
    if (value.len < 6 || g_ascii_strncasecmp((const char *)value.at, "bytes ", 6) != 0) return false;
    value = (struct capan_span){value.at + 6, value.len - 6};
    if (!take_number(&value, '-', &piece->start) || !take_number(&value, '/', &last)) return false;
    if (!take_number(&value, '\0', &piece->total) || last < piece->start || last >= piece->total) return false;
    piece->end = last + 1;
    return piece->end - piece->start < piece->total;
}

/* A weak one does not promise the same octets (RFC 9110 8.8.1). */
static bool is_strong(struct capan_span tag) {
    return tag.len >= 2 && tag.at[0] == '"' && tag.at[tag.len - 1] == '"';
}

static void add_part(GChecksum *sum, struct capan_span octets) {
    g_checksum_update(sum, (const guchar *)&octets.len, sizeof octets.len);
    if (octets.len) g_checksum_update(sum, octets.at, (gssize)octets.len);
}

/* What pieces of one representation have in common. */
static char *name_of(const struct capan_exchange *exchange, struct capan_span tag, uint64_t total) {
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    const uint8_t secure = exchange->secure;
    add_part(sum, (struct capan_span){&secure, sizeof secure});
    add_part(sum, exchange->authority);
    add_part(sum, exchange->target);
    add_part(sum, tag);
    add_part(sum, value_of(exchange, false, "content-encoding"));
    g_checksum_update(sum, (const guchar *)&total, sizeof total);
    char *name = g_strdup(g_checksum_get_string(sum));
    g_checksum_free(sum);
    return name;
}

/* --- wholes --- */

static struct join *join_of(struct joins *joins, char *name) {
    struct join *join = g_hash_table_lookup(joins->named, name);
    if (join || g_hash_table_size(joins->named) >= WHOLES_MAX) {
        g_free(name);
        return join;
    }
    join = g_new(struct join, 1);
    join->number = WHOLE | ++joins->count;
    join->count = 0;
    g_hash_table_insert(joins->named, name, join);
    g_hash_table_insert(joins->numbered, &join->number, join);
    return join;
}

bool joins_place(struct joins *joins, const struct capan_exchange *exchange, struct piece *piece) {
    const struct capan_span tag = value_of(exchange, false, "etag");
    const bool is_get = exchange->method.len == 3 && memcmp(exchange->method.at, "GET", 3) == 0;
    if (!is_get || exchange->status != 206 || !is_strong(tag)) return false;
    if (!read_range(value_of(exchange, false, "content-range"), piece)) return false;
    const struct join *join = join_of(joins, name_of(exchange, tag, piece->total));
    if (join) piece->whole = join->number;
    return join;
}

/* The spans that touch [start, end) become one with it. False: there would be too many. */
static bool cover(struct join *join, uint64_t start, uint64_t end) {
    size_t first = 0;
    while (first < join->count && join->spans[first].end < start) first++;
    size_t after = first;
    for (; after < join->count && join->spans[after].start <= end; after++) {
        start = MIN(start, join->spans[after].start);
        end = MAX(end, join->spans[after].end);
    }
    if (after == first && join->count == SPANS_MAX) return false;
    memmove(&join->spans[first + 1], &join->spans[after], (join->count - after) * sizeof *join->spans);
    join->count = join->count + 1 - (after - first);
    join->spans[first].start = start;
    join->spans[first].end = end;
    return true;
}

bool joins_add(struct joins *joins, const struct piece *piece) {
    struct join *join = g_hash_table_lookup(joins->numbered, &piece->whole);
    if (!join || !cover(join, piece->start, piece->end)) return false;
    return join->spans[0].start == 0 && join->spans[0].end == piece->total;
}

struct capan_exchange joins_exchange(const struct capan_exchange *exchange, uint64_t total,
                                     struct capan_http_field **fields) {
    struct capan_exchange told = *exchange;
    *fields = g_new(struct capan_http_field, exchange->response_field_count + 1);
    told.response_fields = *fields;
    told.response_field_count = 0;
    for (size_t i = 0; i < exchange->response_field_count; i++) {
        const struct capan_http_field *field = &exchange->response_fields[i];
        if (field->name.len == 13 && memcmp(field->name.at, "content-range", 13) == 0) continue;
        (*fields)[told.response_field_count++] = *field;
    }
    told.response.body_len = total;
    return told;
}

static gboolean is_join(gpointer name, gpointer join, gpointer dropped) {
    (void)name;
    return join == dropped;
}

void joins_drop(struct joins *joins, uint64_t whole) {
    struct join *join = g_hash_table_lookup(joins->numbered, &whole);
    if (!join) return;
    g_hash_table_foreach_remove(joins->named, is_join, join);
    g_hash_table_remove(joins->numbered, &whole);
}
