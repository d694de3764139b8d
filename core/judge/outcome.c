/* SPDX-License-Identifier: MIT */
#include "outcome.h"

#define IS(name)  CAPAN_IS_##name
#define GOT(name) CAPAN_GOT_##name
#define ERRORS    (CAPAN_GOT_3XX | CAPAN_GOT_4XX | CAPAN_GOT_5XX)

typedef bool test(const struct capan_judgement *);

/* Only the 304's own validator disproves it: an older version may be the current one again. */
bool capan_is_false_304(const struct capan_judgement *j) {
    return capan_judgement_has(j, CAPAN_GOT_304 | CAPAN_PROVES_CHANGE);
}

bool capan_contradicts_guard(const struct capan_judgement *j) {
    const struct capan_answer *answer = &j->answer;
    if (!capan_judgement_has(j, CAPAN_IS_READ)) return false;
    if (capan_judgement_has(j, CAPAN_BY_IM))
        return !capan_judgement_has(j, CAPAN_IM_STAR) && capan_tag_readable(&answer->tag) && !answer->im.strong;
    return capan_judgement_has(j, CAPAN_BY_IUS) && answer->modified.valid &&
           answer->modified.seconds > j->asked.ius.seconds;
}

/* The client had something of it, which was given up. */
static bool was_known(const struct capan_judgement *j) {
    return j->forgotten >> CAPAN_FORGOT_RESPONSES & 1;
}

/* Ordered: the first row whose facts are all there, with one of any (when given), none of lacks, and test (when
 * given). */
static const struct outcome {
    enum capan_http_outcome outcome;
    uint64_t has, any, lacks;
    test *test;
} outcomes[] = {
    {CAPAN_OUTCOME_ORPHAN_RESPONSE, 0, 0, IS(CAPTURED), NULL},
    {CAPAN_OUTCOME_NO_RESPONSE, 0, 0, GOT(FINAL) | GOT(TUNNEL), NULL},
    {CAPAN_OUTCOME_TUNNEL, GOT(TUNNEL), 0, 0, NULL},
    {CAPAN_OUTCOME_MOOT, CAPAN_ASKS_MOOT, 0, 0, NULL},
    {CAPAN_OUTCOME_GUARD_REQUIRED, GOT(428), 0, 0, NULL},
    {CAPAN_OUTCOME_GUARD_FAILED, GOT(412) | CAPAN_GUARDED, 0, 0, NULL},
    {CAPAN_OUTCOME_IMPOSSIBLE_412, GOT(412), 0, 0, NULL},
    {CAPAN_OUTCOME_IMPOSSIBLE_304, GOT(304), 0, CAPAN_ASKS_WHETHER, NULL},
    {CAPAN_OUTCOME_FALSE_NOT_MODIFIED, GOT(304), 0, 0, capan_is_false_304},
    {CAPAN_OUTCOME_NOT_MODIFIED, GOT(304), 0, 0, NULL},
    {CAPAN_OUTCOME_RANGE_UNSATISFIABLE, GOT(416), 0, 0, NULL},
    {CAPAN_OUTCOME_RANGE_RESUMED, GOT(206) | CAPAN_BY_IR, 0, 0, NULL},
    {CAPAN_OUTCOME_GUARD_PASSED, GOT(206) | CAPAN_GUARDED, 0, 0,
     capan_contradicts_guard}, /* more than a part: a guard that was ignored */
    {CAPAN_OUTCOME_RANGE_PART, GOT(206), 0, 0, NULL},
    {CAPAN_OUTCOME_RANGE_REFUSED, GOT(200) | CAPAN_BY_IR | CAPAN_RANGE_HOLDS, 0, 0, NULL},
    {CAPAN_OUTCOME_RANGE_RESTARTED, GOT(200) | CAPAN_BY_IR, 0, 0, NULL},
    {CAPAN_OUTCOME_UNCHANGED_RESENT, GOT(2XX) | CAPAN_VALIDATES | CAPAN_PROVES_SAME, 0, 0, NULL},
    {CAPAN_OUTCOME_MODIFIED, GOT(2XX) | CAPAN_VALIDATES | CAPAN_PROVES_CHANGE, 0, 0, NULL},
    {CAPAN_OUTCOME_MODIFIED_UNPROVEN, GOT(2XX) | CAPAN_VALIDATES, 0, 0, NULL},
    {CAPAN_OUTCOME_GUARD_PASSED, GOT(2XX) | CAPAN_GUARDED, 0, 0, NULL},
    {CAPAN_OUTCOME_STATUS_OVERRIDE, CAPAN_EFFECTIVE, ERRORS, 0, NULL},
    {CAPAN_OUTCOME_RANGE_IGNORED, GOT(200) | CAPAN_BY_RANGE, 0, CAPAN_EFFECTIVE, NULL},
    {CAPAN_OUTCOME_REFETCH, GOT(2XX) | IS(READ) | CAPAN_HAD, 0, CAPAN_EFFECTIVE, NULL},
    {CAPAN_OUTCOME_PLAIN, GOT(2XX) | IS(READ), 0, CAPAN_EFFECTIVE, was_known},
    {CAPAN_OUTCOME_FIRST_FETCH, GOT(2XX) | IS(READ), 0, CAPAN_EFFECTIVE, NULL},
    {CAPAN_OUTCOME_BLIND_WRITE, GOT(2XX) | IS(WRITE) | CAPAN_SEEN_VALIDATOR, 0, CAPAN_EFFECTIVE, NULL},
    {CAPAN_OUTCOME_PLAIN, 0, 0, 0, NULL},
};

