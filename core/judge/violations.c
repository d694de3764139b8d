/* SPDX-License-Identifier: MIT */
#include "violations.h"

#include "bytes.h"
#include "caching.h"
#include "conditional.h"
#include "outcome.h"

#define ASKS(name) CAPAN_ASKS_##name
#define GOT(name)  CAPAN_GOT_##name
#define BY(name)   CAPAN_BY_##name

typedef bool test(const struct capan_judgement *);

static bool is_outcome(const struct capan_judgement *j, enum capan_http_outcome outcome) {
    return j->exchange.outcome == outcome;
}

/* --- 304 ------------------------------------------------------------------------------------------------------- */

static bool is_impossible_304(const struct capan_judgement *j) {
    return is_outcome(j, CAPAN_OUTCOME_IMPOSSIBLE_304);
}
static bool has_body_after_304(const struct capan_judgement *j) {
    return j->end.body_after_304;
}
static bool is_false_304(const struct capan_judgement *j) {
    return is_outcome(j, CAPAN_OUTCOME_FALSE_NOT_MODIFIED);
}
static bool ims_explains_304(const struct capan_judgement *j) {
    const struct capan_date_field *modified =
        j->answer.modified.present || !j->known ? &j->answer.modified : &j->known->modified;
    return is_false_304(j) && (!modified->valid || modified->seconds <= j->asked.ims.seconds);
}

/* The fields of the 200 that the 304 or 206 is about; of the same tag when both name one. */
static uint32_t lost_fields(const struct capan_judgement *j) {
    if (!j->known || !j->known->body_known || j->answer.kept.cut) return 0;
    if (j->answer.tag.whole && j->known->tag.whole && !capan_tag_weak_equal(&j->answer.tag, &j->known->tag)) return 0;
    return j->known->fields & ~j->answer.fields & CAPAN_HAS_REPEATED;
}
static bool lost_etag(const struct capan_judgement *j) {
    return lost_fields(j) & CAPAN_HAS_ETAG;
}
static bool lost_other_field(const struct capan_judgement *j) {
    return lost_fields(j) & ~(uint32_t)CAPAN_HAS_ETAG;
}
static bool lost_any_field(const struct capan_judgement *j) {
    return lost_fields(j);
}
static bool has_extra_metadata(const struct capan_judgement *j) {
    static const uint8_t fields[] = {CAPAN_FIELD_CONTENT_TYPE, CAPAN_FIELD_CONTENT_ENCODING,
                                     CAPAN_FIELD_CONTENT_LANGUAGE, CAPAN_FIELD_CONTENT_RANGE};
    for (size_t i = 0; i < sizeof fields; i++) {
        if (capan_kept_has(&j->answer.kept, fields[i])) return true;
    }
    return false;
}

/* Content-Length in a 304 is the one a 200 would have had (RFC 9110 8.6). */
static bool lies_about_length(const struct capan_judgement *j) {
    if (j->answer.content_length == UINT64_MAX || !j->known || j->known->content_length == UINT64_MAX) return false;
    if (j->answer.encoding != j->known->encoding && j->answer.encoding) return false;
    bool same = j->answer.tag.whole ? capan_tag_weak_equal(&j->answer.tag, &j->known->tag)
                                    : j->asked.inm_known.weak || capan_judgement_has(j, BY(IMS));
    return same && j->answer.content_length != j->known->content_length;
}

static bool is_ims_future(const struct capan_judgement *j) {
    return j->answer.date.valid && j->asked.ims.seconds > j->answer.date.seconds;
}

/* --- 200 and 412 where something else was due ------------------------------------------------------------------ */

