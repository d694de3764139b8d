/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include "bytes.h"
#include "freshness.h"

#define NS_PER_S 1000000000

/* --- what is stored --------------------------------------------------------------------------------------------- */

static struct capan_directives directives_of(const struct capan_whatif_fields *fields,
                                             const struct capan_whatif_trial *trial) {
    if (trial->max_age_s < 0) return fields->cc;
    return (struct capan_directives){CAPAN_CC_PRESENT, trial->max_age_s, -1, -1, -1, -1, -1};
}

static enum capan_whatif_lifetime lifetime_from(const struct capan_answer *answer, bool shared) {
    if (shared && answer->cc.s_maxage >= 0) return CAPAN_WHATIF_LIFETIME_S_MAXAGE;
    if (answer->cc.max_age >= 0) return CAPAN_WHATIF_LIFETIME_MAX_AGE;
    return CAPAN_WHATIF_LIFETIME_EXPIRES;
}

static void find_lifetime(struct capan_whatif_stored *stored, bool shared) {
    const struct capan_whatif_fields *fields = &stored->fields;
    const struct capan_answer answer = {
        .cc = fields->cc, .date = fields->date, .expires = fields->expires, .modified = fields->modified};
    const int64_t received_s = stored->received_ns / NS_PER_S;
    stored->lifetime_s = capan_explicit_lifetime(&answer, shared, received_s);
    stored->lifetime_by = (uint8_t)lifetime_from(&answer, shared);
    if (stored->lifetime_s >= 0) return;
    stored->lifetime_s = capan_heuristic_lifetime(&answer, stored->status, received_s);
    stored->lifetime_by = stored->lifetime_s < 0 ? CAPAN_WHATIF_LIFETIME_NONE : CAPAN_WHATIF_LIFETIME_HEURISTIC;
}

static void find_age(struct capan_whatif_stored *stored, const struct capan_record *record) {
    const struct capan_answer answer = {.date = stored->fields.date, .age_s = stored->fields.age_s};
    stored->received_ns = record->received_ns;
    stored->initial_age_ns = capan_initial_age_ns(&answer, record->asked_ns, record->received_ns);
}

struct capan_whatif_stored capan_whatif_store_of(const struct capan_record *record, struct capan_hash_key key,
                                                 const struct capan_whatif_trial *trial, bool shared) {
    struct capan_whatif_stored stored = {.fields = record->fields,
                                         .variant = capan_record_variant(record, key, record->fields.names),
                                         .status = record->row.status,
                                         .frame = record->row.response_frame,
                                         .encoding = record->encoding,
                                         .digest = record->digest,
                                         .length = record->body_octets};
    stored.fields.cc = directives_of(&record->fields, trial);
    find_age(&stored, record);
    find_lifetime(&stored, shared);
    return stored;
}

void capan_whatif_renew(struct capan_whatif_stored *stored, const struct capan_record *record,
                        struct capan_hash_key key, const struct capan_whatif_trial *trial, bool shared) {
    const struct capan_whatif_fields *fields = &record->fields;
    const struct capan_directives cc = directives_of(fields, trial);
    if (cc.flags & CAPAN_CC_PRESENT) stored->fields.cc = cc;
    if (fields->tag.whole) stored->fields.tag = fields->tag;
    if (fields->expires.present) stored->fields.expires = fields->expires;
    if (fields->modified.present) stored->fields.modified = fields->modified;
    if (fields->has_vary) {
        stored->fields.names = fields->names;
        stored->fields.vary_any = fields->vary_any;
        stored->variant = capan_record_variant(record, key, fields->names);
    }
    stored->fields.date = fields->date;
    stored->fields.age_s = fields->age_s;
    stored->invalid = false;
    find_age(stored, record);
    find_lifetime(stored, shared);
}

int64_t capan_whatif_age(const struct capan_whatif_stored *stored, int64_t now_ns) {
    return stored->initial_age_ns + capan_elapsed_ns(stored->received_ns, now_ns);
}

/* --- whether it may answer: RFC 9111 4 -------------------------------------------------------------------------- */