static enum capan_http_outcome outcome_of(const struct capan_judgement *j) {
    for (const struct outcome *row = outcomes;; row++) {
        if ((j->facts & row->has) != row->has || j->facts & row->lacks) continue;
        if (row->any && !(j->facts & row->any)) continue;
        if (!row->test || row->test(j)) return row->outcome;
    }
}

static bool no_interim(const struct capan_judgement *j) {
    return j->exchange.interim_count == 0;
}
static bool is_reset(const struct capan_judgement *j) {
    return j->end.how == CAPAN_HTTP_RESET;
}
static bool is_gap(const struct capan_judgement *j) {
    return j->end.how == CAPAN_HTTP_CAPTURE_GAP;
}
static bool is_capture_end(const struct capan_judgement *j) {
    return j->end.how == CAPAN_HTTP_CAPTURE_END;
}
static bool is_given_up(const struct capan_judgement *j) {
    return j->end.how == CAPAN_HTTP_GIVEN_UP;
}
static bool has_forgotten(const struct capan_judgement *j) {
    return j->forgotten;
}
static bool is_unreadable(const struct capan_judgement *j) {
    return j->end.how == CAPAN_HTTP_UNREADABLE;
}
static bool is_interim_only(const struct capan_judgement *j) {
    return !no_interim(j) && j->end.how == CAPAN_HTTP_CLOSED;
}