/* Other octets under the same strong tag or date: then not the full response was wrong, but the validator. */
static bool is_unchanged(const struct capan_judgement *j) {
    bool changed = capan_judgement_has(j, CAPAN_BODY_OTHER) && !(capan_judgement_has(j, BY(INM)) && j->answer.tag.weak);
    return is_outcome(j, CAPAN_OUTCOME_UNCHANGED_RESENT) && !changed;
}
static bool is_200_by_ims(const struct capan_judgement *j) {
    return is_unchanged(j) && j->answer.modified.valid && j->asked.ims.seconds < j->answer.modified.seconds;
}
static bool is_unchanged_etag(const struct capan_judgement *j) {
    return is_unchanged(j) && !(capan_judgement_has(j, CAPAN_ASKS_READABLE_IMS) && is_200_by_ims(j));
}
static bool is_impossible_412(const struct capan_judgement *j) {
    return is_outcome(j, CAPAN_OUTCOME_IMPOSSIBLE_412);
}

/* --- guards ---------------------------------------------------------------------------------------------------- */

/* What was known of the resource is the word of the server that is asked now: another node may have another. */
static bool knows_better(const struct capan_judgement *j) {
    return j->before.server == j->keys.server;
}

/* For GET and HEAD the answer's own tag tells, for writes the newest one that anybody was given before. */
static bool is_guard_ignored(const struct capan_judgement *j) {
    if (capan_judgement_any(j, CAPAN_HIT | CAPAN_IM_STAR)) return false; /* a cache may ignore it (RFC 9110 13.1.1) */
    if (capan_judgement_has(j, CAPAN_IS_READ)) return capan_contradicts_guard(j);
    if (!knows_better(j) || !j->asked.im.tags) return false;
    return j->before.existence != CAPAN_EXISTS_NOT && capan_tag_readable(&j->before.tag) && !j->asked.im_current.strong;
}
static bool is_weak_guard(const struct capan_judgement *j) {
    return j->asked.im.tags > 0 && !j->asked.im.strong && !j->asked.im.star;
}
static bool is_date_guard_ignored(const struct capan_judgement *j) {
    if (capan_judgement_has(j, CAPAN_HIT)) return false;
    if (capan_judgement_has(j, CAPAN_IS_READ)) return capan_contradicts_guard(j);
    return knows_better(j) && j->before.modified.valid && j->asked.ius.seconds < j->before.modified.seconds;
}
static bool is_absence_ignored(const struct capan_judgement *j) {
    return knows_better(j) && j->before.existence == CAPAN_EXISTS && j->exchange.status != 201;
}

/* --- entity tags ----------------------------------------------------------------------------------------------- */

typedef bool compare(const struct capan_judgement *, const struct capan_representation *);

static bool any_representation(const struct capan_judgement *j, compare *fits) {
    for (size_t i = 0; j->resource && i < j->resource->count; i++) {
        if (fits(j, &j->resource->at[i])) return true;
    }
    return false;
}

static bool same_tag(const struct capan_judgement *j, const struct capan_representation *other) {
    return capan_tag_readable(&j->answer.tag) && other->tag == j->answer.tag.whole && other->weak == j->answer.tag.weak;
}
static bool other_body(const struct capan_judgement *j, const struct capan_representation *other) {
    return same_tag(j, other) && other->encoding == j->answer.encoding && other->digest != j->end.response.digest;
}
static bool other_encoding(const struct capan_judgement *j, const struct capan_representation *other) {
    return same_tag(j, other) && other->encoding != j->answer.encoding;
}
static bool is_strong_reused(const struct capan_judgement *j) {
    return !j->answer.tag.weak && any_representation(j, other_body);
}
static bool is_encoding_reused(const struct capan_judgement *j) {
    return !j->answer.tag.weak && any_representation(j, other_encoding);
}
static bool is_weak_reused(const struct capan_judgement *j) {
    return j->answer.tag.weak && any_representation(j, other_body);
}
static bool is_etag_faulty(const struct capan_judgement *j) {
    return j->answer.tag.malformed || j->answer.tag.repeated;
}
/* A client sends a tag as it was given (RFC 9111 4.3.1): who made it malformed is to blame. An answer with such a tag
 * tells that the server did, and so does a 304 that names no better one. */