enum demand {
    READS = 1 << 0, /* GET or HEAD */
    ASKS_NO_STORE = 1 << 1,
    ANY_STORED = 1 << 2,
    SELECTED = 1 << 3,
    INVALID = 1 << 4,
    ASKS_NO_CACHE = 1 << 5,
    ASKS_PRAGMA = 1 << 6,
    SAYS_NO_CACHE = 1 << 7,
    TOO_OLD = 1 << 8,
    STALE = 1 << 9,
    TOO_SHORT = 1 << 10,
    KNOWN = 1 << 11 /* the request was captured */
};

static const struct reuse {
    uint32_t has, lacks;
    enum capan_whatif_why why; /* its row has the section */
    enum capan_whatif_served served;
} reuses[] = {
    {0, KNOWN, CAPAN_WHATIF_WHY_NO_REQUEST, CAPAN_WHATIF_SERVER},
    {0, READS, CAPAN_WHATIF_WHY_METHOD, CAPAN_WHATIF_BYPASS},
    {ASKS_NO_STORE, 0, CAPAN_WHATIF_WHY_REQUEST_NO_STORE, CAPAN_WHATIF_BYPASS},
    {0, ANY_STORED, CAPAN_WHATIF_WHY_NOTHING_STORED, CAPAN_WHATIF_SERVER},
    {0, SELECTED, CAPAN_WHATIF_WHY_OTHER_VARIANT, CAPAN_WHATIF_SERVER},
    {INVALID, 0, CAPAN_WHATIF_WHY_INVALIDATED, CAPAN_WHATIF_SERVER},
    {ASKS_NO_CACHE, 0, CAPAN_WHATIF_WHY_REQUEST_NO_CACHE, CAPAN_WHATIF_SERVER},
    {ASKS_PRAGMA, 0, CAPAN_WHATIF_WHY_REQUEST_PRAGMA, CAPAN_WHATIF_SERVER},
    {SAYS_NO_CACHE, 0, CAPAN_WHATIF_WHY_NO_CACHE, CAPAN_WHATIF_SERVER},
    {TOO_OLD, 0, CAPAN_WHATIF_WHY_REQUEST_MAX_AGE, CAPAN_WHATIF_SERVER},
    {STALE, 0, CAPAN_WHATIF_WHY_STALE, CAPAN_WHATIF_SERVER},
    {TOO_SHORT, 0, CAPAN_WHATIF_WHY_REQUEST_MIN_FRESH, CAPAN_WHATIF_SERVER},
    {0, 0, CAPAN_WHATIF_WHY_FRESH, CAPAN_WHATIF_CACHE},
};

static uint32_t demands_of(const struct capan_record *record, const struct capan_whatif_stored *stored, bool any) {
    uint32_t demands = (record->resource != UINT32_MAX ? KNOWN : 0) | (any ? ANY_STORED : 0);
    if (record->facts & (CAPAN_WHATIF_IS_GET | CAPAN_WHATIF_IS_HEAD)) demands |= READS;
    if (record->facts & CAPAN_WHATIF_ASKS_NO_STORE) demands |= ASKS_NO_STORE;
    if (record->facts & CAPAN_WHATIF_ASKS_NO_CACHE) demands |= ASKS_NO_CACHE;
    if (record->facts & CAPAN_WHATIF_ASKS_PRAGMA) demands |= ASKS_PRAGMA;
    if (!stored) return demands;
    const int64_t age_ns = capan_whatif_age(stored, record->asked_ns);
    const int64_t max_age_s = record->row.request_max_age_s, min_fresh_s = record->row.request_min_fresh_s;
    const int64_t lifetime_s = max_i64(0, stored->lifetime_s), age_s = age_ns / NS_PER_S;
    const bool stale = age_s >= lifetime_s;
    return demands | SELECTED | (stored->invalid ? INVALID : 0) |
           (stored->fields.cc.flags & CAPAN_NO_CACHE ? SAYS_NO_CACHE : 0) |
           (max_age_s >= 0 && (age_s > max_age_s || (age_s == max_age_s && age_ns % NS_PER_S)) ? TOO_OLD : 0) |
           (stale ? STALE : 0) | (min_fresh_s >= 0 && lifetime_s - age_s < min_fresh_s ? TOO_SHORT : 0);
}