/* The tag that an answer without one stands for: the copy's, when that is what was asked about. */
static bool confirms_known(const struct capan_judgement *j) {
    return j->known && !capan_judgement_has(j, CAPAN_GOT_ETAG) && j->asked.inm_known.weak;
}
static bool is_weak_compare(const struct capan_judgement *j) {
    return !j->answer.inm.strong;
}
static bool ims_says_otherwise(const struct capan_judgement *j) {
    const struct capan_date_field *modified = &j->answer.modified;
    if (!capan_judgement_has(j, CAPAN_ASKS_READABLE_IMS) || !modified->valid) return false;
    return (modified->seconds <= j->asked.ims.seconds) != capan_judgement_has(j, CAPAN_PROVES_SAME);
}
static bool inm_is_unreadable(const struct capan_judgement *j) {
    return j->asked.inm.tags == 0 && !j->asked.inm.star;
}
static bool is_transformed(const struct capan_judgement *j) {
    return j->asked.single.whole && j->answer.tag.whole && j->asked.single.whole != j->answer.tag.whole &&
           j->asked.single.base == j->answer.tag.base;
}
static bool is_same_date(const struct capan_judgement *j) {
    if (j->answer.modified.valid) return j->answer.modified.seconds == j->asked.ims.seconds;
    return j->known && j->known->modified.valid && j->known->modified.seconds == j->asked.ims.seconds;
}
/* No date, or one with a tail, and yet what the server had sent. */
static bool is_date_echoed(const struct capan_judgement *j) {
    const struct capan_date_field *modified =
        j->answer.modified.present || !j->known ? &j->answer.modified : &j->known->modified;
    if (j->asked.ims.tailed && modified->valid) return modified->seconds == j->asked.ims.seconds;
    return j->asked.ims.raw && modified->raw == j->asked.ims.raw;
}
static bool has_date(const struct capan_judgement *j) {
    return j->answer.modified.valid ||
           (j->known && j->known->modified.valid && j->known->modified.seconds <= j->asked.ims.seconds);
}
static bool is_unseen(const struct capan_judgement *j) {
    return !j->origin.frame;
}
static bool had_digest(const struct capan_judgement *j) {
    return j->known && j->known->digest_known;
}
static bool may_not_store(const struct capan_judgement *j) {
    return j->known && j->known->directives & CAPAN_NO_STORE;
}
static bool had_validator(const struct capan_judgement *j) {
    return j->known && (capan_tag_readable(&j->known->tag) || j->known->modified.valid);
}
static bool has_other_variants(const struct capan_judgement *j) {
    return j->asked.has_other_variants;
}
static bool ir_is_weak(const struct capan_judgement *j) {
    if (!j->asked.ir_date.valid) return j->asked.ir_tag.weak;
    const struct capan_date_field *modified = &j->answer.modified;
    return modified->valid && modified->seconds == j->asked.ir_date.seconds;
}
static bool lacks_validators(const struct capan_judgement *j) {
    return !j->answer.tag.whole && !j->answer.modified.present;
}
static bool ir_equals_known(const struct capan_judgement *j) {
    if (!j->known) return false;
    if (j->asked.ir_date.valid)
        return j->known->modified.valid && j->known->modified.seconds == j->asked.ir_date.seconds;
    return capan_tag_strong_equal(&j->asked.ir_tag, &j->known->tag);
}
/* A guard against the answer's own tag, else against the resource as it was last seen. */
static bool im_strong(const struct capan_judgement *j) {
    return j->answer.im.strong || j->asked.im_current.strong;
}
static bool im_weak(const struct capan_judgement *j) {
    return j->answer.im.weak || j->asked.im_current.weak;
}
static bool im_differs(const struct capan_judgement *j) {
    return !im_weak(j) && (j->answer.tag.whole || j->before.tag.whole);
}
static bool ius_equal(const struct capan_judgement *j) {
    return j->before.modified.valid && j->before.modified.seconds == j->asked.ius.seconds;
}
static bool ius_later(const struct capan_judgement *j) {
    return j->before.modified.valid && j->before.modified.seconds > j->asked.ius.seconds;
}
static bool ius_earlier(const struct capan_judgement *j) {
    return j->before.modified.valid && j->before.modified.seconds < j->asked.ius.seconds;
}
static bool inm_is_current(const struct capan_judgement *j) {
    return j->answer.inm.weak;
}

#define OUTCOME(name) CAPAN_OUTCOME_##name
#define WHY(name)     CAPAN_REASON_##name
#define HOW(name)     CAPAN_COMPARE_##name

/* Ordered within an outcome: the first row that fits says why, and how the validators compared. Frequent outcomes
 * first. */