static bool is_garbled_by_client(const struct capan_judgement *j) {
    bool accepted = capan_judgement_has(j, GOT(304)) && !j->answer.tag.whole;
    return j->asked.garbled && !j->answer.tag.malformed && !accepted;
}
static bool is_list_mixed(const struct capan_etag_summary *list) {
    return list->star && !list->valid;
}
static bool is_precondition_faulty(const struct capan_judgement *j) {
    return is_list_mixed(&j->asked.inm) || is_list_mixed(&j->asked.im) || is_garbled_by_client(j);
}
static bool is_put_changed(const struct capan_judgement *j) {
    const struct capan_stored *known = j->known;
    return known && known->written && known->digest_known && !j->answer.encoding &&
           capan_tag_strong_equal(&known->tag, &j->answer.tag) && known->digest != j->end.response.digest;
}

/* Vary names the field in one of two answers at most, though the representation went by it. */
static bool is_vary_inconsistent_with(const struct capan_judgement *j, const struct capan_representation *other) {
    uint32_t both = other->vary & j->answer.vary, any = other->vary | j->answer.vary;
    if (any & CAPAN_VARY_STAR || other->server != j->keys.server) return false;
    if (other->encoding != j->answer.encoding && !(both & CAPAN_VARY_ENCODING)) return true;
    return other->language != j->answer.language && other->language && j->answer.language &&
           !(both & CAPAN_VARY_LANGUAGE);
}
static bool is_vary_inconsistent(const struct capan_judgement *j) {
    return any_representation(j, is_vary_inconsistent_with);
}

/* --- dates ----------------------------------------------------------------------------------------------------- */

static bool is_modified_after_date(const struct capan_judgement *j) {
    return j->answer.modified.valid && j->answer.date.valid && j->answer.modified.seconds > j->answer.date.seconds;
}
/* HTTP/0.9 has none (RFC 1945 6), and of others some may not have been captured. */
static bool has_fields(const struct capan_judgement *j) {
    return j->exchange.response_version != 9 && !j->answer.kept.cut;
}
/* 1xx and 5xx need none (RFC 9110 6.6.1). */
static bool is_date_missing(const struct capan_judgement *j) {
    return !capan_kept_has(&j->answer.kept, CAPAN_FIELD_DATE) && !capan_judgement_has(j, GOT(TUNNEL)) && has_fields(j);
}
static bool is_not_imf(const struct capan_date_field *date) {
    return date->present && !date->imf;
}
static bool is_asked_date_faulty(const struct capan_judgement *j) {
    if (j->asked.echoes_date) return false;
    return is_not_imf(&j->asked.ims) || is_not_imf(&j->asked.ius);
}
/* Expires: 0 and the like are common and mean "in the past" (RFC 9111 5.3). */
static bool is_date_faulty(const struct capan_judgement *j) {
    if (is_asked_date_faulty(j)) return true;
    const struct capan_answer *answer = &j->answer;
    uint64_t number;
    bool expires = is_not_imf(&answer->expires) &&
                   !capan_number(capan_kept_value(&answer->kept, CAPAN_FIELD_EXPIRES), &number) &&
                   !capan_is_word(capan_kept_value(&answer->kept, CAPAN_FIELD_EXPIRES), "-1");
    return is_not_imf(&answer->date) || is_not_imf(&answer->modified) || expires;
}

/* --- ranges ---------------------------------------------------------------------------------------------------- */

/* A single part asked for as "bytes=a-b" or "bytes=a-"; last is UINT64_MAX when open. */
static bool range_asked(const struct capan_judgement *j, uint64_t *first, uint64_t *last) {
    struct capan_span value = capan_kept_value(&j->asked.kept, CAPAN_FIELD_RANGE), end;
    if (value.len < 6 || !capan_is_word(span_cut(value, 0, 6), "bytes=") || memchr(value.at, ',', value.len))
        return false;
    value = capan_trim(span_cut(value, 6, SIZE_MAX));
    const uint8_t *dash = value.len ? memchr(value.at, '-', value.len) : NULL;
    if (!dash) return false;
    size_t at = (size_t)(dash - value.at);
    end = span_cut(value, at + 1, SIZE_MAX);
    *last = UINT64_MAX;
    return capan_number(span_cut(value, 0, at), first) && (end.len == 0 || capan_number(end, last));
}