enum capan_whatif_why capan_whatif_decide(const struct capan_record *record, const struct capan_whatif_stored *stored,
                                          bool any) {
    const uint32_t demands = demands_of(record, stored, any);
    const struct reuse *row = reuses;
    while ((demands & row->has) != row->has || (demands & row->lacks)) row++;
    return row->why;
}

enum capan_whatif_served capan_whatif_served_by(enum capan_whatif_why why) {
    const struct reuse *row = reuses;
    while (row->why != why) row++;
    return row->served;
}

/* --- whether an answer confirms it: RFC 9111 4.3.4, 4.3.5 ------------------------------------------------------- */

enum evidence {
    STORED_TAG = 1 << 0,
    STORED_DATE = 1 << 1,
    GOT_304 = 1 << 2,
    GOT_200 = 1 << 3, /* and what is stored is one */
    GOT_TAG = 1 << 4,
    GOT_DATE = 1 << 5,
    TAGS_EQUAL = 1 << 6, /* weakly (RFC 9110 8.8.3.2) */
    DATES_EQUAL = 1 << 7,
    ASKED_IT = 1 << 8, /* with exactly the stored validator */
    ANSWERED = 1 << 9,
    OTHER_LENGTH = 1 << 10 /* an answer to HEAD whose Content-Length is not the stored one's */
};

static const struct confirmation {
    uint32_t has, lacks;
    enum capan_whatif_confirmed confirmed; /* its row has the section */
} confirmations[] = {
    {0, ANSWERED, CAPAN_WHATIF_CONFIRMED_NO_ANSWER},
    {0, STORED_TAG | STORED_DATE, CAPAN_WHATIF_CONFIRMED_NO_VALIDATOR},
    {OTHER_LENGTH, 0, CAPAN_WHATIF_CONFIRMED_NOT_SHOWN},
    {GOT_304 | TAGS_EQUAL, 0, CAPAN_WHATIF_CONFIRMED_BY_TAG},
    {GOT_304 | GOT_TAG | STORED_TAG, 0, CAPAN_WHATIF_CONFIRMED_NOT_SHOWN},
    {GOT_304 | DATES_EQUAL, 0, CAPAN_WHATIF_CONFIRMED_BY_DATE},
    {GOT_304 | ASKED_IT, GOT_TAG | GOT_DATE, CAPAN_WHATIF_CONFIRMED_AS_ASKED},
    {GOT_200 | TAGS_EQUAL, 0, CAPAN_WHATIF_CONFIRMED_SAME_TAG},
    {GOT_200 | DATES_EQUAL, GOT_TAG | STORED_TAG, CAPAN_WHATIF_CONFIRMED_SAME_DATE},
    {0, 0, CAPAN_WHATIF_CONFIRMED_NOT_SHOWN},
};

/* What is no date can still be the same octets: a server that sends them compares them so. */
static bool dates_equal(const struct capan_date_field *a, const struct capan_date_field *b) {
    if (!a->present || !b->present || a->valid != b->valid) return false;
    return a->valid ? a->seconds == b->seconds : a->raw == b->raw;
}

static bool asked_it(const struct capan_record *record, const struct capan_whatif_stored *stored) {
    if (capan_tag_weak_equal(&record->asked_tag, &stored->fields.tag)) return true;
    return dates_equal(&record->asked_date, &stored->fields.modified);
}

static bool other_length(const struct capan_record *record, const struct capan_whatif_stored *stored) {
    return record->facts & CAPAN_WHATIF_IS_HEAD && record->row.status == 200 &&
           record->fields.content_length != UINT64_MAX && record->fields.content_length != stored->length;
}

