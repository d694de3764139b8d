/* SPDX-License-Identifier: MIT */
#include "conditional.h"

#include "bytes.h"

#define NS_PER_S 1000000000

/* Methods are case-sensitive (RFC 9110 9.1). */
static const struct method {
    const char *name;
    uint64_t facts;
    const char *source;
} methods[] = {
    {"GET", CAPAN_IS_GET | CAPAN_IS_READ, "RFC 9110 9.3.1"},
    {"HEAD", CAPAN_IS_HEAD | CAPAN_IS_READ, "RFC 9110 9.3.2"},
    {"POST", CAPAN_IS_UNSAFE, "RFC 9110 9.3.3"},
    {"PUT", CAPAN_IS_UNSAFE | CAPAN_IS_WRITE, "RFC 9110 9.3.4"},
    {"DELETE", CAPAN_IS_UNSAFE | CAPAN_IS_WRITE, "RFC 9110 9.3.5"},
    {"CONNECT", CAPAN_IS_EXEMPT | CAPAN_IS_CONNECT, "RFC 9110 9.3.6"},
    {"OPTIONS", CAPAN_IS_EXEMPT, "RFC 9110 9.3.7"},
    {"TRACE", CAPAN_IS_EXEMPT, "RFC 9110 9.3.8"},
    {"PATCH", CAPAN_IS_UNSAFE | CAPAN_IS_WRITE, "RFC 5789 2"},
    {"PROPFIND", 0, "RFC 4918 9.1"},
    {"REPORT", 0, "RFC 3253 3.6"},
    {"SEARCH", 0, "RFC 5323 2"},
};

uint64_t capan_method_facts(struct capan_span method) {
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (span_equal(method, span_of(methods[i].name))) return methods[i].facts;
    }
    return CAPAN_IS_UNSAFE; /* RFC 9110 9.2.1: what is not known to be safe */
}

/* When a precondition that is present counts. The first row that fits a field says; RFC 9110 13.2.2 gives the order. */
static const struct precedence {
    uint64_t asks, has, lacks, by;
    const char *source;
} precedence[] = {
    {CAPAN_ASKS_ANY, CAPAN_IS_EXEMPT, 0, CAPAN_ASKS_MOOT, "RFC 9110 13.2.1"},
    {CAPAN_ASKS_IM, 0, CAPAN_IS_EXEMPT, CAPAN_BY_IM | CAPAN_GUARDED | CAPAN_EFFECTIVE, "RFC 9110 13.1.1"},
    {CAPAN_ASKS_IUS, 0, CAPAN_IS_EXEMPT | CAPAN_BY_IM, CAPAN_BY_IUS | CAPAN_GUARDED | CAPAN_EFFECTIVE,
     "RFC 9110 13.1.4"},
    {CAPAN_ASKS_INM, CAPAN_IS_READ, 0, CAPAN_BY_INM | CAPAN_VALIDATES | CAPAN_EFFECTIVE, "RFC 9110 13.1.2"},
    {CAPAN_ASKS_INM, 0, CAPAN_IS_READ | CAPAN_IS_EXEMPT, CAPAN_BY_ABSENCE | CAPAN_GUARDED | CAPAN_EFFECTIVE,
     "RFC 9110 13.1.2"},
    {CAPAN_ASKS_IMS, CAPAN_IS_READ, CAPAN_BY_INM, CAPAN_BY_IMS | CAPAN_VALIDATES | CAPAN_EFFECTIVE, "RFC 9110 13.1.3"},
    {CAPAN_ASKS_RANGE, CAPAN_IS_GET, 0, CAPAN_BY_RANGE, "RFC 9110 14.2"},
    {CAPAN_ASKS_IR, CAPAN_BY_RANGE, 0, CAPAN_BY_IR | CAPAN_EFFECTIVE, "RFC 9110 13.1.5"},
};