static bool is_part_undescribed(const struct capan_judgement *j) {
    const struct capan_content_range *range = &j->answer.range;
    uint64_t first, last;
    struct capan_span type = span_cut(capan_kept_value(&j->answer.kept, CAPAN_FIELD_CONTENT_TYPE), 0, 20);
    if (!range->present) return !capan_is_word(type, "multipart/byteranges");
    if (!range->valid || range->unsatisfied) return true;
    if (j->answer.content_length != UINT64_MAX && j->answer.content_length != range->last - range->first + 1)
        return true;
    return range_asked(j, &first, &last) && (range->first < first || range->last > last);
}
static bool has_other_validator(const struct capan_judgement *j) {
    if (capan_judgement_has(j, CAPAN_RANGE_HOLDS)) return false;
    return j->asked.ir_date.valid ? j->answer.modified.valid && j->answer.modified.seconds != j->asked.ir_date.seconds
                                  : capan_tag_readable(&j->answer.tag) && !j->asked.ir_tag.weak;
}
static bool is_if_range_weak(const struct capan_judgement *j) {
    return !j->asked.ir_date.valid && j->asked.ir_tag.weak;
}
static bool are_parts_mixed(const struct capan_judgement *j) {
    if (!j->copy || !j->copy->part || !capan_tag_readable(&j->answer.tag) || j->answer.tag.weak) return false;
    return j->copy->part != j->answer.tag.whole && j->answer.range.valid && j->answer.range.first > 0;
}
static bool is_416_bare(const struct capan_judgement *j) {
    struct capan_span unit = span_cut(capan_kept_value(&j->asked.kept, CAPAN_FIELD_RANGE), 0, 6);
    return !j->answer.range.present && capan_is_word(unit, "bytes=");
}

/* --- clients --------------------------------------------------------------------------------------------------- */

static bool had_etag(const struct capan_judgement *j) {
    return j->known && capan_tag_readable(&j->known->tag);
}
/* An answer that takes the tag for its own shows that it was given before the capture. */
static bool is_foreign(const struct capan_judgement *j) {
    return j->asked.foreign && !capan_judgement_any(j, CAPAN_PROVES_SAME | GOT(304));
}
/* A cache may tell which variants it has stored when none is the one that was asked for (RFC 9111 4.1). */
static bool is_other_variant(const struct capan_judgement *j) {
    return j->asked.other_variant && j->asked.inm.tags == 1 && !capan_kept_has(&j->asked.kept, CAPAN_FIELD_VIA);
}
static bool is_date_misused(const struct capan_judgement *j) {
    if (!j->asked.ir_date.valid || !j->known) return false;
    bool weak = j->known->modified.valid && j->known->date_s != CAPAN_NO_DATE &&
                j->known->date_s - j->known->modified.seconds < 1;
    return had_etag(j) || weak;
}
static bool is_ignored_here(const struct capan_judgement *j) {
    if (capan_judgement_has(j, CAPAN_ASKS_MOOT)) return true;
    if (j->asked.ius.present && capan_judgement_has(j, BY(IM))) return true;
    return j->asked.ims.present && !capan_judgement_has(j, CAPAN_IS_READ);
}

#define ROW(name) CAPAN_VIOLATION_##name

/* A violation is there when the facts of has are, none of lacks, and the test agrees. The sections are in http.h. */
struct rule {
    enum capan_http_violation violation;
    uint64_t has, lacks;
    test *test;
};