static uint32_t evidence_of(const struct capan_record *record, const struct capan_whatif_stored *stored) {
    const struct capan_whatif_fields *old = &stored->fields, *now = &record->fields;
    return (old->tag.whole ? STORED_TAG : 0) | (old->modified.present ? STORED_DATE : 0) |
           (record->facts & CAPAN_WHATIF_HAS_ANSWER ? ANSWERED : 0) | (record->row.status == 304 ? GOT_304 : 0) |
           (record->row.status == 200 && stored->status == 200 ? GOT_200 : 0) | (now->tag.whole ? GOT_TAG : 0) |
           (now->modified.present ? GOT_DATE : 0) | (capan_tag_weak_equal(&old->tag, &now->tag) ? TAGS_EQUAL : 0) |
           (dates_equal(&old->modified, &now->modified) ? DATES_EQUAL : 0) | (asked_it(record, stored) ? ASKED_IT : 0) |
           (other_length(record, stored) ? OTHER_LENGTH : 0);
}

enum capan_whatif_confirmed capan_whatif_confirm(const struct capan_record *record,
                                                 const struct capan_whatif_stored *stored) {
    const uint32_t evidence = evidence_of(record, stored);
    const struct confirmation *row = confirmations;
    while ((evidence & row->has) != row->has || (evidence & row->lacks)) row++;
    return row->confirmed;
}

/* --- whether an answer may be stored: RFC 9111 3 ---------------------------------------------------------------- */

enum property {
    ANSWER = 1 << 0,
    COMES_BY = 1 << 1, /* GET or HEAD, and captured */
    HEAD = 1 << 2,
    PART = 1 << 3,
    ONLY_A_304 = 1 << 4,
    OF_RANGE = 1 << 5, /* answers a range, but for a 200 */
    WHOLE = 1 << 6,
    NEVER = 1 << 7,
    NOT_WANTED = 1 << 8,
    MUST_UNDERSTAND = 1 << 9,
    UNDERSTOOD = 1 << 10,
    NO_STORE = 1 << 11,
    PRIVATE = 1 << 12,
    AUTHORIZED = 1 << 13,
    FOR_ALL = 1 << 14, /* public, must-revalidate, s-maxage (RFC 9111 3.5) */
    SHARED = 1 << 15,
    ALLOWED = 1 << 16
};

static const struct storing {
    uint32_t has, lacks;
    enum capan_whatif_store store; /* its row has the section */
} storings[] = {
    {0, ANSWER, CAPAN_WHATIF_STORE_NO_ANSWER},
    {0, COMES_BY, CAPAN_WHATIF_STORE_BYPASSED},
    {NOT_WANTED, 0, CAPAN_WHATIF_STORE_REQUEST_NO_STORE},
    {HEAD, 0, CAPAN_WHATIF_STORE_HEAD},
    {PART, 0, CAPAN_WHATIF_STORE_PARTIAL},
    {ONLY_A_304, 0, CAPAN_WHATIF_STORE_NOT_MODIFIED},
    {OF_RANGE, 0, CAPAN_WHATIF_STORE_RANGE},
    {0, WHOLE, CAPAN_WHATIF_STORE_INCOMPLETE},
    {NEVER, 0, CAPAN_WHATIF_STORE_NEVER},
    {MUST_UNDERSTAND, UNDERSTOOD, CAPAN_WHATIF_STORE_NOT_UNDERSTOOD},
    {NO_STORE, MUST_UNDERSTAND, CAPAN_WHATIF_STORE_NO_STORE},
    {PRIVATE | SHARED, 0, CAPAN_WHATIF_STORE_PRIVATE},
    {AUTHORIZED | SHARED, FOR_ALL, CAPAN_WHATIF_STORE_AUTHORIZED},
    {0, ALLOWED, CAPAN_WHATIF_STORE_NOT_ALLOWED},
    {0, 0, CAPAN_WHATIF_STORE_STORED},
};

static bool is_one_of(uint16_t status, const uint16_t *statuses, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (statuses[i] == status) return true;
    return false;
}
#define IS_ONE_OF(status, list) is_one_of(status, list, sizeof(list) / sizeof *(list))

/* Final statuses of RFC 9110 15.3 to 15.6 and RFC 6585: what understanding them takes is known. */
static bool is_understood(uint16_t status) {
    static const uint16_t statuses[] = {200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 305, 307, 308, 400,
                                        401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416,
                                        417, 421, 422, 426, 428, 429, 431, 500, 501, 502, 503, 504, 505, 511};
    return IS_ONE_OF(status, statuses);
}

