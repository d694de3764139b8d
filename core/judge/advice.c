/* SPDX-License-Identifier: MIT */
#include "advice.h"

#include "bytes.h"
#include "freshness.h"

#define NS_PER_S  INT64_C(1000000000)
#define GOT(name) CAPAN_GOT_##name
#define BY(name)  CAPAN_BY_##name

/* Choices of ours where no RFC gives a number. */
#define WORTH_A_VALIDATOR 1024                    /* octets of a body */
#define CONFIRMED_OFTEN   2                       /* 304 before this one */
#define SLOW_304_NS       (20 * INT64_C(1000000)) /* below that nobody waits */
#define SKEW_S            5
#define STORM_REQUESTS    10
#define STORM_PER_CENT    30
#define STORM_ROUND_TRIPS 3

typedef bool test(const struct capan_judgement *);

static bool is_outcome(const struct capan_judgement *j, enum capan_http_outcome outcome) {
    return j->exchange.outcome == outcome;
}
static bool is_refetch(const struct capan_judgement *j) {
    return is_outcome(j, CAPAN_OUTCOME_REFETCH);
}
static bool is_not_modified(const struct capan_judgement *j) {
    return is_outcome(j, CAPAN_OUTCOME_NOT_MODIFIED);
}
static bool is_storable(const struct capan_judgement *j) {
    return !(j->answer.cc.flags & CAPAN_NO_STORE);
}
static bool has_validator(const struct capan_judgement *j) {
    return j->answer.tag.whole || j->answer.trailing_tag.whole || j->answer.modified.present;
}
static uint64_t body_len(const struct capan_judgement *j) {
    return j->exchange.response.body_len + j->exchange.response.body_missing;
}

static bool lacks_validator(const struct capan_judgement *j) {
    if (j->exchange.response_version == 9 || j->answer.kept.cut) return false;
    return body_len(j) >= WORTH_A_VALIDATOR && is_storable(j) && !has_validator(j);
}
static bool could_have_asked(const struct capan_judgement *j) {
    if (!is_refetch(j) || !j->known->whole || !j->known_usable) return false;
    return !(j->known->directives & CAPAN_NO_STORE) && (capan_tag_readable(&j->known->tag) || j->known->modified.valid);
}
static bool could_have_reused(const struct capan_judgement *j) {
    return is_refetch(j) || is_not_modified(j);
}
static bool is_confirmed_often(const struct capan_judgement *j) {
    return is_not_modified(j) && j->copy && j->copy->not_modified >= CONFIRMED_OFTEN;
}

/* A run of hexadecimal digits that is no word and no small number, or a version ("v=3", "-1.2.3"). */
static bool has_fingerprint(struct capan_span target) {
    size_t run = 0, digits = 0, letters = 0;
    for (size_t i = 0; i < target.len; i++) {
        uint8_t octet = capan_lower(target.at[i]);
        bool digit = octet >= '0' && octet <= '9', letter = octet >= 'a' && octet <= 'f';
        run = digit || letter ? run + 1 : 0;
        digits = run ? digits + digit : 0;
        letters = run ? letters + letter : 0;
        bool bounded =
            i + 1 == target.len || !((capan_lower(target.at[i + 1]) >= 'g' && capan_lower(target.at[i + 1]) <= 'z'));
        if (run >= 8 && digits && letters && bounded) return true;
    }
    return false;
}
static bool has_version(struct capan_span target) {
    static const char *const marks[] = {"?v=", "&v=", "?ver=", "&ver=", "?version=", "&version=", "?hash="};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t len = strlen(marks[i]);
        for (size_t at = 0; at + len < target.len; at++) {
            if (memcmp(target.at + at, marks[i], len) == 0) return true;
        }
    }
    return false;
}
static bool is_fingerprinted(const struct capan_judgement *j) {
    struct capan_span target = span_cut(j->exchange.target, 0, 2048);
    bool told = j->answer.cc.flags & CAPAN_IMMUTABLE;
    return is_not_modified(j) && !told && (has_fingerprint(target) || has_version(target));
}

static bool is_heuristic_only(const struct capan_judgement *j) {
    return is_storable(j) && j->answer.heuristic && !(j->answer.cc.flags & (CAPAN_NO_CACHE | CAPAN_PRAGMA_NO_CACHE));
}
static bool must_ask_without_validator(const struct capan_judgement *j) {
    return (j->answer.cc.flags & CAPAN_NO_CACHE || j->answer.cc.max_age == 0) && is_storable(j) && !has_validator(j);
}
static bool is_validator_useless(const struct capan_judgement *j) {
    return !is_storable(j) && has_validator(j);
}

/* The tag that the server itself marked for a coding comes back, and the server does not know it again. */
static bool is_suffix_misread(const struct capan_judgement *j) {
    const struct capan_tag *asked = &j->asked.single, *got = &j->answer.tag;
    if (!asked->whole || !got->whole || asked->base != got->base) return false;
    return capan_tag_marked(asked) || capan_tag_marked(got);
}