static const struct rule not_modified[] = {
    {ROW(304_UNCONDITIONAL), GOT(304), CAPAN_ASKS_WHETHER | BY(ABSENCE), is_impossible_304},
    {ROW(304_UNSAFE_METHOD), GOT(304) | CAPAN_IS_CAPTURED, CAPAN_IS_READ | CAPAN_IS_EXEMPT, NULL},
    {ROW(304_WITH_BODY), GOT(304), 0, has_body_after_304},
    {ROW(304_ETAG_MISMATCH), GOT(304) | BY(INM), 0, is_false_304},
    {ROW(304_BY_IMS_DESPITE_INM), GOT(304) | BY(INM) | CAPAN_ASKS_READABLE_IMS, 0, ims_explains_304},
    {ROW(304_MISSING_ETAG), GOT(304) | CAPAN_ASKS_WHETHER, 0, lost_etag},
    {ROW(304_MISSING_FIELD), GOT(304) | CAPAN_ASKS_WHETHER, 0, lost_other_field},
    {ROW(304_EXTRA_METADATA), GOT(304) | GOT(ETAG), 0, has_extra_metadata},
    {ROW(304_LENGTH_LIE), GOT(304), 0, lies_about_length},
    {ROW(IMS_FUTURE), GOT(304) | BY(IMS), 0, is_ims_future},
};
static const struct rule parts[] = {
    {ROW(206_UNREQUESTED), GOT(206) | CAPAN_IS_CAPTURED, ASKS(RANGE), NULL},
    {ROW(206_NO_CONTENT_RANGE), GOT(206), 0, is_part_undescribed},
    {ROW(206_MISSING_FIELD), GOT(206) | CAPAN_HAD, 0, lost_any_field},
    {ROW(IF_RANGE_NOT_HONOURED), GOT(206) | BY(IR), 0, has_other_validator},
    {ROW(IF_RANGE_WEAK_HONOURED), GOT(206) | BY(IR), 0, is_if_range_weak},
    {ROW(PARTS_MIXED), GOT(206), BY(IR), are_parts_mixed},
};
static const struct rule caches[] = {
    {ROW(STALE_FORBIDDEN), CAPAN_HIT, 0, capan_is_stale_forbidden},
    {ROW(STALE_UNMARKED), CAPAN_HIT | CAPAN_IS_CAPTURED, 0, capan_is_stale_unmarked},
    {ROW(SERVED_NO_STORE), CAPAN_HIT | GOT(2XX), 0, capan_is_no_store_served},
    {ROW(SERVED_PRIVATE), CAPAN_HIT | GOT(2XX), 0, capan_is_private_of_other},
    {ROW(SERVED_AUTHORIZED), CAPAN_HIT | GOT(2XX), 0, capan_is_authorized_served},
    {ROW(VARY_IGNORED), CAPAN_HIT | CAPAN_IS_CAPTURED | GOT(2XX), 0, capan_is_vary_ignored},
    {ROW(NOT_INVALIDATED), CAPAN_HIT | GOT(2XX) | CAPAN_IS_READ, 0, capan_is_not_invalidated},
};
static const struct rule guards[] = {
    {ROW(GUARD_ETAG_IGNORED), GOT(2XX) | BY(IM), 0, is_guard_ignored},
    {ROW(GUARD_WEAK_ACCEPTED), GOT(2XX) | BY(IM), CAPAN_HIT, is_weak_guard},
    {ROW(GUARD_DATE_IGNORED), GOT(2XX) | BY(IUS), 0, is_date_guard_ignored},
    {ROW(GUARD_ABSENT_IGNORED), GOT(2XX) | BY(ABSENCE) | CAPAN_INM_STAR, 0, is_absence_ignored},
    {ROW(IF_MATCH_WEAK), BY(IM), 0, is_weak_guard},
};
static const struct rule validations[] = {
    {ROW(200_BY_IMS_DESPITE_INM), GOT(200) | BY(INM) | CAPAN_ASKS_READABLE_IMS, 0, is_200_by_ims},
    {ROW(UNCHANGED_RESENT_ETAG), GOT(2XX) | BY(INM), 0, is_unchanged_etag},
    {ROW(UNCHANGED_RESENT_DATE), GOT(2XX) | BY(IMS), 0, is_unchanged},
    {ROW(VALIDATE_WITHOUT_ETAG), CAPAN_HAD | BY(IMS), ASKS(INM), had_etag},
    {ROW(VALIDATE_WRONG_VARIANT), BY(INM), 0, is_other_variant},
};
static const struct rule representations[] = {
    {ROW(ETAG_REUSED_STRONG), GOT(NEW) | GOT(ETAG), 0, is_strong_reused},
    {ROW(ETAG_REUSED_ENCODING), GOT(NEW) | GOT(ETAG), 0, is_encoding_reused},
    {ROW(ETAG_WEAK_REUSED), GOT(NEW) | GOT(ETAG), 0, is_weak_reused},
    {ROW(ETAG_SYNTAX), GOT(ETAG), 0, is_etag_faulty},
    {ROW(PUT_VALIDATOR), GOT(200) | GOT(ETAG) | GOT(BODY), 0, is_put_changed},
};
static const struct rule if_range[] = {
    {ROW(IF_RANGE_ALONE), ASKS(IR), ASKS(RANGE), NULL},
    {ROW(IF_RANGE_WEAK), ASKS(IR), 0, is_if_range_weak},
    {ROW(IF_RANGE_DATE_MISUSE), BY(IR), 0, is_date_misused},
};
static const struct rule others[] = {
    {ROW(412_FOR_READ), GOT(412) | CAPAN_IS_READ | CAPAN_VALIDATES, 0, is_impossible_412},
    {ROW(PRECOND_SYNTAX), CAPAN_IS_CAPTURED, 0, is_precondition_faulty},
    {ROW(LM_AFTER_DATE), GOT(FINAL), 0, is_modified_after_date},
    {ROW(DATE_MISSING), GOT(FINAL), GOT(5XX), is_date_missing},
    {ROW(DATE_SYNTAX), 0, 0, is_date_faulty},
    {ROW(VARY_INCONSISTENT), GOT(NEW), 0, is_vary_inconsistent},
    {ROW(416_NO_RANGE), GOT(416), 0, is_416_bare},
    {ROW(AGE_SYNTAX), GOT(AGE), 0, capan_is_age_faulty},
    {ROW(AGE_REGRESS), CAPAN_HIT | GOT(AGE) | GOT(2XX), 0, capan_is_age_regressing},
    {ROW(CC_CONFLICT), GOT(CC), 0, capan_is_cc_conflicting},
    {ROW(CC_SYNTAX), 0, 0, capan_is_cc_faulty},
    {ROW(VALIDATE_FOREIGN_ETAG), ASKS(INM) | GOT(2XX), 0, is_foreign},
    {ROW(PRECOND_IGNORED_HERE), CAPAN_IS_CAPTURED, 0, is_ignored_here},
};