static bool is_never_stored(uint16_t status) {
    static const uint16_t statuses[] = {428, 429, 431, 511};
    return IS_ONE_OF(status, statuses);
}

static bool is_allowed(const struct capan_record *record, const struct capan_directives *cc, bool shared) {
    return cc->flags & CAPAN_PUBLIC || (cc->flags & CAPAN_PRIVATE && !shared) || record->fields.expires.present ||
           cc->max_age >= 0 || (shared && cc->s_maxage >= 0) || capan_is_heuristically_cacheable(record->row.status);
}

static uint32_t request_properties(const struct capan_record *record) {
    const uint32_t facts = record->facts;
    const bool reads = facts & (CAPAN_WHATIF_IS_GET | CAPAN_WHATIF_IS_HEAD);
    return (reads && record->resource != UINT32_MAX ? COMES_BY : 0) | (facts & CAPAN_WHATIF_IS_HEAD ? HEAD : 0) |
           (facts & CAPAN_WHATIF_ASKS_NO_STORE ? NOT_WANTED : 0) |
           (facts & CAPAN_WHATIF_IS_AUTHORIZED ? AUTHORIZED : 0);
}

static uint32_t response_properties(const struct capan_record *record, const struct capan_directives *cc, bool shared) {
    const uint16_t status = record->row.status;
    const bool ranged = record->facts & CAPAN_WHATIF_HAS_RANGE && status == 416;
    return (record->facts & CAPAN_WHATIF_HAS_ANSWER ? ANSWER : 0) | (status == 206 ? PART : 0) |
           (status == 304 ? ONLY_A_304 : 0) | (ranged ? OF_RANGE : 0) |
           (record->facts & CAPAN_WHATIF_IS_COMPLETE ? WHOLE : 0) | (is_never_stored(status) ? NEVER : 0) |
           (cc->flags & CAPAN_MUST_UNDERSTAND ? MUST_UNDERSTAND : 0) | (is_understood(status) ? UNDERSTOOD : 0) |
           (cc->flags & CAPAN_NO_STORE ? NO_STORE : 0) | (cc->flags & CAPAN_PRIVATE ? PRIVATE : 0) |
           (cc->flags & (CAPAN_PUBLIC | CAPAN_MUST_REVALIDATE) || cc->s_maxage >= 0 ? FOR_ALL : 0) |
           (is_allowed(record, cc, shared) ? ALLOWED : 0);
}

enum capan_whatif_store capan_whatif_may_store(const struct capan_record *record,
                                               const struct capan_whatif_trial *trial, bool shared) {
    const struct capan_directives cc = directives_of(&record->fields, trial);
    const uint32_t properties =
        request_properties(record) | response_properties(record, &cc, shared) | (shared ? SHARED : 0);
    const struct storing *row = storings;
    while ((properties & row->has) != row->has || (properties & row->lacks)) row++;
    return row->store;
}

/* --- whether it would have been outdated ------------------------------------------------------------------------ */

static bool content_differs(const struct capan_record *record, const struct capan_whatif_stored *stored) {
    const struct capan_tag *tag = &record->fields.tag, *old = &stored->fields.tag;
    if (record->digest && stored->digest && record->encoding == stored->encoding)
        return record->digest != stored->digest;
    if (tag->whole && old->whole) return !capan_tag_weak_equal(tag, old);
    return record->fields.modified.valid && stored->fields.modified.valid &&
           record->fields.modified.seconds != stored->fields.modified.seconds;
}

bool capan_whatif_differs(const struct capan_record *record, const struct capan_whatif_stored *stored) {
    const uint16_t status = record->row.status;
    if (status == 304)
        return record->fields.tag.whole && stored->fields.tag.whole &&
               !capan_tag_weak_equal(&record->fields.tag, &stored->fields.tag);
    if (status == 200) return stored->status != 200 || content_differs(record, stored);
    return (status == 404 || status == 410) && stored->status == 200;
}