/* The same body under another tag. Another server, or a tag that comes again, speaks of several nodes; else the tag is
 * made anew in time. */
static bool is_per_node(const struct capan_judgement *j, const struct capan_representation *other) {
    if (other->server != j->keys.server) return true;
    for (size_t i = 0; i < j->resource->count; i++) {
        if (j->resource->at[i].tag == j->answer.tag.whole && other->tag != j->answer.tag.whole) return true;
    }
    return false;
}
static const struct capan_representation *same_body_other_tag(const struct capan_judgement *j) {
    if (!j->resource || !j->resource->count || !capan_tag_readable(&j->answer.tag)) return NULL;
    size_t newest = (j->resource->next + j->resource->count - 1) % j->resource->count;
    for (size_t i = 0; i < j->resource->count; i++) {
        const struct capan_representation *other =
            &j->resource->at[(newest + j->resource->count - i) % j->resource->count];
        bool same = other->digest == j->end.response.digest && other->encoding == j->answer.encoding;
        if (same && other->tag && other->base != j->answer.tag.base)
            return other; /* a suffix for a coding is no other tag */
    }
    return NULL;
}
static bool is_tag_unstable(const struct capan_judgement *j) {
    const struct capan_representation *other = same_body_other_tag(j);
    return other && !is_per_node(j, other);
}
static bool is_tag_per_node(const struct capan_judgement *j) {
    const struct capan_representation *other = same_body_other_tag(j);
    return other && is_per_node(j, other);
}

static bool is_tag_weak(const struct capan_judgement *j) {
    return j->answer.tag.weak;
}
static bool is_modified_just_now(const struct capan_judgement *j) {
    if (!j->answer.modified.valid || !j->answer.date.valid) return false;
    return j->answer.date.seconds - j->answer.modified.seconds < 1 &&
           j->answer.date.seconds >= j->answer.modified.seconds;
}
static bool is_vary_broad(const struct capan_judgement *j) {
    return j->answer.vary & (CAPAN_VARY_STAR | CAPAN_VARY_BROAD);
}
static bool is_vary_missing(const struct capan_judgement *j) {
    return j->answer.encoding && capan_kept_has(&j->asked.kept, CAPAN_FIELD_ACCEPT_ENCODING) &&
           !(j->answer.vary & (CAPAN_VARY_ENCODING | CAPAN_VARY_STAR));
}
static bool is_blind_write(const struct capan_judgement *j) {
    return is_outcome(j, CAPAN_OUTCOME_BLIND_WRITE);
}

/* Somebody else wrote on the ground of the tag that this client had read, and this client writes over it unasked. */
static bool is_lost_update(const struct capan_judgement *j) {
    const struct capan_current *before = &j->before;
    return j->known && before->writer && before->writer != j->keys.client &&
           before->writer_base == j->known->tag.whole && j->known->tag.whole && j->known->ns < before->write_ns;
}

static bool is_not_worth_it(const struct capan_judgement *j) {
    uint64_t cost = j->exchange.request.wire_len + j->exchange.response.wire_len;
    return is_not_modified(j) && j->exchange.saved && cost >= j->exchange.saved;
}
static bool is_slow(const struct capan_judgement *j) {
    return is_not_modified(j) && j->known && j->known->server_ns >= 0 && j->exchange.server_ns >= SLOW_304_NS &&
           j->exchange.server_ns >= j->known->server_ns;
}
static bool paid_a_handshake(const struct capan_judgement *j) {
    return is_not_modified(j) && capan_handshake_sum(&j->exchange.handshakes) > 0;
}
static bool differs_from_max_age(const struct capan_judgement *j) {
    const struct capan_answer *answer = &j->answer;
    if (!answer->expires.present || answer->cc.max_age < 0) return false;
    if (!answer->expires.valid) return answer->cc.max_age > 0;
    if (!answer->date.valid) return false;
    int64_t difference = max_i64(0, answer->expires.seconds - answer->date.seconds) - answer->cc.max_age;
    return difference > 1 || difference < -1;
}
static bool is_pragma_alone(const struct capan_judgement *j) {
    return j->answer.cc.flags & CAPAN_PRAGMA_NO_CACHE &&
           !(j->answer.fields & (CAPAN_HAS_CACHE_CONTROL | CAPAN_HAS_EXPIRES));
}
static bool is_half_used(const struct capan_judgement *j) {
    return j->answer.age_s > 0 && !j->answer.heuristic && j->answer.lifetime_s > 0 &&
           j->answer.age_s > j->answer.lifetime_s / 2;
}
static bool is_clock_off(const struct capan_judgement *j) {
    if (!j->answer.date.valid || (j->answer.cache == CAPAN_CACHE_HIT && j->answer.age_s < 0)) return false;
    int64_t late = j->exchange.response.first_ns / NS_PER_S - j->answer.date.seconds;
    return late < -SKEW_S || late - SKEW_S > max_i64(0, j->answer.age_s);
}
/* It excuses a full answer, but none that was owed as a 304: a directive switches no condition off (RFC 9110 13.1). */
static bool is_reload(const struct capan_judgement *j) {
    if (is_outcome(j, CAPAN_OUTCOME_UNCHANGED_RESENT)) return false;
    return capan_judgement_any(j, CAPAN_VALIDATES | CAPAN_HAD);
}