/* Rules that share a fact, looked at only where it is there. */
#define GROUP(has, rules)                                                                                              \
    { has, rules, sizeof rules / sizeof *rules }
static const struct group {
    uint64_t has;
    const struct rule *rules;
    size_t count;
} groups[] = {
    GROUP(GOT(304), not_modified),
    GROUP(GOT(206), parts),
    GROUP(CAPAN_HIT, caches),
    GROUP(CAPAN_GUARDED, guards),
    GROUP(CAPAN_VALIDATES, validations),
    GROUP(GOT(ETAG), representations),
    GROUP(ASKS(IR), if_range),
    GROUP(0, others),
};

static uint64_t find_in(const struct capan_judgement *j, const struct group *group) {
    uint64_t found = 0;
    for (size_t i = 0; i < group->count; i++) {
        const struct rule *rule = &group->rules[i];
        if ((j->facts & rule->has) != rule->has || j->facts & rule->lacks) continue;
        if (!rule->test || rule->test(j)) found |= UINT64_C(1) << rule->violation;
    }
    return found;
}

void capan_violations_find(struct capan_judgement *j) {
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if ((j->facts & groups[i].has) == groups[i].has) j->exchange.violations |= find_in(j, &groups[i]);
    }
    const uint64_t lacking = UINT64_C(1) << ROW(304_MISSING_ETAG) | UINT64_C(1) << ROW(304_MISSING_FIELD) |
                             UINT64_C(1) << ROW(206_MISSING_FIELD);
    if (j->exchange.violations & lacking) j->exchange.lost = (uint8_t)lost_fields(j);
}
