/* SPDX-License-Identifier: MIT */
#include "reasons.h"

#include "bytes.h"
#include "capan/verdicts.h"
#include "date.h"
#include "etag.h"

#define NS_PER_S INT64_C(1000000000)

static enum reading reading_of(bool holds) {
    return holds ? READ_HOLDS : READ_FAILS;
}

/* --- entity tags: any that the request names against the answer's, else the copy's --- */

static const enum capan_field tag_fields[] = {CAPAN_FIELD_IF_NONE_MATCH, CAPAN_FIELD_IF_MATCH, CAPAN_FIELD_IF_RANGE};

static bool names_tag(const struct head *asked, const struct capan_etag *tag, bool weakly) {
    for (size_t i = 0; i < sizeof tag_fields / sizeof *tag_fields; i++) {
        struct capan_etag_list list = capan_etag_list(asked->fields, asked->count, tag_fields[i]);
        struct capan_etag member;
        for (enum capan_etag_member is; (is = capan_etag_next(&list, &member)) != CAPAN_ETAG_END;)
            if (weakly ? capan_etag_weak_equal(&member, tag) : capan_etag_strong_equal(&member, tag)) return true;
    }
    return false;
}

/* READ_NOT: the answer has none, and the copy has none that is named: an older copy may have. */
static enum reading tag_is_named(const struct scene *scene, bool weakly) {
    const struct head *heads[] = {scene->answer, scene->copy};
    enum reading reading = READ_NOT;
    for (size_t i = 0; scene->asked && i < 2; i++) {
        struct capan_etag tag;
        const struct capan_span value =
            heads[i] ? capan_head_value(heads[i], CAPAN_FIELD_ETAG) : (struct capan_span){NULL, 0};
        if (!value.len) continue;
        capan_etag_read(value, &tag);
        if (names_tag(scene->asked, &tag, weakly)) return READ_HOLDS;
        if (heads[i] == scene->answer) reading = READ_FAILS;
    }
    return reading;
}

static enum reading is_strong_equal(const struct scene *scene) {
    return tag_is_named(scene, false);
}

static enum reading is_weak_equal(const struct scene *scene) {
    return tag_is_named(scene, true);
}

static enum reading differs(const struct scene *scene) {
    const struct scene answered = {.asked = scene->asked, .answer = scene->answer};
    const enum reading reading = tag_is_named(&answered, false);
    return reading == READ_NOT ? READ_NOT : reading_of(reading == READ_FAILS);
}

static enum reading is_star(const struct scene *scene) {
    if (!scene->asked) return READ_NOT;
    for (size_t i = 0; i < sizeof tag_fields / sizeof *tag_fields; i++)
        if (span_equal(capan_head_value(scene->asked, tag_fields[i]), span_of("*"))) return READ_HOLDS;
    return READ_FAILS;
}

/* --- dates --- */

static bool date_in(const struct head *head, enum capan_field field, int64_t *seconds) {
    const struct capan_date date = capan_date_read(capan_head_value(head, field), head->begins->time_ns / NS_PER_S);
    *seconds = date.seconds;
    return date.form != CAPAN_DATE_MALFORMED;
}

/* The date asked about less that of the last change; false where one of them is not there. */
static bool time_left(const struct scene *scene, int64_t *seconds) {
    static const enum capan_field fields[] = {CAPAN_FIELD_IF_MODIFIED_SINCE, CAPAN_FIELD_IF_UNMODIFIED_SINCE};
    int64_t asked, modified;
    if (!scene->asked || !scene->answer) return false;
    if (!date_in(scene->asked, fields[0], &asked) && !date_in(scene->asked, fields[1], &asked)) return false;
    if (!date_in(scene->answer, CAPAN_FIELD_LAST_MODIFIED, &modified)) return false;
    *seconds = asked - modified;
    return true;
}

static enum reading is_date_equal(const struct scene *scene) {
    int64_t left;
    return time_left(scene, &left) ? reading_of(left == 0) : READ_NOT;
}

static enum reading is_not_later(const struct scene *scene) {
    int64_t left;
    return time_left(scene, &left) ? reading_of(left >= 0) : READ_NOT;
}

static enum reading is_later(const struct scene *scene) {
    int64_t left;
    return time_left(scene, &left) ? reading_of(left < 0) : READ_NOT;
}

/* --- others --- */

/* A class that is not known is a server's error. */
static enum reading is_of_class(const struct scene *scene, int class) {
    if (!scene->answer) return READ_NOT;
    const int its = scene->answer->status / 100;
    return reading_of((its > 5 ? 5 : its) == class);
}

static enum reading is_redirect(const struct scene *scene) {
    return is_of_class(scene, 3);
}

static enum reading is_client_error(const struct scene *scene) {
    return is_of_class(scene, 4);
}

static enum reading is_server_error(const struct scene *scene) {
    return is_of_class(scene, 5);
}

static enum reading is_granted(const struct scene *scene) {
    return scene->answer ? reading_of(scene->answer->status == 206) : READ_NOT;
}

/* Others than the newest copy may have had one. */
static enum reading had_validator(const struct scene *scene) {
    if (!scene->copy) return READ_NOT;
    return capan_head_value(scene->copy, CAPAN_FIELD_ETAG).len ||
                   capan_head_value(scene->copy, CAPAN_FIELD_LAST_MODIFIED).len
               ? READ_HOLDS
               : READ_NOT;
}

static enum reading lacks_validator(const struct scene *scene) {
    return had_validator(scene) == READ_HOLDS ? READ_FAILS : READ_NOT;
}

/* Of the kind that was asked about. */
static enum reading answer_lacks_validator(const struct scene *scene) {
    if (!scene->asked || !scene->answer) return READ_NOT;
    const bool by_tag = capan_head_value(scene->asked, CAPAN_FIELD_IF_NONE_MATCH).len ||
                        capan_head_value(scene->asked, CAPAN_FIELD_IF_RANGE).len;
    return reading_of(!capan_head_value(scene->answer, by_tag ? CAPAN_FIELD_ETAG : CAPAN_FIELD_LAST_MODIFIED).len);
}

/* By enum capan_http_reason; NULL: octets of bodies, or what was never there, would have to be shown. */
static enum reading (*const reasons[CAPAN_HTTP_REASON_COUNT])(const struct scene *) = {
    [CAPAN_REASON_ETAG_STRONG_EQUAL] = is_strong_equal,
    [CAPAN_REASON_ETAG_WEAK_EQUAL] = is_weak_equal,
    [CAPAN_REASON_ETAG_STAR] = is_star,
    [CAPAN_REASON_ETAG_DIFFERS] = differs,
    [CAPAN_REASON_DATE_EQUAL] = is_date_equal,
    [CAPAN_REASON_DATE_NOT_LATER] = is_not_later,
    [CAPAN_REASON_DATE_LATER] = is_later,
    [CAPAN_REASON_NO_VALIDATOR_IN_RESPONSE] = answer_lacks_validator,
    [CAPAN_REASON_VALIDATOR_WAS_AVAILABLE] = had_validator,
    [CAPAN_REASON_NO_VALIDATOR_KNOWN] = lacks_validator,
    [CAPAN_REASON_REDIRECT] = is_redirect,
    [CAPAN_REASON_CLIENT_ERROR] = is_client_error,
    [CAPAN_REASON_SERVER_ERROR] = is_server_error,
    [CAPAN_REASON_RANGE_OK] = is_granted,
};

enum reading capan_reason_read(const struct scene *scene, unsigned reason) {
    return reasons[reason] ? reasons[reason](scene) : READ_NOT;
}