/* Once a page. The time that servers took is no round trip: 304-slow tells of it. */
static bool is_storm(const struct capan_judgement *j) {
    const struct capan_page_part *part = &j->exchange.page;
    bool many = part->requests >= STORM_REQUESTS &&
                (uint64_t)part->not_modified * 100 > (uint64_t)part->requests * STORM_PER_CENT;
    return is_not_modified(j) && j->load && !j->load->told && (many || part->confirming > STORM_ROUND_TRIPS);
}

#define ROW(name) CAPAN_ADVICE_##name
#define WHOLE     (CAPAN_GOT_200 | CAPAN_IS_GET)

/* As violations.c. The sections are in http.h. */
static const struct rule {
    enum capan_http_advice advice;
    uint64_t has, lacks;
    test *test;
} rules[] = {
    {ROW(ADD_VALIDATOR), WHOLE, 0, lacks_validator},
    {ROW(SEND_CONDITIONAL), GOT(2XX) | CAPAN_IS_GET | CAPAN_HAD, CAPAN_RELOADS, could_have_asked},
    {ROW(REUSE_FRESH), CAPAN_HAD_FRESH, CAPAN_RELOADS, could_have_reused},
    {ROW(LENGTHEN_LIFETIME), GOT(304), CAPAN_HAD_FRESH | CAPAN_RELOADS, is_confirmed_often},
    {ROW(IMMUTABLE), GOT(304), 0, is_fingerprinted},
    {ROW(EXPLICIT_LIFETIME), WHOLE, 0, is_heuristic_only},
    {ROW(NO_CACHE_NEEDS_VALIDATOR), WHOLE, 0, must_ask_without_validator},
    {ROW(VALIDATOR_USELESS), GOT(200), 0, is_validator_useless},
    {ROW(ETAG_ENCODING_SUFFIX), GOT(200) | BY(INM) | GOT(ETAG), 0, is_suffix_misread},
    {ROW(ETAG_UNSTABLE), WHOLE | GOT(ETAG) | GOT(BODY), 0, is_tag_unstable},
    {ROW(ETAG_PER_NODE), WHOLE | GOT(ETAG) | GOT(BODY), 0, is_tag_per_node},
    {ROW(WEAK_BLOCKS_RANGE), GOT(2XX) | BY(RANGE), 0, is_tag_weak},
    {ROW(LM_WEAK), WHOLE, 0, is_modified_just_now},
    {ROW(VARY_TOO_BROAD), GOT(2XX), 0, is_vary_broad},
    {ROW(VARY_MISSING), GOT(2XX) | CAPAN_IS_GET, 0, is_vary_missing},
    {ROW(GUARD_WRITES), GOT(2XX), 0, is_blind_write},
    {ROW(LOST_UPDATE_RACE), GOT(2XX) | CAPAN_IS_WRITE, CAPAN_GUARDED, is_lost_update},
    {ROW(304_NOT_WORTH_IT), GOT(304), 0, is_not_worth_it},
    {ROW(304_SLOW), GOT(304), 0, is_slow},
    {ROW(304_NEW_CONNECTION), GOT(304), 0, paid_a_handshake},
    {ROW(304_STORM), GOT(304), 0, is_storm},
    {ROW(EXPIRES_AND_MAX_AGE), GOT(CC), 0, differs_from_max_age},
    {ROW(PRAGMA_ONLY), GOT(2XX), 0, is_pragma_alone},
    {ROW(AGE_EATS_LIFETIME), GOT(AGE) | GOT(2XX), 0, is_half_used},
    {ROW(CLOCK_SKEW), GOT(2XX), 0, is_clock_off},
    {ROW(RELOAD_FORCED), CAPAN_RELOADS | CAPAN_IS_READ | GOT(FINAL), 0, is_reload},
};

/* The numbers that advice rests on and nothing else of the exchange tells. */
static void add_figures(struct capan_judgement *j) {
    struct capan_exchange *exchange = &j->exchange;
    if (exchange->advice >> CAPAN_ADVICE_LENGTHEN_LIFETIME & 1 && j->copy->unchanged_ns) {
        int64_t unchanged_s = capan_elapsed_ns(j->copy->unchanged_ns, exchange->response.last_ns) / NS_PER_S;
        bool longer = j->answer.heuristic || unchanged_s > j->answer.lifetime_s;
        if (longer) exchange->unchanged_s = unchanged_s;
    }
    if (exchange->advice >> CAPAN_ADVICE_304_SLOW & 1) exchange->full_server_ns = j->known->server_ns;
}

void capan_advice_find(struct capan_judgement *j) {
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *rule = &rules[i];
        if ((j->facts & rule->has) != rule->has || j->facts & rule->lacks) continue;
        if (rule->test(j)) j->exchange.advice |= UINT64_C(1) << rule->advice;
    }
    add_figures(j);
}
