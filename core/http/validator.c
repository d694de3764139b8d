/* SPDX-License-Identifier: MIT */
#include "validator.h"

#include "bytes.h"

/* What servers and proxies add to a tag for a coded representation: Apache, nginx modules, Jetty, Varnish, CDNs. */
static const char *const suffixes[] = {"--gzip", "-gzip", ";gzip", "-gz",      "--br",     "-br",      ";br",
                                       "-df",    "-zstd", ";zstd", "-deflate", ";deflate", "--deflate"};

size_t capan_tag_base_len(struct capan_span opaque) {
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t len = strlen(suffixes[i]);
        if (opaque.len > len && opaque.at[opaque.len - 1] == (uint8_t)suffixes[i][len - 1] &&
            memcmp(opaque.at + opaque.len - len, suffixes[i], len) == 0)
            return opaque.len - len;
    }
    return opaque.len;
}

/* 0 means none. */
static uint64_t hash_of(struct capan_hash_key key, struct capan_span octets) {
    uint64_t hash = capan_hash(key, octets.len ? octets.at : (const uint8_t *)"", octets.len);
    return hash ? hash : 1;
}

struct capan_tag capan_tag_of(struct capan_hash_key key, const struct capan_etag *etag, bool malformed) {
    struct capan_span opaque = etag->opaque;
    size_t len = capan_tag_base_len(opaque);
    struct capan_tag tag = {.whole = hash_of(key, opaque), .weak = etag->weak, .malformed = malformed};
    if (malformed) tag.whole = ~tag.whole; /* abc is not "abc" */
    tag.base = len == opaque.len ? tag.whole : hash_of(key, span_cut(opaque, 0, len));
    return tag;
}

bool capan_tag_next(struct capan_hash_key key, const struct capan_kept *kept, size_t *at, struct capan_tag *tag) {
    struct capan_span value;
    struct capan_etag etag;
    if (!capan_kept_next(kept, CAPAN_FIELD_ETAG, at, &value)) return false;
    bool read = capan_etag_read(value, &etag);
    *tag = capan_tag_of(key, &etag, !read);
    return true;
}

struct capan_tag capan_tag_read(struct capan_hash_key key, const struct capan_kept *kept) {
    struct capan_tag tag = {0}, other;
    size_t at = 0;
    capan_tag_next(key, kept, &at, &tag);
    while (capan_tag_next(key, kept, &at, &other)) {
        tag.repeated = true;
        if (other.whole != tag.whole || other.weak != tag.weak) tag.malformed = true;
    }
    return tag;
}

static bool is_letter(uint8_t octet) {
    return capan_lower(octet) >= 'a' && capan_lower(octet) <= 'z';
}
static bool is_capital(uint8_t octet) {
    return octet != capan_lower(octet);
}

/* "GMT" in capitals, other words with a capital first (RFC 9110 5.6.7: case-sensitive). */
static bool has_right_case(struct capan_span value) {
    for (size_t i = 0, end; i < value.len; i = end + 1) {
        for (end = i; end < value.len && is_letter(value.at[end]);) end++;
        bool zone = end - i == 3 && capan_is_word(span_cut(value, i, 3), "gmt");
        for (size_t j = i; j < end; j++) {
            if (is_capital(value.at[j]) != (zone || j == i)) return false;
        }
    }
    return true;
}

struct capan_date_field capan_date_field_of(struct capan_hash_key key, struct capan_span value, int64_t now_s) {
    struct capan_date date = capan_date_read(value, now_s);
    struct capan_date_field field = {.present = true, .seconds = date.seconds};
    field.valid = date.form != CAPAN_DATE_MALFORMED && (date.exact || has_right_case(value));
    field.imf = field.valid && date.form == CAPAN_DATE_IMF_FIXDATE;
    if (field.valid) return field;
    field.raw = hash_of(key, value);
    const uint8_t *tail = value.len ? memchr(value.at, ';', value.len) : NULL;
    if (!tail) return field;
    date = capan_date_read(capan_trim(span_cut(value, 0, (size_t)(tail - value.at))), now_s);
    field.tailed = date.form != CAPAN_DATE_MALFORMED;
    field.seconds = date.seconds;
    return field;
}

struct capan_date_field capan_date_field_read(struct capan_hash_key key, const struct capan_kept *kept,
                                              enum capan_field number, int64_t now_s) {
    if (!capan_kept_has(kept, number)) return (struct capan_date_field){0};
    struct capan_date_field field = capan_date_field_of(key, capan_kept_value(kept, number), now_s);
    if (capan_kept_repeats(kept, number)) field.valid = field.imf = field.tailed = false;
    return field;
}