/* The class of a request; the first row that fits. */
static const struct class {
    uint64_t has;
    enum capan_http_cond cond;
    const char *source;
} classes[] = {
    {CAPAN_ASKS_MOOT, CAPAN_COND_MOOT, "RFC 9110 13.2.1"},
    {CAPAN_GUARDED | CAPAN_VALIDATES, CAPAN_COND_MIXED, "RFC 9110 13.2.2"},
    {CAPAN_BY_IR | CAPAN_VALIDATES, CAPAN_COND_MIXED, "RFC 9110 13.2.2"},
    {CAPAN_BY_IM | CAPAN_IM_STAR, CAPAN_COND_GUARD_EXISTS, "RFC 9110 13.1.1"},
    {CAPAN_BY_IM, CAPAN_COND_GUARD_ETAG, "RFC 9110 13.1.1"},
    {CAPAN_BY_IUS, CAPAN_COND_GUARD_DATE, "RFC 9110 13.1.4"},
    {CAPAN_BY_ABSENCE, CAPAN_COND_GUARD_ABSENT, "RFC 9110 13.1.2"},
    {CAPAN_BY_INM | CAPAN_INM_STAR, CAPAN_COND_VALIDATE_ANY, "RFC 9110 13.1.2"},
    {CAPAN_BY_INM | CAPAN_ASKS_READABLE_IMS, CAPAN_COND_VALIDATE_BOTH, "RFC 9110 13.1.3"},
    {CAPAN_BY_INM, CAPAN_COND_VALIDATE_ETAG, "RFC 9110 13.1.2"},
    {CAPAN_BY_IMS, CAPAN_COND_VALIDATE_DATE, "RFC 9110 13.1.3"},
    {CAPAN_BY_IR, CAPAN_COND_RANGE_GUARD, "RFC 9110 13.1.5"},
    {CAPAN_ASKS_UNREADABLE, CAPAN_COND_MALFORMED, "RFC 9110 13.1.3, 13.1.4"},
    {0, CAPAN_COND_NONE, "RFC 9110 13"},
};

static enum capan_http_cond class_of(uint64_t facts) {
    size_t i = 0;
    while ((facts & classes[i].has) != classes[i].has) i++;
    return classes[i].cond;
}

static struct capan_etag_summary summary_of(const struct capan_kept *kept, enum capan_field number) {
    size_t count;
    const struct capan_http_field *fields = capan_kept_from(kept, number, &count);
    return capan_etag_summary(fields, count, number);
}

static struct capan_tag single_tag(struct capan_hash_key key, const struct capan_kept *kept, enum capan_field number) {
    size_t count;
    const struct capan_http_field *fields = capan_kept_from(kept, number, &count);
    struct capan_etag_list list = capan_etag_list(fields, count, number);
    struct capan_etag etag, other;
    enum capan_etag_member member = capan_etag_next(&list, &etag);
    if (member == CAPAN_ETAG_END || member == CAPAN_ETAG_STAR || capan_etag_next(&list, &other) != CAPAN_ETAG_END) {
        return (struct capan_tag){0};
    }
    return capan_tag_of(key, &etag, member == CAPAN_ETAG_MALFORMED);
}

struct capan_match capan_match_of(struct capan_hash_key key, const struct capan_kept *kept, enum capan_field number,
                                  const struct capan_tag *tag) {
    struct capan_match match = {0};
    size_t count;
    const struct capan_http_field *fields = capan_kept_from(kept, number, &count);
    struct capan_etag_list list = capan_etag_list(fields, count, number);
    struct capan_etag etag;
    for (enum capan_etag_member member; (member = capan_etag_next(&list, &etag)) != CAPAN_ETAG_END;) {
        match.star |= member == CAPAN_ETAG_STAR;
        match.any |= member == CAPAN_ETAG_TAG;
        if (!tag->whole || member == CAPAN_ETAG_STAR) continue;
        struct capan_tag one = capan_tag_of(key, &etag, member == CAPAN_ETAG_MALFORMED);
        match.weak |= capan_tag_weak_equal(&one, tag);
        match.strong |= capan_tag_strong_equal(&one, tag);
    }
    return match;
}

