/* SPDX-License-Identifier: MIT */
#include "bytes.h"
#include "capan/verdicts.h"
#include "check.h"
#include "reasons.h"

static bool quantity_frame(const struct check *check, const char *name, uint32_t *frame) {
    int64_t value;
    if (!capan_scene_number(&check->scene, span_of(name), &value) || value < 1 || value > UINT32_MAX) return false;
    *frame = (uint32_t)value;
    return true;
}

/* A value that was written with characters beyond ASCII is not compared. */
static bool has_field(const struct head *head, const struct capan_http_field *field) {
    for (size_t i = 0; i < head->count; i++) {
        const struct capan_http_field *line = &head->fields[i];
        if (capan_field_number(line->name) != capan_field_number(field->name)) continue;
        if (!field->value.len) return true; /* of secrets only that they were there */
        if (line->value.len <= field->value.len && memcmp(field->value.at, line->value.at, line->value.len) == 0)
            return true;
    }
    for (size_t i = 0; i < field->value.len; i++)
        if (field->value.at[i] >= 0x80) return true;
    return false;
}

static bool has_fields(const struct head *head, const struct capan_http_field *fields, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!has_field(head, &fields[i])) return false;
    return true;
}

/* The response with the status and the fields that the proof says. */
static bool is_answer(const void *context, const struct recording *recording, const struct head *head) {
    const struct check *check = context;
    int64_t status, octets;
    (void)recording;
    if (!capan_scene_number(&check->scene, span_of("status"), &status) || head->status != status) return false;
    const int64_t by_head = capan_head_octets(head, check->scene.bodiless);
    const bool told = capan_scene_number(&check->scene, span_of("response_octets"), &octets);
    return (!told || by_head < 0 || by_head == octets) &&
           has_fields(head, check->claim->answered, check->claim->answered_count);
}

static bool is_precondition(struct capan_span name) {
    switch (capan_field_number(name)) {
    case CAPAN_FIELD_IF_MATCH:
    case CAPAN_FIELD_IF_NONE_MATCH:
    case CAPAN_FIELD_IF_MODIFIED_SINCE:
    case CAPAN_FIELD_IF_UNMODIFIED_SINCE:
    case CAPAN_FIELD_IF_RANGE: return true;
    default: return false;
    }
}

/* The request with the fields, and no other preconditions, that the proof says. */
static bool is_question(const void *context, const struct recording *recording, const struct head *head) {
    const struct claim *claim = ((const struct check *)context)->claim;
    int preconditions = 0;
    (void)recording;
    for (size_t i = 0; i < head->count; i++) preconditions += is_precondition(head->fields[i].name);
    for (size_t i = 0; i < claim->asked_count; i++) preconditions -= is_precondition(claim->asked[i].name);
    return preconditions >= 0 && (preconditions == 0 || claim->asked_count) &&
           has_fields(head, claim->asked, claim->asked_count);
}

static bool is_final(const void *context, const struct recording *recording, const struct head *head) {
    (void)context, (void)recording;
    return head->status >= 200;
}

/* Its octets are HTTP/1 in clear, and were captured. */
static bool is_clear(const struct recording *recording, const struct record *record) {
    static const char *const beginnings[] = {"HTTP/1.", "GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS "};
    const struct record *first = record;
    for (int i = 0; i < 4096 && first->before != RECORD_NONE; i++) first = &recording->records[first->before];
    while (!first->len && first->after != RECORD_NONE) first = &recording->records[first->after];
    if (first->payload.len < first->len || record->payload.len < record->len) return false;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (span_equal(span_cut(first->payload, 0, strlen(beginnings[i])), span_of(beginnings[i]))) return true;
    return false;
}