static const struct reason {
    enum capan_http_outcome outcome;
    uint64_t has;
    test *test;
    enum capan_http_reason reason;
    enum capan_http_compare compare;
} reasons[] = {
    {OUTCOME(FIRST_FETCH), 0, has_other_variants, WHY(OTHER_VARIANT), HOW(NONE)},
    {OUTCOME(FIRST_FETCH), 0, NULL, WHY(FIRST_SEEN), HOW(NONE)},
    {OUTCOME(NOT_MODIFIED), CAPAN_INM_STAR, NULL, WHY(ETAG_STAR), HOW(STAR)},
    {OUTCOME(NOT_MODIFIED), CAPAN_BY_INM | CAPAN_PROVES_SAME, ims_says_otherwise, WHY(IMS_IGNORED_BY_INM),
     HOW(STRONG_EQUAL)},
    {OUTCOME(NOT_MODIFIED), CAPAN_BY_INM | CAPAN_PROVES_SAME, is_weak_compare, WHY(ETAG_WEAK_EQUAL), HOW(WEAK_EQUAL)},
    {OUTCOME(NOT_MODIFIED), CAPAN_BY_INM | CAPAN_PROVES_SAME, NULL, WHY(ETAG_STRONG_EQUAL), HOW(STRONG_EQUAL)},
    {OUTCOME(NOT_MODIFIED), CAPAN_BY_INM, inm_is_unreadable, WHY(INM_MALFORMED_IGNORED), HOW(NONE)},
    {OUTCOME(NOT_MODIFIED), CAPAN_BY_INM, confirms_known, WHY(ETAG_STRONG_EQUAL), HOW(STRONG_EQUAL)},
    {OUTCOME(NOT_MODIFIED), CAPAN_BY_IMS, is_same_date, WHY(DATE_EQUAL), HOW(DATE_EQUAL)},
    {OUTCOME(NOT_MODIFIED), CAPAN_BY_IMS, has_date, WHY(DATE_NOT_LATER), HOW(DATE_EARLIER)},
    {OUTCOME(NOT_MODIFIED), CAPAN_ASKS_UNREADABLE, is_date_echoed, WHY(DATE_EQUAL), HOW(DATE_EQUAL)},
    {OUTCOME(NOT_MODIFIED), 0, is_unseen, WHY(VALIDATOR_UNSEEN), HOW(NONE)},
    {OUTCOME(NOT_MODIFIED), 0, NULL, WHY(NO_VALIDATOR_IN_RESPONSE), HOW(NONE)},
    {OUTCOME(REFETCH), CAPAN_RELOADS, NULL, WHY(CLIENT_RELOAD), HOW(NONE)},
    {OUTCOME(REFETCH), 0, may_not_store, WHY(FORBIDDEN_TO_STORE), HOW(NONE)},
    {OUTCOME(REFETCH), CAPAN_HAD_FRESH, NULL, WHY(FRESH_COPY_EXISTED), HOW(NONE)},
    {OUTCOME(REFETCH), 0, had_validator, WHY(VALIDATOR_WAS_AVAILABLE), HOW(NONE)},
    {OUTCOME(REFETCH), CAPAN_BODY_SAME, NULL, WHY(BODY_SAME), HOW(NONE)},
    {OUTCOME(REFETCH), 0, NULL, WHY(NO_VALIDATOR_KNOWN), HOW(NONE)},
    {OUTCOME(PLAIN), CAPAN_GOT_2XX | CAPAN_IS_READ, was_known, WHY(FORGOTTEN), HOW(NONE)},
    {OUTCOME(PLAIN), CAPAN_GOT_3XX, NULL, WHY(REDIRECT), HOW(NONE)},
    {OUTCOME(PLAIN), CAPAN_GOT_4XX, NULL, WHY(CLIENT_ERROR), HOW(NONE)},
    {OUTCOME(PLAIN), CAPAN_GOT_5XX, NULL, WHY(SERVER_ERROR), HOW(NONE)},
    {OUTCOME(NO_RESPONSE), 0, is_reset, WHY(RESET), HOW(NONE)},
    {OUTCOME(NO_RESPONSE), 0, is_gap, WHY(CAPTURE_GAP), HOW(NONE)},
    {OUTCOME(NO_RESPONSE), 0, is_unreadable, WHY(UNREADABLE), HOW(NONE)},
    {OUTCOME(NO_RESPONSE), 0, is_interim_only, WHY(INTERIM_ONLY), HOW(NONE)},
    {OUTCOME(NO_RESPONSE), 0, is_capture_end, WHY(CAPTURE_END), HOW(NONE)},
    {OUTCOME(NO_RESPONSE), 0, is_given_up, WHY(GIVEN_UP), HOW(NONE)},
    {OUTCOME(NO_RESPONSE), 0, NULL, WHY(CLOSED_EARLY), HOW(NONE)},
    {OUTCOME(GUARD_REQUIRED), 0, NULL, WHY(CLIENT_ERROR), HOW(NONE)},
    {OUTCOME(GUARD_FAILED), CAPAN_IM_STAR, NULL, WHY(ETAG_STAR), HOW(STAR)},
    {OUTCOME(GUARD_FAILED), CAPAN_BY_IM, im_strong, WHY(VALIDATOR_UNSEEN), HOW(NONE)},
    {OUTCOME(GUARD_FAILED), CAPAN_BY_IM, im_weak, WHY(ETAG_WEAK_EQUAL), HOW(WEAK_EQUAL)},
    {OUTCOME(GUARD_FAILED), CAPAN_BY_IM, im_differs, WHY(ETAG_DIFFERS), HOW(DIFFERS)},
    {OUTCOME(GUARD_FAILED), CAPAN_BY_IUS, ius_later, WHY(DATE_LATER), HOW(DATE_EARLIER)},
    {OUTCOME(GUARD_FAILED), CAPAN_BY_ABSENCE | CAPAN_INM_STAR, NULL, WHY(ETAG_STAR), HOW(STAR)},
    {OUTCOME(GUARD_FAILED), CAPAN_BY_ABSENCE, inm_is_current, WHY(ETAG_STRONG_EQUAL), HOW(STRONG_EQUAL)},
    {OUTCOME(GUARD_FAILED), 0, NULL, WHY(VALIDATOR_UNSEEN), HOW(NONE)},
    {OUTCOME(IMPOSSIBLE_412), CAPAN_BY_INM | CAPAN_PROVES_SAME, is_weak_compare, WHY(ETAG_WEAK_EQUAL), HOW(WEAK_EQUAL)},
    {OUTCOME(IMPOSSIBLE_412), CAPAN_BY_INM | CAPAN_PROVES_SAME, NULL, WHY(ETAG_STRONG_EQUAL), HOW(STRONG_EQUAL)},
    {OUTCOME(IMPOSSIBLE_412), CAPAN_BY_INM | CAPAN_PROVES_CHANGE, NULL, WHY(ETAG_DIFFERS), HOW(DIFFERS)},
    {OUTCOME(IMPOSSIBLE_412), CAPAN_BY_IMS | CAPAN_PROVES_SAME, is_same_date, WHY(DATE_EQUAL), HOW(DATE_EQUAL)},
    {OUTCOME(IMPOSSIBLE_412), CAPAN_BY_IMS | CAPAN_PROVES_SAME, NULL, WHY(DATE_NOT_LATER), HOW(DATE_EARLIER)},
    {OUTCOME(IMPOSSIBLE_412), CAPAN_BY_IMS | CAPAN_PROVES_CHANGE, NULL, WHY(DATE_LATER), HOW(DATE_EARLIER)},
    {OUTCOME(IMPOSSIBLE_412), CAPAN_VALIDATES, NULL, WHY(VALIDATOR_UNSEEN), HOW(NONE)},
    {OUTCOME(IMPOSSIBLE_412), 0, NULL, WHY(CLIENT_ERROR), HOW(NONE)},
    {OUTCOME(FALSE_NOT_MODIFIED), CAPAN_BY_INM, is_transformed, WHY(VALIDATOR_TRANSFORMED), HOW(DIFFERS)},
    {OUTCOME(FALSE_NOT_MODIFIED), CAPAN_BY_INM, NULL, WHY(ETAG_DIFFERS), HOW(DIFFERS)},
    {OUTCOME(FALSE_NOT_MODIFIED), 0, NULL, WHY(DATE_LATER), HOW(DATE_EARLIER)},
    {OUTCOME(RANGE_UNSATISFIABLE), 0, NULL, WHY(CLIENT_ERROR), HOW(NONE)},
    {OUTCOME(RANGE_RESUMED), CAPAN_RANGE_HOLDS, NULL, WHY(IF_RANGE_EQUAL), HOW(STRONG_EQUAL)},
    {OUTCOME(RANGE_RESUMED), 0, ir_is_weak, WHY(WEAK_IF_RANGE), HOW(WEAK_EQUAL)},
    {OUTCOME(RANGE_RESUMED), 0, lacks_validators, WHY(RANGE_OK), HOW(NONE)},
    {OUTCOME(RANGE_RESUMED), 0, ir_equals_known, WHY(IF_RANGE_EQUAL), HOW(STRONG_EQUAL)},
    {OUTCOME(RANGE_RESUMED), 0, NULL, WHY(IF_RANGE_DIFFERS), HOW(DIFFERS)},
    {OUTCOME(RANGE_PART), 0, NULL, WHY(RANGE_OK), HOW(NONE)},
    {OUTCOME(RANGE_REFUSED), 0, NULL, WHY(IF_RANGE_EQUAL), HOW(STRONG_EQUAL)},
    {OUTCOME(RANGE_RESTARTED), 0, lacks_validators, WHY(NO_VALIDATOR_IN_RESPONSE), HOW(NONE)},
    {OUTCOME(RANGE_RESTARTED), 0, ir_is_weak, WHY(WEAK_IF_RANGE), HOW(WEAK_EQUAL)},
    {OUTCOME(RANGE_RESTARTED), 0, NULL, WHY(IF_RANGE_DIFFERS), HOW(DIFFERS)},
    {OUTCOME(UNCHANGED_RESENT), CAPAN_INM_STAR, NULL, WHY(ETAG_STAR), HOW(STAR)},
    {OUTCOME(UNCHANGED_RESENT), CAPAN_BY_INM, is_weak_compare, WHY(ETAG_WEAK_EQUAL), HOW(WEAK_EQUAL)},
    {OUTCOME(UNCHANGED_RESENT), CAPAN_BY_INM, NULL, WHY(ETAG_STRONG_EQUAL), HOW(STRONG_EQUAL)},
    {OUTCOME(UNCHANGED_RESENT), 0, is_same_date, WHY(DATE_EQUAL), HOW(DATE_EQUAL)},
    {OUTCOME(UNCHANGED_RESENT), 0, NULL, WHY(DATE_NOT_LATER), HOW(DATE_EARLIER)},
    {OUTCOME(MODIFIED), CAPAN_BY_INM, is_transformed, WHY(VALIDATOR_TRANSFORMED), HOW(DIFFERS)},
    {OUTCOME(MODIFIED), CAPAN_BY_INM, ims_says_otherwise, WHY(IMS_IGNORED_BY_INM), HOW(DIFFERS)},
    {OUTCOME(MODIFIED), CAPAN_BY_INM, NULL, WHY(ETAG_DIFFERS), HOW(DIFFERS)},
    {OUTCOME(MODIFIED), 0, NULL, WHY(DATE_LATER), HOW(DATE_EARLIER)},
    {OUTCOME(MODIFIED_UNPROVEN), CAPAN_BY_INM, inm_is_unreadable, WHY(INM_MALFORMED_IGNORED), HOW(NONE)},
    {OUTCOME(MODIFIED_UNPROVEN), CAPAN_BODY_SAME, NULL, WHY(BODY_SAME), HOW(NONE)},
    {OUTCOME(MODIFIED_UNPROVEN), CAPAN_BODY_OTHER, NULL, WHY(BODY_DIFFERENT), HOW(NONE)},
    {OUTCOME(MODIFIED_UNPROVEN), 0, had_digest, WHY(BODY_UNKNOWN), HOW(NONE)},
    {OUTCOME(MODIFIED_UNPROVEN), 0, NULL, WHY(NO_VALIDATOR_IN_RESPONSE), HOW(NONE)},
    {OUTCOME(GUARD_PASSED), CAPAN_IM_STAR, NULL, WHY(ETAG_STAR), HOW(STAR)},
    {OUTCOME(GUARD_PASSED), CAPAN_BY_IM, im_strong, WHY(ETAG_STRONG_EQUAL), HOW(STRONG_EQUAL)},
    {OUTCOME(GUARD_PASSED), CAPAN_BY_IM, im_weak, WHY(ETAG_WEAK_EQUAL), HOW(WEAK_EQUAL)},
    {OUTCOME(GUARD_PASSED), CAPAN_BY_IM, im_differs, WHY(ETAG_DIFFERS), HOW(DIFFERS)},
    {OUTCOME(GUARD_PASSED), CAPAN_BY_IUS, ius_equal, WHY(DATE_EQUAL), HOW(DATE_EQUAL)},
    {OUTCOME(GUARD_PASSED), CAPAN_BY_IUS, ius_earlier, WHY(DATE_NOT_LATER), HOW(DATE_EARLIER)},
    {OUTCOME(GUARD_PASSED), CAPAN_BY_IUS, ius_later, WHY(DATE_LATER), HOW(DIFFERS)},
    {OUTCOME(GUARD_PASSED), CAPAN_BY_ABSENCE | CAPAN_INM_STAR, NULL, WHY(ETAG_STAR), HOW(STAR)},
    {OUTCOME(GUARD_PASSED), 0, NULL, WHY(VALIDATOR_UNSEEN), HOW(NONE)},
    {OUTCOME(STATUS_OVERRIDE), CAPAN_GOT_3XX, NULL, WHY(REDIRECT), HOW(NONE)},
    {OUTCOME(STATUS_OVERRIDE), CAPAN_GOT_4XX, NULL, WHY(CLIENT_ERROR), HOW(NONE)},
    {OUTCOME(STATUS_OVERRIDE), 0, NULL, WHY(SERVER_ERROR), HOW(NONE)},
    {OUTCOME(BLIND_WRITE), 0, NULL, WHY(VALIDATOR_WAS_AVAILABLE), HOW(NONE)},
};

