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

static bool is_blank(uint8_t octet) {
    return octet == ' ' || octet == '\t';
}

/* The values of all lines of that name, in order (RFC 9110 5.3). */
static void feed_values(struct feed *feed, struct capan_span name, const struct capan_kept *request) {
    for (size_t i = 0; i < request->all_count; i++) {
        if (!is_name(request->all[i].name, name)) continue;
        struct capan_span value = request->all[i].value;
        feed_octet(feed, ',');
        for (size_t k = 0; k < value.len; k++) {
            if (!is_blank(value.at[k])) feed_octet(feed, value.at[k]);
        }
    }
}

/* A weight that says nothing: 1 is what is meant without one (RFC 9110 12.4.2). */
static bool is_full_weight(struct capan_span parameter) {
    if (parameter.len < 3 || capan_lower(parameter.at[0]) != 'q' || parameter.at[1] != '=') return false;
    if (parameter.at[2] != '1') return false;
    for (size_t i = 3; i < parameter.len; i++) {
        if (parameter.at[i] != '.' && parameter.at[i] != '0') return false;
    }
    return true;
}

/* One preference: letters in one case, no blanks, no needless weight. */
static uint64_t preference_hash(struct capan_hash_key key, struct capan_span member) {
    struct feed feed;
    struct capan_span parameter;
    feed.key = key;
    feed.len = 0;
    while (capan_parameter_next(&member, &parameter)) {
        if (is_full_weight(parameter)) continue;
        feed_octet(&feed, ';');
        for (size_t i = 0; i < parameter.len; i++) {
            if (!is_blank(parameter.at[i])) feed_octet(&feed, capan_lower(parameter.at[i]));
        }
    }
    return capan_hash(key, feed.octets, feed.len);
}

/* Preferences are told by their weights: neither case nor order matters (RFC 9110 8.3.1, 8.4.1, 12.4.2; RFC 4647 2). */
static bool has_preferences(struct capan_span name) {
    static const char *const names[] = {"accept", "accept-encoding", "accept-language", "accept-charset"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (span_equal(name, span_of(names[i]))) return true;
    }
    return false;
}

static void feed_preferences(struct feed *feed, struct capan_span name, const struct capan_kept *request) {
    uint64_t sum = 0;
    struct capan_span member;
    for (size_t i = 0; i < request->all_count; i++) {
        if (!is_name(request->all[i].name, name)) continue;
        struct capan_span value = request->all[i].value;
        while (capan_list_next(&value, &member)) sum += preference_hash(feed->key, member);
    }
    for (unsigned i = 0; i < sizeof sum; i++) feed_octet(feed, (uint8_t)(sum >> 8 * i));
}

uint64_t capan_variant_of(struct capan_hash_key key, struct capan_span names, const struct capan_kept *request) {
    struct feed feed;
    feed.key = key;
    feed.len = 0;
    for (size_t at = 0, end; at < names.len; at = end + 1) {
        for (end = at; end < names.len && names.at[end] != ',';) end++;
        feed_octet(&feed, 0);
        struct capan_span name = span_cut(names, at, end - at);
        (has_preferences(name) ? feed_preferences : feed_values)(&feed, name, request);
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