/* A list may be empty (RFC 9110 5.6.1): then If-Match holds never, and If-None-Match always, so that it asks nothing.
 */
static bool is_empty(const struct capan_etag_summary *list) {
    return !list->tags && !list->star && !list->malformed;
}

/* Tags that cannot be read match nothing but are a condition all the same; a date that cannot be read is none. */
static uint64_t read_tags(struct capan_asked *asked, struct capan_hash_key key) {
    uint64_t facts = 0;
    if (capan_kept_has(&asked->kept, CAPAN_FIELD_IF_MATCH)) {
        asked->im = summary_of(&asked->kept, CAPAN_FIELD_IF_MATCH);
        asked->single = single_tag(key, &asked->kept, CAPAN_FIELD_IF_MATCH);
        facts |= CAPAN_ASKS_IM;
        if (asked->im.star && asked->im.valid) facts |= CAPAN_IM_STAR;
    }
    if (capan_kept_has(&asked->kept, CAPAN_FIELD_IF_NONE_MATCH)) {
        asked->inm = summary_of(&asked->kept, CAPAN_FIELD_IF_NONE_MATCH);
        asked->single = single_tag(key, &asked->kept, CAPAN_FIELD_IF_NONE_MATCH);
        if (!is_empty(&asked->inm)) facts |= CAPAN_ASKS_INM;
        if (asked->inm.star && asked->inm.valid) facts |= CAPAN_INM_STAR;
    }
    return facts;
}

static uint64_t read_dates(struct capan_asked *asked, struct capan_hash_key key, uint64_t facts, int64_t now_s) {
    if (capan_kept_has(&asked->kept, CAPAN_FIELD_IF_UNMODIFIED_SINCE)) {
        asked->ius = capan_date_field_read(key, &asked->kept, CAPAN_FIELD_IF_UNMODIFIED_SINCE, now_s);
        facts |= asked->ius.valid ? CAPAN_ASKS_IUS : CAPAN_ASKS_UNREADABLE;
    }
    if (capan_kept_has(&asked->kept, CAPAN_FIELD_IF_MODIFIED_SINCE)) {
        asked->ims = capan_date_field_read(key, &asked->kept, CAPAN_FIELD_IF_MODIFIED_SINCE, now_s);
        if (capan_kept_has(&asked->kept, CAPAN_FIELD_IF_NONE_MATCH) && is_empty(&asked->inm))
            return facts; /* its presence makes the date void (RFC 9110 13.1.3) */
        if (asked->ims.valid)
            facts |= CAPAN_ASKS_IMS | CAPAN_ASKS_READABLE_IMS;
        else if (facts & CAPAN_IS_READ)
            facts |= CAPAN_ASKS_UNREADABLE;
    }
    return facts;
}

/* An entity tag begins with a quote or W/, an HTTP-date with a letter of a day's name (RFC 9110 13.1.5). */
static uint64_t read_range(struct capan_asked *asked, struct capan_hash_key key, int64_t now_s) {
    uint64_t facts = capan_kept_has(&asked->kept, CAPAN_FIELD_RANGE) ? CAPAN_ASKS_RANGE : 0;
    if (!capan_kept_has(&asked->kept, CAPAN_FIELD_IF_RANGE)) return facts;
    struct capan_span value = capan_kept_value(&asked->kept, CAPAN_FIELD_IF_RANGE);
    struct capan_date_field date = capan_date_field_of(key, value, now_s);
    struct capan_etag etag;
    bool read = capan_etag_read(value, &etag);
    if (date.valid)
        asked->ir_date = date;
    else
        asked->ir_tag = capan_tag_of(key, &etag, !read);
    return facts | CAPAN_ASKS_IR;
}