static bool is_of_other(const struct capan_judgement *j) {
    return j->asked.foreign || j->asked.other_variant;
}
static bool has_body_after_304(const struct capan_judgement *j) {
    return j->end.body_after_304;
}
static bool is_timeout(const struct capan_judgement *j) {
    return j->exchange.status == 408;
}

/* How an outcome is told where its list says more than applies; the first row that fits. NULL: as the list has it. */
static const struct telling {
    enum capan_http_outcome outcome;
    uint64_t has;
    test *test;
    const char *source, *sentence;
} tellings[] = {
    {OUTCOME(FIRST_FETCH), CAPAN_IS_HEAD, NULL, "RFC 9110 9.3.2", "its fields alone were asked for"},
    {OUTCOME(REFETCH), CAPAN_IS_HEAD, NULL, "RFC 9110 9.3.2", "its fields alone were asked for"},
    {OUTCOME(NOT_MODIFIED), 0, has_body_after_304, NULL, "the client's copy is still good"},
    {OUTCOME(NOT_MODIFIED), 0, is_of_other, NULL, "what was asked about has not been modified, and no body was sent"},
    {OUTCOME(GUARD_FAILED), CAPAN_BY_IM, NULL, "RFC 9110 13.1.1, RFC 9110 15.5.13", NULL},
    {OUTCOME(GUARD_FAILED), CAPAN_BY_IUS, NULL, "RFC 9110 13.1.4, RFC 9110 15.5.13", NULL},
    {OUTCOME(GUARD_FAILED), 0, NULL, "RFC 9110 13.1.2, RFC 9110 15.5.13", NULL},
    {OUTCOME(GUARD_PASSED), CAPAN_BY_IM, NULL, "RFC 9110 13.1.1", NULL},
    {OUTCOME(GUARD_PASSED), CAPAN_BY_IUS, NULL, "RFC 9110 13.1.4", NULL},
    {OUTCOME(GUARD_PASSED), 0, NULL, "RFC 9110 13.1.2", NULL},
    {OUTCOME(IMPOSSIBLE_412), CAPAN_BY_INM, NULL, "RFC 9110 13.1.2", NULL},
    {OUTCOME(IMPOSSIBLE_412), CAPAN_BY_IMS, NULL, "RFC 9110 13.1.3", NULL},
    {OUTCOME(IMPOSSIBLE_304), CAPAN_BY_ABSENCE, NULL, "RFC 9110 13.1.2", NULL},
    {OUTCOME(IMPOSSIBLE_304), 0, NULL, "RFC 9110 15.4.5", NULL},
    {OUTCOME(FALSE_NOT_MODIFIED), CAPAN_BY_INM, NULL, "RFC 9110 13.1.2", NULL},
    {OUTCOME(FALSE_NOT_MODIFIED), 0, NULL, "RFC 9110 13.1.3", NULL},
    {OUTCOME(UNCHANGED_RESENT), CAPAN_BODY_OTHER, NULL, "RFC 9110 8.8.1",
     "other content was sent than the client had under the same validator"},
    {OUTCOME(UNCHANGED_RESENT), CAPAN_BY_INM, NULL, "RFC 9110 13.1.2", NULL},
    {OUTCOME(UNCHANGED_RESENT), 0, NULL, "RFC 9110 13.1.3", NULL},
    {OUTCOME(MODIFIED), CAPAN_BY_INM | CAPAN_BODY_SAME, NULL, "RFC 9110 13.1.2",
     "the same content under another entity tag, which made it be sent again"},
    {OUTCOME(MODIFIED), CAPAN_BODY_SAME, NULL, "RFC 9110 13.1.3",
     "the same content under a later date, which made it be sent again"},
    {OUTCOME(MODIFIED), CAPAN_BY_INM, is_transformed, "RFC 9110 13.1.2, RFC 9110 8.8.3.3",
     "the content was sent, under the entity tag of another coding"},
    {OUTCOME(MODIFIED), CAPAN_BY_INM, NULL, "RFC 9110 13.1.2", NULL},
    {OUTCOME(MODIFIED), 0, NULL, "RFC 9110 13.1.3", NULL},
    {OUTCOME(MODIFIED_UNPROVEN), CAPAN_BODY_SAME, NULL, "RFC 9110 13.1",
     "the same content was sent again, and no validator tells that it is the same"},
    {OUTCOME(MODIFIED_UNPROVEN), CAPAN_BODY_OTHER, NULL, "RFC 9110 13.1",
     "other content was sent, and no validator tells so"},
    {OUTCOME(NO_RESPONSE), 0, is_unreadable, "RFC 9113 4.3", "a response came that cannot be read"},
    {OUTCOME(TUNNEL), CAPAN_IS_CONNECT, NULL, "RFC 9110 9.3.6", NULL},
    {OUTCOME(TUNNEL), 0, NULL, "RFC 9110 15.2.2", NULL},
    {OUTCOME(PLAIN), CAPAN_GOT_2XX | CAPAN_IS_READ, was_known, NULL, "fetched, for the first time or again"},
    {OUTCOME(ORPHAN_RESPONSE), 0, has_forgotten, NULL, "the answer to a request that is not known"},
    {OUTCOME(ORPHAN_RESPONSE), 0, is_timeout, "RFC 9110 15.5.9", "the server gave up waiting for a request"},
};

