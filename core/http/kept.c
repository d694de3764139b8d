/* SPDX-License-Identifier: MIT */
#include "kept.h"

#include "bytes.h"

enum { REQUEST = 1, RESPONSE = 2, BOTH = 3, PRESENCE = 4 /* that it was there, not what it says */ };

#define LINES_MAX 1000

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
    [CAPAN_FIELD_CONTENT_TYPE] = RESPONSE,
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

static bool keep_line(struct capan_kept *kept, struct capan_arena *arena, enum capan_field number, struct capan_span value) {
    struct capan_http_field *field = &kept->fields[kept->count];
    if (keeps[number] & PRESENCE) value.len = 0;
    if (!capan_arena_copy(arena, value, &field->value)) return false;
    field->name = span_of(capan_field_name(number));
    kept->numbers[kept->count++] = (uint8_t)number;
    if (!kept->first[number]) kept->first[number] = (uint16_t)kept->count;
    return true;
}

void capan_keep(struct capan_kept *kept, struct capan_arena *arena, bool request, const struct capan_http_field *fields, size_t count) {
    *kept = (struct capan_kept){.cut = count > LINES_MAX};
    if (kept->cut) count = LINES_MAX;
    kept->fields = capan_arena_take(arena, count * sizeof *kept->fields);
    kept->numbers = capan_arena_take(arena, count);
    if (!kept->fields || !kept->numbers) count = 0, kept->cut = true;
    for (size_t i = 0; i < count; i++) {
        enum capan_field number = capan_field_number(fields[i].name);
        if (!(keeps[number] & (request ? REQUEST : RESPONSE))) continue;
        if (!keep_line(kept, arena, number, fields[i].value)) kept->cut = true;
    }
}

struct capan_span capan_kept_value(const struct capan_kept *kept, enum capan_field number) {
    return kept->first[number] ? kept->fields[kept->first[number] - 1].value : (struct capan_span){0};
}

bool capan_kept_next(const struct capan_kept *kept, enum capan_field number, size_t *at, struct capan_span *value) {
    if (!kept->first[number]) return false;
    if (*at < kept->first[number]) *at = kept->first[number] - 1u;
    while (*at < kept->count && kept->numbers[*at] != number) ++*at;
    if (*at == kept->count) return false;
    *value = kept->fields[(*at)++].value;
    return true;
}

size_t capan_kept_lines(const struct capan_kept *kept, enum capan_field number) {
    size_t lines = 0, at = 0;
    struct capan_span value;
    while (capan_kept_next(kept, number, &at, &value)) lines++;
    return lines;
}
