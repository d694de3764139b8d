/* SPDX-License-Identifier: MIT */
#include "answer.h"

#include "bytes.h"
#include "freshness.h"

#define NS_PER_S 1000000000

/* One that no class has is treated as 5xx (RFC 9110 15). */
static const struct status {
    uint16_t from, to;
    uint64_t facts;
} statuses[] = {
    {200, 299, CAPAN_GOT_2XX}, {300, 399, CAPAN_GOT_3XX}, {400, 499, CAPAN_GOT_4XX}, {500, 999, CAPAN_GOT_5XX},
    {200, 200, CAPAN_GOT_200}, {206, 206, CAPAN_GOT_206}, {304, 304, CAPAN_GOT_304}, {412, 412, CAPAN_GOT_412},
    {416, 416, CAPAN_GOT_416}, {428, 428, CAPAN_GOT_428},
};

static uint64_t status_facts(uint16_t status) {
    uint64_t facts = CAPAN_GOT_FINAL;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        if (status >= statuses[i].from && status <= statuses[i].to) facts |= statuses[i].facts;
    }
    return facts;
}

static uint32_t present_fields(const struct capan_kept *kept) {
    static const struct {
        uint8_t number, bit;
    } fields[] = {
        {CAPAN_FIELD_ETAG, CAPAN_HAS_ETAG},
        {CAPAN_FIELD_DATE, CAPAN_HAS_DATE},
        {CAPAN_FIELD_VARY, CAPAN_HAS_VARY},
        {CAPAN_FIELD_CACHE_CONTROL, CAPAN_HAS_CACHE_CONTROL},
        {CAPAN_FIELD_EXPIRES, CAPAN_HAS_EXPIRES},
        {CAPAN_FIELD_CONTENT_LOCATION, CAPAN_HAS_CONTENT_LOCATION},
        {CAPAN_FIELD_LAST_MODIFIED, CAPAN_HAS_LAST_MODIFIED},
    };
    uint32_t bits = 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (capan_kept_has(kept, fields[i].number)) bits |= fields[i].bit;
    }
    return bits;
}

/* Letters in one case: codings and language tags are case-insensitive (RFC 9110 8.4.1, 8.5.1). */
static uint64_t word_hash(struct capan_hash_key key, const struct capan_kept *kept, enum capan_field number) {
    uint8_t word[64];
    struct capan_span value = span_cut(capan_kept_value(kept, number), 0, sizeof word);
    if (value.len == 0 || capan_is_word(value, "identity")) return 0;
    for (size_t i = 0; i < value.len; i++) word[i] = capan_lower(value.at[i]);
    uint64_t hash = capan_hash(key, word, value.len);
    return hash ? hash : 1;
}

/* "bytes" SP first "-" last "/" ( total / "*" ), or "bytes" SP "*" "/" total (RFC 9110 14.4). */
static struct capan_content_range range_of(const struct capan_kept *kept) {
    struct capan_content_range range = {.present = capan_kept_has(kept, CAPAN_FIELD_CONTENT_RANGE)};
    struct capan_span value = capan_kept_value(kept, CAPAN_FIELD_CONTENT_RANGE);
    if (value.len < 6 || !capan_is_word(span_cut(value, 0, 5), "bytes") || value.at[5] != ' ') return range;
    value = capan_trim(span_cut(value, 6, SIZE_MAX));
    const uint8_t *slash = value.len ? memchr(value.at, '/', value.len) : NULL;
    if (!slash) return range;
    struct capan_span part = span_cut(value, 0, (size_t)(slash - value.at));
    struct capan_span total = span_cut(value, part.len + 1, SIZE_MAX);
    const uint8_t *dash = part.len ? memchr(part.at, '-', part.len) : NULL;
    range.total = UINT64_MAX;
    bool known = !capan_is_word(total, "*");
    if (known && !capan_number(total, &range.total)) return range;
    range.unsatisfied = capan_is_word(part, "*");
    if (range.unsatisfied || !dash) {
        range.valid = range.unsatisfied && known;
        return range;
    }
    size_t at = (size_t)(dash - part.at);
    range.valid = capan_number(span_cut(part, 0, at), &range.first) &&
                  capan_number(span_cut(part, at + 1, SIZE_MAX), &range.last) && range.first <= range.last &&
                  range.last < range.total;
    return range;
}