static void decide_telling(struct capan_judgement *j) {
    struct capan_exchange *exchange = &j->exchange;
    exchange->source = capan_http_outcomes[exchange->outcome].source;
    exchange->sentence = capan_http_outcomes[exchange->outcome].sentence;
    for (size_t i = 0; i < sizeof tellings / sizeof *tellings; i++) {
        const struct telling *row = &tellings[i];
        if (row->outcome != exchange->outcome || !capan_judgement_has(j, row->has)) continue;
        if (row->test && !row->test(j)) continue;
        if (row->source) exchange->source = row->source;
        if (row->sentence) exchange->sentence = row->sentence;
        return;
    }
}

static void decide_reason(struct capan_judgement *j) {
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        const struct reason *row = &reasons[i];
        if (row->outcome != j->exchange.outcome || (j->facts & row->has) != row->has) continue;
        if (row->test && !row->test(j)) continue;
        const bool forgot = row->reason == CAPAN_REASON_VALIDATOR_UNSEEN && j->forgotten;
        j->exchange.reason = (uint8_t)(forgot ? CAPAN_REASON_FORGOTTEN : row->reason);
        j->exchange.compare = (uint8_t)row->compare;
        return;
    }
}

/* What was not captured of TCP is missed by its numbers. QUIC's packets leave no such trace: their numbers may be
 * skipped (RFC 9000 12.3). */