/* A frame where a message is said to begin, and none does. */
static void check_begin(struct check *check, const char *name, uint32_t frame, const struct head *found) {
    const struct recording *recording = &check->prover->recording;
    const struct record *record = capan_recording_find(recording, frame, RECORD_NONE);
    if (found || capan_scene_has(&check->scene, span_of("stream"))) return;
    if (!capan_scene_has(&check->scene, span_of("status"))) return; /* what came was no message that can be read */
    if (!record || !record->len || is_clear(recording, record))
        capan_refute_number(check, name, frame, "no such message begins in it");
}

/* Looked for as the proof says it is, and where it is not, as it stands there. */
static void find_heads(struct check *check) {
    struct capan_prover *prover = check->prover;
    const struct recording *recording = &prover->recording;
    const struct claim *claim = check->claim;
    struct scene *scene = &check->scene;
    uint32_t frame;
    scene->has_method = claim->method.len;
    scene->bodiless = span_equal(claim->method, span_of("HEAD"));
    const bool asked = quantity_frame(check, "request_begins", &frame);
    if (asked &&
        (capan_head_of_request(recording, frame, claim->method, claim->target, is_question, check, &prover->asked) ||
         capan_head_of_request(recording, frame, claim->method, claim->target, NULL, NULL, &prover->asked)))
        scene->asked = &prover->asked;
    if (asked) check_begin(check, "request_begins", frame, scene->asked);
    const bool answered = quantity_frame(check, "response_begins", &frame);
    if (answered && (capan_head_of_response(recording, frame, is_answer, check, &prover->answer) ||
                     capan_head_of_response(recording, frame, is_final, NULL, &prover->answer)))
        scene->answer = &prover->answer;
    if (answered) check_begin(check, "response_begins", frame, scene->answer);
    if ((quantity_frame(check, "known_in", &frame) || quantity_frame(check, "copy_in", &frame)) &&
        capan_head_ending(recording, frame, &prover->copy))
        scene->copy = &prover->copy;
}

static void check_lines(struct check *check, const char *part, const struct head *head,
                        const struct capan_http_field *fields, size_t count) {
    if (!head || !count) return;
    check->proved->read += (uint32_t)count;
    if (!has_fields(head, fields, count))
        capan_refute(check, part, (struct capan_span){NULL, 0}, "not as the message has them");
}

static void check_reason(struct check *check) {
    const struct claim *claim = check->claim;
    const int outcome = capan_find_token(capan_http_outcomes, CAPAN_HTTP_OUTCOME_COUNT, claim->verdict);
    const int reason = capan_find_token(capan_http_reasons, CAPAN_HTTP_REASON_COUNT, claim->rule);
    if (outcome < 0 || reason < 0) {
        capan_refute(check, outcome < 0 ? "verdict" : "rule", outcome < 0 ? claim->verdict : claim->rule,
                     "there is no such");
        return;
    }
    capan_check_text(check, "section", claim->section, capan_http_outcomes[outcome].source);
    capan_check_text(check, "sentence", claim->sentence, capan_http_reasons[reason].sentence);
    capan_take_reading(check, capan_reason_read(&check->scene, (unsigned)reason), "reason",
                       capan_http_reasons[reason].sentence, reason);
}

void capan_check_exchange(struct check *check) {
    const struct claim *claim = check->claim;
    const struct record *first = NULL;
    if (claim->frame.known && claim->frame.value > 0 && claim->frame.value <= UINT32_MAX)
        first = capan_recording_find(&check->prover->recording, (uint32_t)claim->frame.value, RECORD_NONE);
    if (!claim->frame_count || claim->frame.value != claim->frames[0])
        capan_refute_number(check, "frame", claim->frame.value, "not the first of the frames that prove it");
    find_heads(check);
    capan_check_index(check);
    if (first) capan_check_stream(check, first);
    check_reason(check);
    check_lines(check, "request_fields", check->scene.asked, claim->asked, claim->asked_count);
    check_lines(check, "response_fields", check->scene.answer, claim->answered, claim->answered_count);
    capan_check_facts(check);
    capan_check_quantities(check);
    capan_check_frames(check);
}