/* A list counts by its first member (RFC 9111 5.1). */
static int64_t age_of(const struct capan_kept *kept) {
    struct capan_span value = capan_kept_value(kept, CAPAN_FIELD_AGE), first;
    uint64_t age;
    if (!capan_list_next(&value, &first) || !capan_number(first, &age)) return -1;
    return (int64_t)age;
}

/* Fields in which caches say whether they answered. Two numbers in X-Varnish: the second is the request that filled it.
 */
static const struct sign {
    enum capan_field field;
    const char *word;
    enum capan_cache_says says;
    const char *source;
} signs[] = {
    {CAPAN_FIELD_CACHE_STATUS, "hit", CAPAN_CACHE_HIT, "RFC 9211 2.1"},
    {CAPAN_FIELD_CACHE_STATUS, "fwd", CAPAN_CACHE_MISS, "RFC 9211 2.2"},
    {CAPAN_FIELD_X_CACHE_STATUS, "hit", CAPAN_CACHE_HIT, "nginx"},
    {CAPAN_FIELD_X_CACHE_STATUS, "stale", CAPAN_CACHE_HIT, "nginx"},
    {CAPAN_FIELD_X_CACHE_STATUS, "updating", CAPAN_CACHE_HIT, "nginx"},
    {CAPAN_FIELD_X_CACHE_STATUS, "miss", CAPAN_CACHE_MISS, "nginx"},
    {CAPAN_FIELD_X_CACHE_STATUS, "expired", CAPAN_CACHE_MISS, "nginx"},
    {CAPAN_FIELD_X_CACHE_STATUS, "bypass", CAPAN_CACHE_MISS, "nginx"},
    {CAPAN_FIELD_CF_CACHE_STATUS, "hit", CAPAN_CACHE_HIT, "Cloudflare"},
    {CAPAN_FIELD_CF_CACHE_STATUS, "stale", CAPAN_CACHE_HIT, "Cloudflare"},
    {CAPAN_FIELD_CF_CACHE_STATUS, "miss", CAPAN_CACHE_MISS, "Cloudflare"},
    {CAPAN_FIELD_CF_CACHE_STATUS, "dynamic", CAPAN_CACHE_MISS, "Cloudflare"},
    {CAPAN_FIELD_X_CACHE, "hit", CAPAN_CACHE_HIT, "Squid, Varnish"},
    {CAPAN_FIELD_X_CACHE, "miss", CAPAN_CACHE_MISS, "Squid, Varnish"},
};

/* "TCP_MEM_HIT from x" says hit: the first token, whole or one of its parts. */
static bool says_it(struct capan_span octets, const char *word) {
    for (size_t start = 0, end = 0; end <= octets.len; end++) {
        bool token = end < octets.len && capan_is_tchar(octets.at[end]);
        if (token && octets.at[end] != '_') continue;
        if (capan_is_word(span_cut(octets, start, end - start), word)) return true;
        if (!token) return false;
        start = end + 1;
    }
    return false;
}

/* The member itself, or one of its parameters ("nginx; hit"). */
static bool says_word(struct capan_span member, const char *word) {
    struct capan_span parameter;
    while (capan_parameter_next(&member, &parameter)) {
        if (says_it(parameter, word)) return true;
    }
    return false;
}

/* The member that the nearest cache wrote last counts. */
static enum capan_cache_says says_of(const struct capan_kept *kept, const struct sign *sign) {
    struct capan_span value, member;
    bool said = false;
    for (size_t at = 0; capan_kept_next(kept, sign->field, &at, &value);) {
        while (capan_list_next(&value, &member)) said = says_word(member, sign->word);
    }
    return said ? sign->says : CAPAN_CACHE_SILENT;
}

static bool is_varnish_hit(const struct capan_kept *kept) {
    struct capan_span ids = capan_kept_value(kept, CAPAN_FIELD_X_VARNISH);
    return ids.len && memchr(ids.at, ' ', ids.len);
}

static enum capan_cache_says cache_of(const struct capan_answer *answer) {
    const struct capan_kept *kept = &answer->kept;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!capan_kept_has(kept, signs[i].field)) continue;
        enum capan_cache_says says = says_of(kept, &signs[i]);
        if (says) return says;
    }
    if (answer->age_s > 0 || is_varnish_hit(kept)) return CAPAN_CACHE_HIT;
    return capan_kept_has(kept, CAPAN_FIELD_X_VARNISH) ? CAPAN_CACHE_MISS : CAPAN_CACHE_SILENT;
}

