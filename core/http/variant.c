/* SPDX-License-Identifier: MIT */
#include "variant.h"

#include "bytes.h"

static const struct name {
    const char *name;
    uint32_t bit;
} names_known[] = {
    {"*", CAPAN_VARY_STAR},       {"accept-encoding", CAPAN_VARY_ENCODING}, {"accept-language", CAPAN_VARY_LANGUAGE},
    {"cookie", CAPAN_VARY_BROAD}, {"user-agent", CAPAN_VARY_BROAD},         {"referer", CAPAN_VARY_BROAD},
};

#define NAMES_MAX 256

static uint32_t bit_of(const uint8_t *name, size_t len) {
    for (size_t i = 0; i < sizeof names_known / sizeof *names_known; i++) {
        const char *known = names_known[i].name;
        if (name[0] == (uint8_t)known[0] && strlen(known) == len && memcmp(name, known, len) == 0)
            return names_known[i].bit;
    }
    return 0;
}

/* Names are tokens: what is none is left out. A name cut by the end of the room is left out too. */
static size_t take_names(struct capan_vary_list *list, uint8_t *names, size_t len, struct capan_span value) {
    size_t start = len;
    for (size_t i = 0; i <= value.len; i++) {
        uint8_t octet = i < value.len ? capan_lower(value.at[i]) : ',';
        if (octet == ',' && len > start && len < NAMES_MAX) {
            list->bits |= bit_of(names + start, len - start);
            names[len++] = ',';
            start = len;
        } else if (capan_is_tchar(octet) && len < NAMES_MAX) {
            names[len++] = octet;
        }
    }
    return start;
}

struct capan_vary_list capan_vary_read(struct capan_arena *arena, const struct capan_kept *response) {
    struct capan_vary_list list = {0};
    struct capan_span value;
    if (!capan_kept_has(response, CAPAN_FIELD_VARY)) return list;
    uint8_t *names = capan_arena_take(arena, NAMES_MAX);
    size_t len = 0;
    for (size_t at = 0; names && capan_kept_next(response, CAPAN_FIELD_VARY, &at, &value);)
        len = take_names(&list, names, len, value);
    list.names = (struct capan_span){names, len};
    return list;
}

/* Octets to be hashed as one, however long: a full buffer goes on as its own hash. */
struct feed {
    struct capan_hash_key key;
    size_t len;
    uint8_t octets[512];
};

static void feed_octet(struct feed *feed, uint8_t octet) {
    if (feed->len == sizeof feed->octets) {
        uint64_t hash = capan_hash(feed->key, feed->octets, feed->len);
        memcpy(feed->octets, &hash, sizeof hash);
        feed->len = sizeof hash;
    }
    feed->octets[feed->len++] = octet;
}

static bool is_name(struct capan_span name, struct capan_span lower_case) {
    if (name.len != lower_case.len) return false;
    for (size_t i = 0; i < name.len; i++) {
        if (capan_lower(name.at[i]) != lower_case.at[i]) return false;
    }
    return true;
}

/* The values of all lines of that name, in order (RFC 9110 5.3). */
static void feed_values(struct feed *feed, struct capan_span name, const struct capan_kept *request) {
    for (size_t i = 0; i < request->all_count; i++) {
        if (!is_name(request->all[i].name, name)) continue;
        struct capan_span value = request->all[i].value;
        feed_octet(feed, ',');
        for (size_t k = 0; k < value.len; k++) {
            if (value.at[k] != ' ' && value.at[k] != '\t') feed_octet(feed, value.at[k]);
        }
    }
}

uint64_t capan_variant_of(struct capan_hash_key key, struct capan_span names, const struct capan_kept *request) {
    struct feed feed;
    feed.key = key;
    feed.len = 0;
    for (size_t at = 0, end; at < names.len; at = end + 1) {
        for (end = at; end < names.len && names.at[end] != ',';) end++;
        feed_octet(&feed, 0);
        feed_values(&feed, span_cut(names, at, end - at), request);
    }
    return feed.len ? capan_hash(key, feed.octets, feed.len) : 0;
}

struct capan_span capan_vary_others(struct capan_span names) {
    static const char encoding[] = "accept-encoding,";
    size_t len = sizeof encoding - 1;
    if (names.len < len) return names;
    if (memcmp(names.at, encoding, len) == 0) return span_cut(names, len, SIZE_MAX);
    bool last = memcmp(names.at + names.len - len, encoding, len) == 0 && names.at[names.len - len - 1] == ',';
    return last ? span_cut(names, 0, names.len - len) : names;
}