static bool is_over_quic(const struct capan_judgement *j) {
    return j->exchange.response_version == 30;
}

/* Verdicts that rest on the exchange alone are certain; those that rest on what this capture showed before are likely:
 * the client may have been given more than was captured. */
static enum capan_certainty certainty_of(const struct capan_judgement *j) {
    if (j->asked.kept.cut || j->answer.kept.cut) return CAPAN_AMBIGUOUS;
    switch (j->exchange.outcome) {
    case CAPAN_OUTCOME_FIRST_FETCH:
    case CAPAN_OUTCOME_REFETCH:
    case CAPAN_OUTCOME_BLIND_WRITE: return CAPAN_LIKELY;
    case CAPAN_OUTCOME_NOT_MODIFIED: return capan_judgement_has(j, CAPAN_PROVES_SAME) ? CAPAN_CERTAIN : CAPAN_LIKELY;
    case CAPAN_OUTCOME_NO_RESPONSE:
        return is_gap(j) || is_capture_end(j) || is_given_up(j) ? CAPAN_AMBIGUOUS : CAPAN_CERTAIN;
    case CAPAN_OUTCOME_ORPHAN_RESPONSE: return is_over_quic(j) ? CAPAN_LIKELY : CAPAN_CERTAIN;
    default: return CAPAN_CERTAIN;
    }
}