static void read_freshness(struct capan_judgement *j, bool shared_cache) {
    struct capan_answer *answer = &j->answer;
    int64_t received_s = j->exchange.response.first_ns / NS_PER_S;
    answer->lifetime_s = capan_explicit_lifetime(answer, shared_cache, received_s);
    answer->explicit_s = capan_explicit_lifetime(answer, true, received_s);
    if (answer->lifetime_s >= 0) return;
    answer->lifetime_s = capan_heuristic_lifetime(answer, j->exchange.status, received_s);
    answer->heuristic = answer->lifetime_s >= 0;
}

static uint64_t length_of(const struct capan_kept *kept) {
    uint64_t length;
    return capan_number(capan_kept_value(kept, CAPAN_FIELD_CONTENT_LENGTH), &length) ? length : UINT64_MAX;
}

/* The copy that was found at the request's time may have been selected by the same fields. */
static uint64_t variant_of(const struct capan_judgement *j, struct capan_hash_key key) {
    if (j->known && span_equal(j->known->names, j->answer.names)) return j->known->variant;
    return capan_variant_of(key, j->answer.names, &j->asked.kept);
}

bool capan_is_filled_by(const struct capan_fill *fill, const struct capan_answer *answer) {
    int64_t modified_s = answer->modified.valid ? answer->modified.seconds : CAPAN_NO_DATE;
    return fill->frame && answer->date.valid && fill->date_s == answer->date.seconds &&
           fill->modified_s == modified_s && fill->tag == answer->tag.whole && fill->weak == answer->tag.weak &&
           fill->encoding == answer->encoding;
}

void capan_answer_read(struct capan_judgement *j, struct capan_hash_key key, const struct capan_http_head *head,
                       bool shared_cache) {
    struct capan_answer *answer = &j->answer;
    int64_t now_s = head->at.ns / NS_PER_S;
    capan_keep(&answer->kept, &j->arena, false, head->fields, head->field_count);
    capan_directives_read(&answer->cc, &answer->kept, false);
    answer->tag = capan_tag_read(key, &answer->kept);
    answer->modified = capan_date_field_read(key, &answer->kept, CAPAN_FIELD_LAST_MODIFIED, now_s);
    answer->date = capan_date_field_read(key, &answer->kept, CAPAN_FIELD_DATE, now_s);
    answer->expires = capan_date_field_read(key, &answer->kept, CAPAN_FIELD_EXPIRES, now_s);
    answer->range = range_of(&answer->kept);
    struct capan_vary_list vary = capan_vary_read(&j->arena, &answer->kept);
    answer->names = vary.names;
    answer->vary = vary.bits;
    answer->variant = variant_of(j, key);
    answer->fields = present_fields(&answer->kept);
    answer->content_length = length_of(&answer->kept);
    answer->encoding = word_hash(key, &answer->kept, CAPAN_FIELD_CONTENT_ENCODING);
    answer->language = word_hash(key, &answer->kept, CAPAN_FIELD_CONTENT_LANGUAGE);
    answer->age_s = age_of(&answer->kept);
    answer->cache = (uint8_t)cache_of(answer);
    read_freshness(j, shared_cache);
    j->facts |= status_facts(head->status);
    if (capan_kept_has(&answer->kept, CAPAN_FIELD_AGE)) j->facts |= CAPAN_GOT_AGE;
    if (capan_kept_has(&answer->kept, CAPAN_FIELD_ETAG)) j->facts |= CAPAN_GOT_ETAG;
    if (capan_kept_has(&answer->kept, CAPAN_FIELD_CACHE_CONTROL)) j->facts |= CAPAN_GOT_CC;
    if (answer->cache == CAPAN_CACHE_HIT) j->facts |= CAPAN_HIT;
}

void capan_answer_note_lines(struct capan_judgement *j, const struct capan_http_head *head) {
    struct capan_exchange *exchange = &j->exchange;
    capan_arena_copy(&j->arena, head->phrase, &exchange->phrase);
    exchange->response_line_count =
        capan_keep_lines(&j->arena, head->fields, head->field_count, &exchange->response_lines);
}

bool capan_answer_is_gzip(const struct capan_judgement *j) {
    const struct capan_span coding = capan_kept_value(&j->answer.kept, CAPAN_FIELD_CONTENT_ENCODING);
    if (capan_judgement_has(j, CAPAN_GOT_206) || capan_kept_repeats(&j->answer.kept, CAPAN_FIELD_CONTENT_ENCODING))
        return false;
    return capan_is_word(coding, "gzip") || capan_is_word(coding, "x-gzip");
}