static uint64_t decide_precedence(uint64_t facts) {
    for (size_t i = 0; i < sizeof precedence / sizeof *precedence; i++) {
        const struct precedence *row = &precedence[i];
        if ((facts & row->asks) && (facts & row->has) == row->has && !(facts & row->lacks)) facts |= row->by;
    }
    return facts;
}

void capan_conditional_ask(struct capan_judgement *j, struct capan_hash_key key, const struct capan_http_head *head) {
    struct capan_asked *asked = &j->asked;
    int64_t now_s = head->at.ns / NS_PER_S;
    capan_directives_read(&asked->cc, &asked->kept, true);
    uint64_t facts = CAPAN_IS_CAPTURED | capan_method_facts(head->method);
    facts |= read_tags(asked, key);
    facts = read_dates(asked, key, facts, now_s) | read_range(asked, key, now_s);
    bool whether = capan_kept_has(&asked->kept, CAPAN_FIELD_IF_NONE_MATCH) || asked->ims.present;
    if (whether && facts & CAPAN_IS_READ) facts |= CAPAN_ASKS_WHETHER;
    if (capan_directives_reload(&asked->cc)) facts |= CAPAN_RELOADS;
    if (capan_kept_has(&asked->kept, CAPAN_FIELD_AUTHORIZATION)) facts |= CAPAN_IS_AUTHORIZED;
    j->facts = decide_precedence(facts);
    j->exchange.cond = (uint8_t)class_of(j->facts);
}

/* The resource was not changed within a second of the response (RFC 9110 8.8.2.2). */
static bool date_is_strong(const struct capan_date_field *modified, const struct capan_date_field *date) {
    return modified->valid && (!date->valid || date->seconds - modified->seconds >= 1);
}

static uint64_t compare_validation(const struct capan_judgement *j) {
    const struct capan_answer *answer = &j->answer;
    if (capan_judgement_has(j, CAPAN_BY_INM)) {
        if (capan_judgement_has(j, CAPAN_INM_STAR)) return CAPAN_PROVES_SAME;
        bool echoed = capan_judgement_has(j, CAPAN_GOT_304) && answer->inm.weak; /* the same octets, tag or not */
        if (!capan_tag_readable(&answer->tag) && !echoed) return 0;
        if (answer->inm.weak) return CAPAN_PROVES_SAME;
        bool told = answer->inm.any && !(capan_judgement_has(j, CAPAN_GOT_304) && j->asked.inm.malformed);
        return told ? CAPAN_PROVES_CHANGE : 0;
    }
    if (!capan_judgement_has(j, CAPAN_BY_IMS) || !answer->modified.valid) return 0;
    return answer->modified.seconds <= j->asked.ims.seconds ? CAPAN_PROVES_SAME : CAPAN_PROVES_CHANGE;
}

static bool range_holds(const struct capan_judgement *j) {
    const struct capan_answer *answer = &j->answer;
    const struct capan_asked *asked = &j->asked;
    if (!capan_judgement_has(j, CAPAN_ASKS_IR)) return false;
    if (!asked->ir_date.valid) return !asked->ir_tag.malformed && capan_tag_strong_equal(&asked->ir_tag, &answer->tag);
    return date_is_strong(&answer->modified, &answer->date) && answer->modified.seconds == asked->ir_date.seconds;
}

void capan_conditional_compare(struct capan_judgement *j, struct capan_hash_key key) {
    struct capan_answer *answer = &j->answer;
    if (capan_judgement_has(j, CAPAN_ASKS_INM))
        answer->inm = capan_match_of(key, &j->asked.kept, CAPAN_FIELD_IF_NONE_MATCH, &answer->tag);
    if (capan_judgement_has(j, CAPAN_ASKS_IM))
        answer->im = capan_match_of(key, &j->asked.kept, CAPAN_FIELD_IF_MATCH, &answer->tag);
    j->facts |= compare_validation(j);
    if (range_holds(j)) j->facts |= CAPAN_RANGE_HOLDS;
}
