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
            for (size_t i = 0; i < sizeof names_known / sizeof *names_known; i++) {
                if (capan_is_word(element, names_known[i].name)) bits |= names_known[i].bit;
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

static bool is_name(struct capan_span name, struct capan_span lower_case) {
    if (name.len != lower_case.len) return false;
    for (size_t i = 0; i < name.len; i++) {
        if (capan_lower(name.at[i]) != lower_case.at[i]) return false;
    }
    return true;
}

/* Mixes each member of the lines with that name into *hash, in order. */
static void take_values(struct capan_hash_key key, uint64_t *hash, struct capan_span name, const struct capan_selecting *selecting) {
    for (size_t i = 0; i < selecting->count; i++) {
        if (!is_name(selecting->fields[i].name, name)) continue;
        struct capan_span rest = selecting->fields[i].value, element;
        while (capan_list_next(&rest, &element)) {
            uint64_t pair[2] = {*hash, capan_hash(key, element.at, element.len)};
            *hash = capan_hash(key, pair, sizeof pair);
        }
    }
}

uint64_t capan_variant_of(struct capan_hash_key key, struct capan_span names, const struct capan_selecting *selecting) {
    uint64_t hash = 0;
    struct capan_span name;
    while (capan_list_next(&names, &name)) {
        uint64_t pair[2] = {hash, name.len};
        hash = capan_hash(key, pair, sizeof pair);
        take_values(key, &hash, name, selecting);
    }
    return hash;
}
