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

uint32_t capan_vary_read(const struct capan_kept *response) {
    uint32_t bits = 0;
    struct capan_span value, element;
    for (size_t at = 0; capan_kept_next(response, CAPAN_FIELD_VARY, &at, &value);) {
        while (capan_list_next(&value, &element)) {
            uint8_t first = capan_lower(element.at[0]);
            for (size_t i = 0; i < sizeof names_known / sizeof *names_known; i++) {
                if (first == (uint8_t)names_known[i].name[0] && capan_is_word(element, names_known[i].name)) bits |= names_known[i].bit;
            }
        }
    }
    return bits;
}

struct capan_span capan_vary_names(struct capan_arena *arena, const struct capan_kept *response) {
    struct capan_span value, element;
    if (!capan_kept_has(response, CAPAN_FIELD_VARY)) return (struct capan_span){0};
    uint8_t *names = capan_arena_take(arena, NAMES_MAX);
    size_t len = 0;
    for (size_t at = 0; names && capan_kept_next(response, CAPAN_FIELD_VARY, &at, &value);) {
        while (capan_list_next(&value, &element)) {
            if (!capan_is_token(element) || len + element.len + 1 > NAMES_MAX) continue;
            for (size_t i = 0; i < element.len; i++) names[len++] = capan_lower(element.at[i]);
            names[len++] = ',';
        }
    }
    return (struct capan_span){names, len};
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
