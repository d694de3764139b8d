/* SPDX-License-Identifier: MIT */
#include "kept.h"

#include "bytes.h"

enum { REQUEST = 1, RESPONSE = 2, BOTH = 3, PRESENCE = 4 /* that it was there, not what it says */ };

#define LINES_MAX  ((size_t)500)
#define LINE_MAX   ((size_t)24 * 1024)
#define OCTETS_MAX ((size_t)32 * 1024)
#define SKIPPED    UINT8_MAX /* too large: the others are worth more */

static const uint8_t keeps[CAPAN_FIELD_COUNT] = {
    [CAPAN_FIELD_AGE] = RESPONSE,
    [CAPAN_FIELD_VIA] = BOTH,
    [CAPAN_FIELD_DATE] = BOTH,
    [CAPAN_FIELD_ETAG] = BOTH,
    [CAPAN_FIELD_VARY] = RESPONSE,
    [CAPAN_FIELD_RANGE] = REQUEST,
    [CAPAN_FIELD_PRAGMA] = BOTH,
    [CAPAN_FIELD_EXPIRES] = RESPONSE,
    [CAPAN_FIELD_REFERER] = REQUEST,
    [CAPAN_FIELD_WARNING] = RESPONSE,
    [CAPAN_FIELD_X_CACHE] = RESPONSE,
    [CAPAN_FIELD_IF_MATCH] = REQUEST,
    [CAPAN_FIELD_IF_RANGE] = REQUEST,
    [CAPAN_FIELD_LOCATION] = RESPONSE,
    [CAPAN_FIELD_X_VARNISH] = RESPONSE,
    [CAPAN_FIELD_CONTENT_TYPE] = BOTH,
    [CAPAN_FIELD_CACHE_STATUS] = RESPONSE,
    [CAPAN_FIELD_X_CACHE_HITS] = RESPONSE,
    [CAPAN_FIELD_ACCEPT_RANGES] = RESPONSE,
    [CAPAN_FIELD_AUTHORIZATION] = REQUEST | PRESENCE,
    [CAPAN_FIELD_CACHE_CONTROL] = BOTH,
    [CAPAN_FIELD_CONTENT_RANGE] = BOTH,
    [CAPAN_FIELD_IF_NONE_MATCH] = REQUEST,
    [CAPAN_FIELD_LAST_MODIFIED] = BOTH,
    [CAPAN_FIELD_X_CACHE_LOOKUP] = RESPONSE,
    [CAPAN_FIELD_X_CACHE_STATUS] = RESPONSE,
    [CAPAN_FIELD_CONTENT_LENGTH] = BOTH,
    [CAPAN_FIELD_ACCEPT_ENCODING] = REQUEST,
    [CAPAN_FIELD_CF_CACHE_STATUS] = RESPONSE,
    [CAPAN_FIELD_CONTENT_ENCODING] = BOTH,
    [CAPAN_FIELD_CONTENT_LANGUAGE] = RESPONSE,
    [CAPAN_FIELD_CONTENT_LOCATION] = RESPONSE,
    [CAPAN_FIELD_IF_MODIFIED_SINCE] = REQUEST,
    [CAPAN_FIELD_TRANSFER_ENCODING] = RESPONSE,
    [CAPAN_FIELD_IF_UNMODIFIED_SINCE] = REQUEST,
};

struct copier {
    uint8_t *at;
};

static struct capan_span copy(struct copier *copier, struct capan_span octets) {
    if (!octets.len) return (struct capan_span){0};
    struct capan_span copied = {memcpy(copier->at, octets.at, octets.len), octets.len};
    copier->at += octets.len;
    return copied;
}

static void keep_line(struct capan_kept *kept, enum capan_field number, size_t name_len, struct capan_span value) {
    if (keeps[number] & PRESENCE) value.len = 0;
    kept->fields[kept->count] = (struct capan_http_field){{(const uint8_t *)capan_field_name(number), name_len}, value};
    kept->numbers[kept->count++] = (uint8_t)number;
    if (kept->first[number])
        kept->repeated |= UINT64_C(1) << number;
    else
        kept->first[number] = (uint16_t)kept->count;
}

