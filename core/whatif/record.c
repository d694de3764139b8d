/* SPDX-License-Identifier: MIT */
#include "record.h"

#include "bytes.h"
#include "conditional.h"

#define NS_PER_S 1000000000

static uint32_t method_facts(struct capan_span method) {
    uint64_t facts = capan_method_facts(method);
    return (facts & CAPAN_IS_GET ? CAPAN_WHATIF_IS_GET : 0) | (facts & CAPAN_IS_HEAD ? CAPAN_WHATIF_IS_HEAD : 0) |
           (facts & CAPAN_IS_UNSAFE ? CAPAN_WHATIF_IS_UNSAFE : 0);
}

static uint32_t demands(const struct capan_directives *cc) {
    if (!(cc->flags & CAPAN_CC_PRESENT)) return cc->flags & CAPAN_PRAGMA_NO_CACHE ? CAPAN_WHATIF_ASKS_PRAGMA : 0;
    return (cc->flags & CAPAN_NO_STORE ? CAPAN_WHATIF_ASKS_NO_STORE : 0) |
           (cc->flags & CAPAN_NO_CACHE ? CAPAN_WHATIF_ASKS_NO_CACHE : 0);
}

/* The only member of If-None-Match; none when there are several. */
static struct capan_tag only_tag(struct capan_hash_key key, const struct capan_kept *kept) {
    size_t count;
    const struct capan_http_field *fields = capan_kept_from(kept, CAPAN_FIELD_IF_NONE_MATCH, &count);
    struct capan_etag_list list = capan_etag_list(fields, count, CAPAN_FIELD_IF_NONE_MATCH);
    struct capan_etag etag, another;
    if (capan_etag_next(&list, &etag) != CAPAN_ETAG_TAG) return (struct capan_tag){0};
    if (capan_etag_next(&list, &another) != CAPAN_ETAG_END) return (struct capan_tag){0};
    return capan_tag_of(key, &etag, false);
}

static void read_request(struct capan_record *record, struct capan_hash_key key, struct capan_arena *arena,
                         const struct capan_exchange *exchange) {
    struct capan_kept kept;
    struct capan_directives cc;
    capan_keep(&kept, arena, true, exchange->request_lines, exchange->request_line_count);
    capan_directives_read(&cc, &kept, true);
    record->facts |= method_facts(exchange->method) | demands(&cc);
    if (capan_kept_has(&kept, CAPAN_FIELD_RANGE)) record->facts |= CAPAN_WHATIF_HAS_RANGE;
    if (capan_kept_has(&kept, CAPAN_FIELD_AUTHORIZATION)) record->facts |= CAPAN_WHATIF_IS_AUTHORIZED;
    record->row.request_max_age_s = cc.max_age;
    record->row.request_min_fresh_s = cc.min_fresh;
    record->asked_tag = only_tag(key, &kept);
    if (!capan_kept_has(&kept, CAPAN_FIELD_IF_NONE_MATCH))
        record->asked_date =
            capan_date_field_read(key, &kept, CAPAN_FIELD_IF_MODIFIED_SINCE, record->asked_ns / NS_PER_S);
}

/* A list counts by its first member (RFC 9111 5.1). */
static int64_t read_age(const struct capan_kept *kept) {
    struct capan_span value = capan_kept_value(kept, CAPAN_FIELD_AGE), first;
    uint64_t age;
    return capan_list_next(&value, &first) && capan_number(first, &age) ? (int64_t)age : -1;
}

static uint64_t read_length(const struct capan_kept *kept) {
    uint64_t length;
    return capan_number(capan_kept_value(kept, CAPAN_FIELD_CONTENT_LENGTH), &length) ? length : UINT64_MAX;
}

static void read_response(struct capan_record *record, struct capan_hash_key key, struct capan_arena *arena,
                          const struct capan_http_field *response, size_t count) {
    struct capan_kept kept;
    struct capan_whatif_fields *fields = &record->fields;
    const int64_t now_s = record->received_ns / NS_PER_S;
    capan_keep(&kept, arena, false, response, count);
    capan_directives_read(&fields->cc, &kept, false);
    fields->tag = capan_tag_read(key, &kept);
    fields->date = capan_date_field_read(key, &kept, CAPAN_FIELD_DATE, now_s);
    fields->expires = capan_date_field_read(key, &kept, CAPAN_FIELD_EXPIRES, now_s);
    fields->modified = capan_date_field_read(key, &kept, CAPAN_FIELD_LAST_MODIFIED, now_s);
    const struct capan_vary_list vary = capan_vary_read(arena, &kept);
    fields->names = vary.names;
    fields->has_vary = capan_kept_has(&kept, CAPAN_FIELD_VARY);
    fields->vary_any = vary.bits & CAPAN_VARY_STAR;
    fields->age_s = read_age(&kept);
    fields->content_length = read_length(&kept);
    const struct capan_span encoding = capan_kept_value(&kept, CAPAN_FIELD_CONTENT_ENCODING);
    record->encoding = encoding.len ? capan_hash(key, encoding.at, encoding.len) : 0;
}

void capan_record_read(struct capan_record *record, struct capan_hash_key key, struct capan_arena *arena,
                       const struct capan_exchange *exchange, const struct capan_http_field *response, size_t count) {
    record->asked_ns = exchange->request.last_ns;
    record->received_ns = exchange->response.first_ns;
    record->ended_ns = max_i64(exchange->response.last_ns, exchange->response.first_ns);
    record->octets = exchange->request.wire_len + exchange->response.wire_len;
    record->body_octets = exchange->response.body_len + exchange->response.body_missing;
    record->digest = exchange->body_digest;
    record->round_trips_x100 = exchange->round_trips_x100 < 0 ? 100 : exchange->round_trips_x100;
    record->round_trips_x100 += 100 * (int64_t)capan_handshake_sum(&exchange->handshakes);
    if (exchange->status) record->facts |= CAPAN_WHATIF_HAS_ANSWER;
    if (exchange->response.complete && !exchange->response.body_missing) record->facts |= CAPAN_WHATIF_IS_COMPLETE;
    read_request(record, key, arena, exchange);
    read_response(record, key, arena, response, count);
}

uint64_t capan_record_variant(const struct capan_record *record, struct capan_hash_key key, struct capan_span names) {
    const struct capan_kept request = {.all = record->lines, .all_count = record->line_count};
    return capan_variant_of(key, names, &request);
}