static enum capan_http_served_by served_by(const struct capan_judgement *j) {
    if (j->answer.cache == CAPAN_CACHE_HIT) return CAPAN_SERVED_BY_SHARED_CACHE;
    return j->answer.cache == CAPAN_CACHE_MISS ? CAPAN_SERVED_BY_ORIGIN : CAPAN_SERVED_BY_UNKNOWN;
}

/* A verdict about what was not there before, when not all of that is known. */
static void heed_forgotten(struct capan_judgement *j) {
    struct capan_exchange *exchange = &j->exchange;
    const bool rests = exchange->outcome == CAPAN_OUTCOME_FIRST_FETCH ||
                       exchange->outcome == CAPAN_OUTCOME_ORPHAN_RESPONSE ||
                       exchange->reason == CAPAN_REASON_FORGOTTEN || exchange->provenance == CAPAN_PROVENANCE_FORGOTTEN;
    const unsigned likely = 1 << CAPAN_FORGOT_RESPONSES | 1 << CAPAN_FORGOT_CONNECTIONS;
    if (!rests || !j->forgotten) return;
    exchange->forgotten = j->forgotten;
    if (exchange->certainty == CAPAN_CERTAIN) exchange->certainty = CAPAN_LIKELY;
    if (exchange->outcome != CAPAN_OUTCOME_NOT_MODIFIED && j->forgotten & likely) exchange->certainty = CAPAN_AMBIGUOUS;
}

void capan_outcome_decide(struct capan_judgement *j) {
    struct capan_exchange *exchange = &j->exchange;
    exchange->outcome = (uint8_t)outcome_of(j);
    decide_reason(j);
    decide_telling(j);
    exchange->provenance = j->origin.provenance;
    exchange->certainty = (uint8_t)certainty_of(j);
    exchange->served_by = (uint8_t)served_by(j);
    heed_forgotten(j);
}