static void copy_line(struct capan_kept *kept, struct copier *copier, bool request, enum capan_field number,
                      const struct capan_http_field *from) {
    struct capan_span value = copy(copier, from->value);
    if (keeps[number] & (request ? REQUEST : RESPONSE)) keep_line(kept, number, from->name.len, value);
    if (!request) return;
    kept->all[kept->all_count++] = (struct capan_http_field){copy(copier, from->name), value};
    if (number == CAPAN_FIELD_HOST && !kept->host.at) kept->host = value;
}

/* What a line takes; 0 when it is not kept. */
static size_t octets_of(const struct capan_http_field *field, bool request, enum capan_field number) {
    if (request) return field->name.len + field->value.len + 1;
    return keeps[number] & RESPONSE ? field->value.len + 1 : 0;
}

void capan_keep(struct capan_kept *kept, struct capan_arena *arena, bool request, const struct capan_http_field *fields,
                size_t count) {
    *kept = (struct capan_kept){.cut = count > LINES_MAX};
    if (kept->cut) count = LINES_MAX;
    size_t lines = request ? 2 * count : count, total = 0;
    kept->fields = capan_arena_take(arena, lines * sizeof *kept->fields);
    kept->numbers = capan_arena_take(arena, 2 * count);
    if (!kept->fields || !kept->numbers) count = 0, kept->cut = true;
    uint8_t *numbers = kept->numbers ? kept->numbers + count : NULL;
    kept->all = kept->fields + (request ? count : 0);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (uint8_t)capan_field_number(fields[i].name);
        size_t len = octets_of(&fields[i], request, numbers[i]);
        if (len <= LINE_MAX && total + len <= OCTETS_MAX)
            total += len;
        else
            numbers[i] = SKIPPED, kept->cut = true;
    }
    struct copier copier = {capan_arena_take(arena, total)};
    if (!copier.at) count = 0, kept->cut = true;
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] != SKIPPED && octets_of(&fields[i], request, numbers[i]))
            copy_line(kept, &copier, request, numbers[i], &fields[i]);
    }
}

/* How many lines from the first on are within the limits, and the octets of their names and values. */
static size_t count_lines(const struct capan_http_field *fields, size_t count, size_t *octets) {
    size_t i = 0;
    *octets = 0;
    for (; i < count && i < LINES_MAX; i++) {
        const size_t len = fields[i].name.len + fields[i].value.len;
        if (len > OCTETS_MAX - *octets) break;
        *octets += len;
    }
    return i;
}

size_t capan_keep_lines(struct capan_arena *arena, const struct capan_http_field *fields, size_t count,
                        const struct capan_http_field **lines) {
    size_t octets, kept = count_lines(fields, count, &octets);
    struct capan_http_field *to = kept ? capan_arena_take(arena, kept * sizeof *to) : NULL;
    struct copier copier = {to ? capan_arena_take(arena, octets) : NULL};
    *lines = copier.at ? to : NULL;
    if (!copier.at) return 0;
    for (size_t i = 0; i < kept; i++)
        to[i] = (struct capan_http_field){copy(&copier, fields[i].name), copy(&copier, fields[i].value)};
    return kept;
}

struct capan_span capan_kept_value(const struct capan_kept *kept, enum capan_field number) {
    return kept->first[number] ? kept->fields[kept->first[number] - 1].value : (struct capan_span){0};
}

bool capan_kept_next(const struct capan_kept *kept, enum capan_field number, size_t *at, struct capan_span *value) {
    if (!kept->first[number]) return false;
    if (*at >= kept->first[number] && !capan_kept_repeats(kept, number)) return false;
    if (*at < kept->first[number]) *at = kept->first[number] - 1u;
    while (*at < kept->count && kept->numbers[*at] != number) ++*at;
    if (*at == kept->count) return false;
    *value = kept->fields[(*at)++].value;
    return true;
}
