/* SPDX-License-Identifier: MIT */
#include "etag.h"

#include "bytes.h"

/* %x21 / %x23-7E / obs-text */
static bool is_etagc(uint8_t octet) {
    return octet > 0x20 && octet != '"' && octet != 0x7f;
}

/* The length of the entity tag at the beginning, 0 when there is none. */
static size_t tag_len(struct capan_span octets, struct capan_etag *etag) {
    size_t at = octets.len >= 2 && octets.at[0] == 'W' && octets.at[1] == '/' ? 2 : 0;
    if (at >= octets.len || octets.at[at] != '"') return 0;
    size_t start = ++at;
    while (at < octets.len && is_etagc(octets.at[at])) at++;
    if (at == octets.len || octets.at[at] != '"') return 0;
    *etag = (struct capan_etag){span_cut(octets, start, at - start), start == 3};
    return at + 1;
}

bool capan_etag_read(struct capan_span value, struct capan_etag *etag) {
    size_t len = tag_len(value, etag);
    if (len && len == value.len) return true;
    *etag = (struct capan_etag){value, false};
    return false;
}

bool capan_etag_weak_equal(const struct capan_etag *a, const struct capan_etag *b) {
    return span_equal(a->opaque, b->opaque);
}

bool capan_etag_strong_equal(const struct capan_etag *a, const struct capan_etag *b) {
    return !a->weak && !b->weak && span_equal(a->opaque, b->opaque);
}

struct capan_etag_list capan_etag_list(const struct capan_http_field *fields, size_t count, enum capan_field number) {
    return (struct capan_etag_list){.fields = fields, .count = count, .number = number};
}

static bool is_between(uint8_t octet) {
    return octet == ' ' || octet == '\t' || octet == ',';
}

/* Moves to the next member, into the next field line where this one is used up. */
static bool find_member(struct capan_etag_list *list) {
    for (;;) {
        while (list->rest.len && is_between(list->rest.at[0])) list->rest = span_cut(list->rest, 1, SIZE_MAX);
        if (list->rest.len) return true;
        const struct capan_http_field *field = capan_field_next(list->fields, list->count, list->number, &list->at);
        if (!field) return false;
        list->rest = field->value;
    }
}

/* A tag ends its member only when a comma or the end of the value follows. */
static bool ends_member(struct capan_span after) {
    after = capan_trim(after);
    return after.len == 0 || after.at[0] == ',';
}

enum capan_etag_member capan_etag_next(struct capan_etag_list *list, struct capan_etag *etag) {
    if (!find_member(list)) return CAPAN_ETAG_END;
    size_t len = tag_len(list->rest, etag);
    enum capan_etag_member member = len ? CAPAN_ETAG_TAG : CAPAN_ETAG_MALFORMED;
    if (list->rest.at[0] == '*') len = 1, member = CAPAN_ETAG_STAR;
    if (!len || !ends_member(span_cut(list->rest, len, SIZE_MAX))) {
        const uint8_t *comma = memchr(list->rest.at, ',', list->rest.len);
        len = comma ? (size_t)(comma - list->rest.at) : list->rest.len;
        member = CAPAN_ETAG_MALFORMED;
    }
    if (member != CAPAN_ETAG_TAG) *etag = (struct capan_etag){capan_trim(span_cut(list->rest, 0, len)), false};
    list->rest = span_cut(list->rest, len, SIZE_MAX);
    return member;
}

struct capan_etag_summary capan_etag_summary(const struct capan_http_field *fields, size_t count,
                                             enum capan_field number) {
    struct capan_etag_summary sum = {0};
    struct capan_etag_list list = capan_etag_list(fields, count, number);
    struct capan_etag etag;
    uint32_t stars = 0;
    for (enum capan_etag_member member; (member = capan_etag_next(&list, &etag)) != CAPAN_ETAG_END;) {
        sum.tags += member == CAPAN_ETAG_TAG;
        sum.strong += member == CAPAN_ETAG_TAG && !etag.weak;
        stars += member == CAPAN_ETAG_STAR;
        sum.malformed += member == CAPAN_ETAG_MALFORMED;
    }
    sum.star = stars > 0;
    sum.valid = sum.malformed == 0 && (stars ? stars == 1 && sum.tags == 0 : true);
    return sum;
}
