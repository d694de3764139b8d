/* SPDX-License-Identifier: MIT */
#include "findings.h"

#include <stdlib.h>

/* Where each class begins in struct findings. */
enum {
    KINDS_AT = 0,
    FLAGS_AT = KINDS_AT + CAPAN_TCP_KIND_COUNT,
    OUTCOMES_AT = FLAGS_AT + CAPAN_TCP_FLAG_COUNT,
    VIOLATIONS_AT = OUTCOMES_AT + CAPAN_HTTP_OUTCOME_COUNT,
    ADVICES_AT = VIOLATIONS_AT + CAPAN_HTTP_VIOLATION_COUNT,
    FRAMINGS_AT = ADVICES_AT + CAPAN_HTTP_ADVICE_COUNT
};

/* Its list; blames of NULL: nobody is to mend it. */
static const struct class_row {
    size_t start, count;
    const struct capan_token *tokens;
    const uint8_t *blames;
} classes[] = {
    [CAPAN_FINDING_TCP_KIND] = {KINDS_AT, CAPAN_TCP_KIND_COUNT, capan_tcp_kinds, capan_tcp_kind_blames},
    [CAPAN_FINDING_TCP_FLAG] = {FLAGS_AT, CAPAN_TCP_FLAG_COUNT, capan_tcp_flags, capan_tcp_flag_blames},
    [CAPAN_FINDING_OUTCOME] = {OUTCOMES_AT, CAPAN_HTTP_OUTCOME_COUNT, capan_http_outcomes, NULL},
    [CAPAN_FINDING_VIOLATION] = {VIOLATIONS_AT, CAPAN_HTTP_VIOLATION_COUNT, capan_http_violations,
                                 capan_http_violation_blames},
    [CAPAN_FINDING_ADVICE] = {ADVICES_AT, CAPAN_HTTP_ADVICE_COUNT, capan_http_advices, NULL},
    [CAPAN_FINDING_FRAMING] = {FRAMINGS_AT, CAPAN_HTTP_FRAMING_COUNT, capan_http_framings, NULL},
};
enum { CLASS_COUNT = sizeof classes / sizeof *classes };

void capan_findings_init(struct findings *findings) {
    for (size_t of = 0; of < CLASS_COUNT; of++) {
        const struct class_row *row = &classes[of];
        for (size_t i = 0; i < row->count; i++) {
            const struct capan_token *token = &row->tokens[i];
            findings->at[row->start + i] =
                (struct capan_finding){.of = (uint8_t)of,
                                       .number = (uint8_t)i,
                                       .severity = (uint8_t)token->severity,
                                       .blame = row->blames ? row->blames[i] : CAPAN_BLAME_NOBODY,
                                       .token = token};
        }
    }
}

static void note(struct findings *findings, enum capan_finding_class of, unsigned number, uint32_t frame,
                 uint32_t stream, uint64_t bytes) {
    size_t index = classes[of].start + number;
    struct capan_finding *finding = &findings->at[index];
    if (finding->count++ == 0 || findings->last_stream[index] != stream) finding->streams++;
    findings->last_stream[index] = stream;
    finding->bytes += bytes;
    if (finding->frame_count < CAPAN_FINDING_FRAMES) finding->frames[finding->frame_count++] = frame;
}

/* Notes every bit of a set. */
static void note_set(struct findings *findings, enum capan_finding_class of, uint64_t set, uint32_t frame,
                     uint32_t stream, uint64_t bytes) {
    for (unsigned number = 0; set; number++, set >>= 1)
        if (set & 1) note(findings, of, number, frame, stream, bytes);
}

void capan_findings_segment(struct findings *findings, const struct capan_segment *segment) {
    uint64_t bytes = capan_segment_is(segment, CAPAN_TRAIT_TWICE) ? segment->len : 0;
    /* Why it was sent again is no finding of its own then: its receiver had refused it. */
    const bool refused = segment->flags >> CAPAN_FLAG_PAWS & 1;
    if (!refused && capan_tcp_kinds[segment->kind].severity != CAPAN_NONE)
        note(findings, CAPAN_FINDING_TCP_KIND, segment->kind, segment->frame, segment->stream, bytes);
    if (segment->flags)
        note_set(findings, CAPAN_FINDING_TCP_FLAG, segment->flags, segment->frame, segment->stream, bytes);
}

/* The advice whose subject made that the same octets were sent again; 0: the outcome tells. */
static uint64_t wasteful_advice(const struct capan_exchange *exchange) {
    static const uint64_t wasteful = UINT64_C(1) << CAPAN_ADVICE_ETAG_ENCODING_SUFFIX |
                                     UINT64_C(1) << CAPAN_ADVICE_ETAG_UNSTABLE |
                                     UINT64_C(1) << CAPAN_ADVICE_ETAG_PER_NODE;
    bool modified = exchange->outcome == CAPAN_OUTCOME_MODIFIED || exchange->outcome == CAPAN_OUTCOME_MODIFIED_UNPROVEN;
    uint64_t advice = modified ? exchange->advice & wasteful : 0;
    return advice & (~advice + 1);
}

/* What was wasted is the cost of one finding: of what caused it, not of what is to be said besides. */
void capan_findings_exchange(struct findings *findings, const struct capan_exchange *exchange) {
    uint32_t frame = exchange->response.last_frame ? exchange->response.last_frame : exchange->request.last_frame;
    uint64_t cause = wasteful_advice(exchange);
    note(findings, CAPAN_FINDING_OUTCOME, exchange->outcome, frame, exchange->stream, cause ? 0 : exchange->wasted);
    note_set(findings, CAPAN_FINDING_VIOLATION, exchange->violations, frame, exchange->stream, 0);
    note_set(findings, CAPAN_FINDING_ADVICE, exchange->advice & ~cause, frame, exchange->stream, 0);
    note_set(findings, CAPAN_FINDING_ADVICE, cause, frame, exchange->stream, exchange->wasted);
    note_set(findings, CAPAN_FINDING_FRAMING, exchange->request_framing, exchange->request.first_frame,
             exchange->stream, 0);
    note_set(findings, CAPAN_FINDING_FRAMING, exchange->response_framing, exchange->response.first_frame,
             exchange->stream, 0);
}

static int louder(const void *left, const void *right) {
    const struct capan_finding *a = left, *b = right;
    if (a->severity != b->severity) return a->severity > b->severity ? -1 : 1;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return a->of != b->of ? (int)a->of - (int)b->of : (int)a->number - (int)b->number;
}

size_t capan_findings_sort(struct findings *findings, const struct capan_finding **sorted) {
    size_t count = 0;
    for (size_t i = 0; i < FINDINGS_COUNT; i++)
        if (findings->at[i].count && findings->at[i].severity >= CAPAN_CHAT)
            findings->sorted[count++] = findings->at[i];
    qsort(findings->sorted, count, sizeof *findings->sorted, louder);
    *sorted = findings->sorted;
    return count;
}
